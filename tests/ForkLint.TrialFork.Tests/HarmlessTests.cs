using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>What happens around a child that is alive. The attacks on it are in ForkLint.Safety.Tests.</summary>
public class HarmlessTests
{
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
}
