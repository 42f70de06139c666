using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>What happens around a child that is alive.</summary>
public class HarmlessTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void An_application_killed_while_a_child_is_held_can_be_restarted_on_its_port()
    {
        using var target = LiveTarget.Start("listen");
        int port = int.Parse(target.Ask("Go")!["Done ".Length..], CultureInfo.InvariantCulture);
        using var host = MeasureHost.Start(target.Pid, ["hold=30", "pause=Hold"]);
        Assert.Equal("At Hold", host.ReadLine());
        int child = Assert.Single(Traces.ChildrenOf(target.Pid));
        target.Kill();

        Assert.True(Traces.Eventually(() => !Directory.Exists($"/proc/{child}")), "the child outlived the application");
        Assert.True(Traces.Eventually(() => CanListen(port)), "the port is still taken");
        host.Continue();
        Assert.Equal((int)ExitReason.NoSuchProcess, host.Finish().ExitCode);
    }

    [Fact]
    public void A_child_ends_by_itself_when_tool_and_application_are_killed()
    {
        using var target = LiveTarget.Start("hold");
        using var host = MeasureHost.Start(target.Pid, ["hold=1", "pause=Hold"]);
        Assert.Equal("At Hold", host.ReadLine());
        int child = Assert.Single(Traces.ChildrenOf(target.Pid));
        host.Kill();
        target.Kill();

        Assert.True(Traces.Eventually(() => Traces.HasEnded(child)));
    }

    [Fact]
    public void A_stopped_tool_leaves_no_zombie()
    {
        using var target = LiveTarget.Start("hold");
        using var host = MeasureHost.Start(target.Pid, ["hold=1", "pause=Hold"]);
        Assert.Equal("At Hold", host.ReadLine());
        Shell.Run("kill", ["-STOP", $"{host.Pid}"]);

        // Nobody asks the agent for anything any more; the child's time is over by itself, and the agent reaps it.
        Assert.True(Traces.Eventually(() => Traces.ChildrenOf(target.Pid).Count == 0), "a child or zombie is left");
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
    }

    [Fact]
    public void An_interrupted_tool_cleans_up()
    {
        using var target = LiveTarget.Start("hold");
        int descriptors = Traces.NonFileDescriptorsOf(target.Pid);
        using var host = MeasureHost.Start(target.Pid, ["hold=30", "pause=Hold"]);
        Assert.Equal("At Hold", host.ReadLine());
        Shell.Run("kill", ["-INT", $"{host.Pid}"]);
        host.Continue();

        Assert.Equal(130, host.Finish().ExitCode);
        Assert.True(Traces.Eventually(() => Traces.ChildrenOf(target.Pid).Count == 0 && Traces.AgentThreadsOf(target.Pid).Count == 0));
        Assert.Equal(descriptors, Traces.NonFileDescriptorsOf(target.Pid));
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void A_child_that_uses_up_the_room_in_the_cgroup_is_ended()
    {
        using var limit = new MemoryLimit();
        using var target = LiveTarget.Start(new TargetStart { Launcher = limit.Launcher, Arguments = ["hold", "managed=300000000"] });
        limit.Set(limit.UsageBytes - limit.FileBytes + (60 * MiB));
        var result = Measurer.Run(
            new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60), Hold = TimeSpan.FromSeconds(20), ChildWritesBytes = 50 * MiB },
            CancellationToken.None);

        Assert.True(result.CopyOnWrite!.Truncated);
        Assert.True(result.CopyOnWrite.HeldMilliseconds < 20_000);
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
    }

    [Fact]
    public void Twenty_measurements_in_a_row_leave_nothing()
    {
        using var target = LiveTarget.Start("hold", "managed=10000000");
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60) };
        Measurer.Run(request, CancellationToken.None);
        int descriptors = Directory.GetFileSystemEntries($"/proc/{target.Pid}/fd").Length;
        for (int round = 1; round < 20; round++)
        {
            Measurer.Run(request, CancellationToken.None);
        }

        Assert.Equal(descriptors, Directory.GetFileSystemEntries($"/proc/{target.Pid}/fd").Length);
        Assert.Empty(Traces.ChildrenOf(target.Pid));
        Assert.True(Traces.Eventually(() => Traces.AgentThreadsOf(target.Pid).Count == 0));
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
    }

    [Fact]
    public void Two_builds_of_the_shim_live_side_by_side()
    {
        string other = Directory.CreateTempSubdirectory("forklint-shim-build-").FullName;
        try
        {
            Shell.Run("dotnet", ["build", Path.Combine(TestApps.Root, "tool/ForkLint.Agent/Shim"), "-c", "Other", "-o", other, "-v", "q", "--nologo", "-nodeReuse:false"]);
            File.Copy(Path.Combine(MeasureHost.Folder, "agent/ForkLint.Agent.dll"), Path.Combine(other, "ForkLint.Agent.dll"));
            using var target = LiveTarget.Start("hold");
            Assert.Equal(0, MeasureHost.Run(target.Pid).ExitCode);
            Assert.Equal(0, MeasureHost.Run(target.Pid, $"agent={other}").ExitCode);
            Assert.Equal(0, MeasureHost.Run(target.Pid).ExitCode);

            string maps = File.ReadAllText($"/proc/{target.Pid}/maps");
            Assert.Equal(2, maps.Split('\n').Where(line => line.Contains("ForkLint.Shim.", StringComparison.Ordinal)).Select(line => line[line.LastIndexOf('/')..]).Distinct().Count());
            Assert.Equal("Spawned 0", target.Ask("Spawn"));
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    [Fact]
    public void An_application_under_load_notices_nothing()
    {
        using var target = LiveTarget.Start("busy", "allocators=2", "starters=1");
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 5, MaxStall = TimeSpan.FromSeconds(20), AgentPatience = TimeSpan.FromSeconds(60) };
        long startsBefore = Progress(target)[1];
        for (int round = 0; round < 3; round++)
        {
            var result = Measurer.Run(request, CancellationToken.None);
            Assert.True(result.Fork.Succeeded);
            Assert.NotNull(result.Fork.ChargedBytes);
        }

        Assert.True(Traces.Eventually(() => Progress(target)[1] > startsBefore));
        Assert.Equal(0, Progress(target)[2]);
        Assert.True(Traces.Eventually(() => Traces.AgentThreadsOf(target.Pid).Count == 0));
    }

    [Fact]
    public void Verifying_gives_back_what_was_dropped()
    {
        using var target = LiveTarget.Start("garbage", "bytes=200000000");
        Assert.Equal("Done", target.Ask("Go"));
        var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60), Verify = true }, CancellationToken.None);

        Assert.True(result.Verified!.RealisedBytes > 150_000_000, $"{result.Verified}");
        Assert.Equal(result.Verified.Before.CommitChargeBytes - result.Verified.After.CommitChargeBytes, result.Verified.RealisedBytes);
        Assert.True(result.Verified.PauseMicroseconds > 0);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    private static long[] Progress(LiveTarget target) =>
        [.. target.Ask("Go")!["Done ".Length..].Split(' ').Select(static number => long.Parse(number, CultureInfo.InvariantCulture))];

    private static bool CanListen(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
