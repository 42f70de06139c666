namespace ForkLint.Analyzers.Sizing;

/// <summary>Sums and products of sizes and counts, none of which is negative, that end at the largest number instead of overflowing.</summary>
internal static class Saturating
{
    /// <summary>The sum, or <see cref="long.MaxValue"/> where that is more.</summary>
    public static long Plus(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;

    /// <summary>The product, or <see cref="long.MaxValue"/> where that is more.</summary>
    public static long Times(long left, long right) => left > long.MaxValue / Math.Max(right, 1) ? long.MaxValue : left * right;
}
