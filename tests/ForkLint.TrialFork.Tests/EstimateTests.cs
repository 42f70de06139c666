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
        double Median(int pid) => Measurer.Run(new MeasureRequest { Pid = pid, Engine = EngineKind.Estimate }, CancellationToken.None).Fork.LatencyMicroseconds!.Median;

        Assert.True(Median(large.Pid) > 2 * Median(small.Pid));
    }

    [Theory]
    [InlineData(200_000, 1_800_000, 4096)]
    [InlineData(5_000_000, 6_600_000, 4096)]
    [InlineData(5_000_000, 4_000_000, 1024)]
    public void A_noisy_calibration_never_says_that_pages_are_free(double small, double large, double pages)
    {
        var rate = Calibration.Rate(small, large, pages);
        Assert.True(rate.NanosecondsPerPage > large / pages / 4.1);
        Assert.True(rate.Predict(1L << 30, 0) > rate.Predict(1L << 20, 0) * 2);

        // Huge pages are nearly free beside base pages.
        Assert.True(rate.Predict(1L << 30, 1L << 30) < rate.Predict(1L << 30, 0) / 5);
    }

    /// <summary>Without room for it nothing is forked, and what is planned with is the slowest rate there is.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-5_000_000)]
    [InlineData((2 << 20) - 1)]
    public void Where_there_is_no_room_to_calibrate_the_rate_is_a_published_one(long mayTouchBytes)
    {
        var rate = Calibration.MeasureNow(mayTouchBytes);
        Assert.Contains("too little memory", rate.Unmeasured, StringComparison.Ordinal);
        Assert.Equal(424, rate.Predict(1_000_000_000, 0).TotalMilliseconds, 2.0);
    }

    [Fact]
    public void With_room_for_it_the_rate_is_measured()
    {
        var rate = Calibration.MeasureNow(64 << 20);
        Assert.Null(rate.Unmeasured);
        Assert.InRange(rate.NanosecondsPerPage, 1, 100_000);
    }

    [Theory]
    [InlineData(320L << 20, null, 10 << 20)]
    [InlineData(8L << 30, 64L << 20, 2 << 20)]
    [InlineData(8L << 30, -1L, 0)]
    [InlineData(0L, null, 0)]
    public void The_calibration_touches_a_small_part_of_what_is_free(long available, long? headRoom, long bytes) =>
        Assert.Equal(bytes, CalibrationRoom.Bytes(available, headRoom));

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
