namespace ForkLint.TrialFork.Tests;

/// <summary>What an application may add to its cgroup while a child lives, from what a short look showed.</summary>
public class ApplicationGrowthTests
{
    private const long MiB = 1 << 20;

    [Theory]
    [InlineData(0, 0, 1000, 0)]
    [InlineData(0.07, 0, 1000, 16)]
    [InlineData(0.5, 0, 1000, 256)]
    [InlineData(1.5, 0, 1000, 512)]
    [InlineData(1.5, 10, 1000, 532)]
    [InlineData(1.5, 10, 30, 50)]
    [InlineData(0, 45, 0, 90)]
    public void A_busy_application_counts_with_what_it_can_copy_and_each_with_what_it_swings(double busy, long swingMiB, long copyableMiB, long addedMiB) =>
        Assert.Equal(addedMiB * MiB, ApplicationGrowth.Predict(busy, swingMiB * MiB, copyableMiB * MiB));
}
