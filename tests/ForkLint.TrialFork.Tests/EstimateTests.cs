using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>The estimate runs nothing in the application, and its charge is what a fork is charged.</summary>
public class EstimateTests
{
    [Fact]
    public void The_charge_is_the_one_that_a_trial_confirms()
    {
        using var target = LiveTarget.Start("hold", "managed=100000000");
        var estimate = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Estimate }, CancellationToken.None);
        string maps = File.ReadAllText($"/proc/{target.Pid}/maps");
        var trial = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60) }, CancellationToken.None);

        Assert.DoesNotContain("ForkLint.Shim", maps, StringComparison.Ordinal);
        Assert.Equal(trial.Fork.ChargedBytes, estimate.Fork.PredictedChargeBytes + trial.Fork.AgentOverheadBytes);
        Assert.True(estimate.Fork.IsLatencyEstimated);
        Assert.Null(estimate.Fork.ChargedBytes);
        Assert.Null(estimate.Fork.Child);
        Assert.Null(estimate.Vfork);
        Assert.Equal(trial.Process.Runtime, estimate.Process.Runtime);
        Assert.Contains(estimate.Warnings, warning => warning.Contains("estimate", StringComparison.Ordinal));
    }

    [Fact]
    public void More_memory_takes_longer()
    {
        using var small = LiveTarget.Start("hold", "managed=1000000");
        using var large = LiveTarget.Start("hold", "managed=400000000");
        double Median(int pid) => Measurer.Run(new MeasureRequest { Pid = pid, Engine = EngineKind.Estimate }, CancellationToken.None).Fork.Latency!.Median;

        Assert.True(Median(large.Pid) > 2 * Median(small.Pid));
    }

    [Theory]
    [InlineData(1_000_000, 2_600_000, 10_000)]
    [InlineData(5_000_000, 6_600_000, 50_000)]
    [InlineData(5_000_000, 4_000_000, 50_000)]
    public void A_noisy_calibration_never_says_that_pages_are_free(double small, double large, double ownPages)
    {
        var rate = Calibration.Rate(small, large, ownPages);
        Assert.True(rate.NanosecondsPerPage > large / (ownPages + 16384) / 2.1);
        Assert.True(rate.Predict(1L << 30, 0) > rate.Predict(1L << 20, 0) * 2);

        // Huge pages are nearly free beside base pages.
        Assert.True(rate.Predict(1L << 30, 1L << 30) < rate.Predict(1L << 30, 0) / 5);
    }

    [Fact]
    public void A_plan_says_what_would_be_done_and_does_nothing()
    {
        using var target = LiveTarget.Start("hold");
        var plan = Measurer.Plan(new MeasureRequest { Pid = target.Pid, MaxStall = TimeSpan.FromSeconds(5), Verify = true });

        Assert.Equal(EngineKind.Agent, plan.Engine);
        Assert.Null(plan.Refusal);
        Assert.True(plan.Trials >= 1);
        Assert.Contains(plan.WouldDo, step => step.Contains("collect", StringComparison.Ordinal));
        Assert.DoesNotContain("ForkLint.Shim", File.ReadAllText($"/proc/{target.Pid}/maps"), StringComparison.Ordinal);
    }
}
