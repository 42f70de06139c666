namespace ForkLint.Analyzers.Sizing;

/// <summary>How large an array the shared pool hands out.</summary>
internal static class PoolSizes
{
    private const long SmallestLength = 16;
    private const long LargestPooledLength = 1L << 30;

    /// <summary>
    /// The length that <c>ArrayPool&lt;T&gt;.Shared.Rent</c> returns: the next power of two from 16 up, and beyond 2^30
    /// what was asked for (dotnet/runtime <c>SharedArrayPool.cs</c>, <c>Utilities.SelectBucketIndex</c>).
    /// </summary>
    public static long SharedPoolLength(long minimumLength) =>
        minimumLength <= 0 ? 0
        : minimumLength > LargestPooledLength ? minimumLength
        : Math.Max(SmallestLength, RoundUpToPowerOfTwo(minimumLength));

    /// <summary>The smallest power of two that is not less than <paramref name="value"/>, which is at most 2^62.</summary>
    public static long RoundUpToPowerOfTwo(long value)
    {
        var power = 1L;
        while (power < value)
        {
            power <<= 1;
        }

        return power;
    }
}
