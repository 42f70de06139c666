namespace ForkLint.Heap.Tests;

/// <summary>Does what a saving says and compares.</summary>
internal static class Realised
{
    /// <summary>The charge must fall by what was predicted, measured between two Aggressive collections, and the resident set must fall.</summary>
    public static void Assert(ScenarioTarget target, Saving saving)
    {
        target.Collect();
        (long charge, long resident) = (target.ChargeBytes, target.ResidentBytes);
        target.Drop();
        target.Collect();
        Within(0.05, saving.CommitChargeBytes, charge - target.ChargeBytes);
        Xunit.Assert.True(target.ResidentBytes < resident, "The resident set did not shrink.");
    }

    public static void Within(double share, long expected, long actual) =>
        Xunit.Assert.True(Math.Abs(actual - expected) <= share * expected, $"{actual} is not within {share:P1} of {expected}.");
}
