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
    public void What_the_application_maps_between_the_reading_and_the_fork_is_predicted()
    {
        using var target = LiveTarget.Start("hold", "fill=1");
        using var host = MeasureHost.Start(target.Pid, ["trials=1", "stall=30000", "pause=ControlStall"]);
        Assert.Equal("At ControlStall", host.ReadLine());
        Assert.StartsWith("Done ", target.Ask("Go"), StringComparison.Ordinal);
        host.Continue();
        var outcome = host.Finish();
        Assert.True(outcome.ExitCode == 0, outcome.Output);
        Assert.Equal(outcome.Figures.GetProperty("charged").GetInt64(), outcome.Figures.GetProperty("predicted").GetInt64());
    }

    [Fact]
    public void Two_builds_of_the_shim_live_side_by_side()
    {
        string folder = Directory.CreateTempSubdirectory("forklint-shim-build-").FullName;
        string other = folder;
        try
        {
            Shell.Run("dotnet", ["build", Path.Combine(TestApps.Root, "tool/ForkLint.Agent/Shim"), "-c", "Other", "-o", other, "-p:CheckForOverflowUnderflow=true", "-v", "q", "--nologo", "-nodeReuse:false"]);
            other = Path.Combine(other, "named");
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
            Directory.Delete(folder, recursive: true);
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
