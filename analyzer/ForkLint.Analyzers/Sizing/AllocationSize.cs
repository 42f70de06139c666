using System.Numerics;

namespace ForkLint.Analyzers.Sizing;

/// <summary>How well a size is known.</summary>
internal enum SizeCertainty
{
    /// <summary>Nothing is known.</summary>
    Unknown,

    /// <summary>It can be more, on another path or with another argument.</summary>
    AtLeast,

    /// <summary>Exactly this.</summary>
    Exact,

    /// <summary>A running process was seen to keep this.</summary>
    Measured,
}

/// <summary>The payload of one allocation: elements or blocks, without object headers.</summary>
/// <param name="Certainty">How well it is known.</param>
/// <param name="Bytes">The size in bytes; 0 where it is unknown.</param>
internal readonly record struct AllocationSize(SizeCertainty Certainty, long Bytes)
{
    /// <summary>Nothing is known.</summary>
    public static AllocationSize Unknown => default;

    /// <summary>Whether there is a size to compare with a threshold.</summary>
    public bool IsKnown => Certainty != SizeCertainty.Unknown;

    /// <summary>Exactly <paramref name="bytes"/>.</summary>
    public static AllocationSize Exact(long bytes) => new(SizeCertainty.Exact, bytes);

    /// <summary>At least <paramref name="bytes"/>.</summary>
    public static AllocationSize AtLeast(long bytes) => new(SizeCertainty.AtLeast, bytes);

    /// <summary>What a running process was seen to keep.</summary>
    public static AllocationSize Measured(long bytes) => new(SizeCertainty.Measured, bytes);

    /// <summary>
    /// <paramref name="count"/> items of <paramref name="item"/>. A count that can be less than zero throws where it is,
    /// so only what is left counts; a product beyond <see cref="long"/> can never be allocated.
    /// </summary>
    public static AllocationSize Of(ConstantRange? count, ElementSize item)
    {
        if (count is not { } range || range.Maximum.Sign < 0)
        {
            return Unknown;
        }

        var bytes = BigInteger.Max(range.Minimum, BigInteger.Zero) * item.Bytes;
        if (bytes > long.MaxValue)
        {
            return Unknown;
        }

        return range.IsExact && item.IsExact ? Exact((long)bytes)
            : bytes.IsZero ? Unknown
            : AtLeast((long)bytes);
    }
}

/// <summary>The size of one element, as an array or a collection stores it.</summary>
/// <param name="Bytes">The size in bytes.</param>
/// <param name="IsExact"><see langword="false"/> where it can be more.</param>
internal readonly record struct ElementSize(long Bytes, bool IsExact)
{
    /// <summary>One byte.</summary>
    public static ElementSize Byte => new(1, true);

    /// <summary>A reference: 8 bytes, as every supported server platform has it.</summary>
    public static ElementSize Reference => new(8, true);
}
