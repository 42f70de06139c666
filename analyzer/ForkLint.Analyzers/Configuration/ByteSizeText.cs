using System.Globalization;

namespace ForkLint.Analyzers.Configuration;

/// <summary>
/// Sizes as people write them: <c>500KB</c>, <c>1.5 MiB</c>, <c>209715200</c>. KB, MB, GB and TB are powers of 1000;
/// KiB, MiB, GiB and TiB are powers of 1024.
/// </summary>
internal static class ByteSizeText
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KIB", 1L << 10), ("MIB", 1L << 20), ("GIB", 1L << 30), ("TIB", 1L << 40),
        ("KB", 1_000L), ("MB", 1_000_000L), ("GB", 1_000_000_000L), ("TB", 1_000_000_000_000L),
        ("B", 1L),
    ];

    /// <summary>The size in bytes; <see langword="false"/> for anything that is not a size of zero or more that fits in a <see cref="long"/>.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (text is null)
        {
            return false;
        }

        var number = text.Trim();
        var factor = 1L;
        foreach (var (suffix, unit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number.Substring(0, number.Length - suffix.Length).TrimEnd();
                factor = unit;
                break;
            }
        }

        // No sign, no exponent and no group separator: "1,5 MiB" is a mistake, not fifteen.
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || value > long.MaxValue / factor)
        {
            return false;
        }

        bytes = (long)(value * factor);
        return true;
    }

    /// <summary>The size for a message, in the largest power of 1000 or 1024 that says it in three digits: <c>200 MB</c>, <c>1 MiB</c>.</summary>
    public static string Format(long bytes)
    {
        // A size that is whole in a binary unit was written in one.
        foreach (var (unit, factor) in new[] { ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10) })
        {
            if (bytes >= factor && bytes % factor == 0)
            {
                return (bytes / factor).ToString(CultureInfo.InvariantCulture) + " " + unit;
            }
        }

        foreach (var (unit, factor) in new[] { ("GB", 1_000_000_000L), ("MB", 1_000_000L), ("KB", 1_000L) })
        {
            if (bytes >= factor)
            {
                return ((decimal)bytes / factor).ToString("0.#", CultureInfo.InvariantCulture) + " " + unit;
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + " B";
    }
}
