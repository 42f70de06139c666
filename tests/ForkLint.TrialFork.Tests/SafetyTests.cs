using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>What could harm the application is refused before anything is done to it.</summary>
public class SafetyTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Above_the_stall_budget_the_trial_is_refused()
    {
        using var target = LiveTarget.Start("hold", "managed=100000000");
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxStall = TimeSpan.FromMicroseconds(50) };
        var refusal = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));

        Assert.Equal(ExitReason.RefusedForSafety, refusal.Reason);
        Assert.Contains("--max-stall", refusal.Advice, StringComparison.Ordinal);
        Assert.Equal(ExitReason.RefusedForSafety, Measurer.Plan(request).Refusal!.Reason);
        Assert.DoesNotContain("ForkLint.Shim", File.ReadAllText($"/proc/{target.Pid}/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cgroup_with_too_little_room_is_refused_and_unharmed()
    {
        using var limit = new MemoryLimit();
        using var target = LiveTarget.Start(new TargetStart { Launcher = limit.Launcher, Arguments = ["hold", "managed=50000000"] });
        limit.Set(limit.UsageBytes - limit.FileBytes + (10 * MiB));
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxStall = TimeSpan.FromSeconds(5) };
        var refusal = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));

        Assert.Equal(ExitReason.RefusedForSafety, refusal.Reason);
        Assert.Contains("cgroup", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.DoesNotContain("ForkLint.Shim", File.ReadAllText($"/proc/{target.Pid}/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cgroup_full_of_page_cache_is_not_refused()
    {
        string file = Path.Combine(TestApps.Root, "artifacts", $"cache-{Guid.NewGuid():N}");
        try
        {
            using var limit = new MemoryLimit();
            using var target = LiveTarget.Start(new TargetStart { Launcher = limit.Launcher, Arguments = ["hold", "managed=50000000"] });
            long roomBytes = 60 * MiB;
            limit.Set(limit.UsageBytes - limit.FileBytes + roomBytes);
            Shell.Run(limit.Launcher[0], [.. limit.Launcher[1..], "dd", "if=/dev/zero", $"of={file}", "bs=1M", "count=80", "conv=fsync", "status=none"]);
            Assert.True(limit.FileBytes > roomBytes / 2, $"usage {limit.UsageBytes}, cache {limit.FileBytes}");
            var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 2, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60) }, CancellationToken.None);

            Assert.True(result.Fork.Succeeded);
            Assert.NotNull(result.Cgroup);
            Assert.Equal("Pong", target.Ask("Ping"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_stopped_target_is_refused_and_lives_when_continued()
    {
        using var target = LiveTarget.Start("hold");
        Shell.Run("kill", ["-STOP", $"{target.Pid}"]);
        Assert.True(Traces.Eventually(() => File.ReadAllText($"/proc/{target.Pid}/stat").Contains(") T ", StringComparison.Ordinal)));
        var outcome = MeasureHost.Run(target.Pid);
        Shell.Run("kill", ["-CONT", $"{target.Pid}"]);

        Assert.Equal((int)ExitReason.RefusedForSafety, outcome.ExitCode);
        Assert.Contains("stopped", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.DoesNotContain("ForkLint.Shim", File.ReadAllText($"/proc/{target.Pid}/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_measurement_waits_and_then_gives_up()
    {
        using var target = LiveTarget.Start("hold");
        using var first = MeasureHost.Start(target.Pid, ["pause=ReadParent"]);
        Assert.Equal("At ReadParent", first.ReadLine());
        var second = MeasureHost.Run(target.Pid, "lock=0.2");
        first.Continue();

        Assert.Equal((int)ExitReason.RefusedForSafety, second.ExitCode);
        Assert.Contains("another measurement", second.Output, StringComparison.Ordinal);
        Assert.Equal(0, first.Finish().ExitCode);
        Assert.Equal(0, MeasureHost.Run(target.Pid).ExitCode);
    }
}
