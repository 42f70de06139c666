namespace ForkLint.TrialFork.Tests;

/// <summary>What is made of the readings before and after the agent entered.</summary>
public sealed class ForkFiguresTests
{
    /// <summary>The application runs on between the two: where it gave back more than the agent added, nothing tells what the agent added.</summary>
    [Theory]
    [InlineData(1000, 1000, 0L)]
    [InlineData(1000, 1400, 400L)]
    [InlineData(1000, 999, null)]
    public void The_agents_own_part_is_never_below_nothing(long before, long after, long? added) => Assert.Equal(added, ForkFigures.OverheadBytes(before, after));
}
