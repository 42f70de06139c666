using System.Globalization;

namespace ForkLint.Analyzers.Configuration;

/// <summary>
/// Sizes as people write them: <c>500KB</c>, <c>1.5 MiB</c>, <c>209715200</c>. KB, MB, GB and TB are powers of 1000;
/// KiB, MiB, GiB and TiB (and Ki, Mi, Gi, Ti) are powers of 1024. A bare K, M or G is neither.
/// </summary>
internal static class ByteSizeText
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("", 1L), ("B", 1L),
        ("KB", 1_000L), ("MB", 1_000_000L), ("GB", 1_000_000_000L), ("TB", 1_000_000_000_000L),
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40),
    ];

    /// <summary>
    /// The size in bytes; <see langword="false"/> for anything that is not a size of zero or more that fits in a <see cref="long"/>. It is
    /// the same grammar as the tool's (ForkLint.Linux, ByteSize), held together by one table of tests.
    /// </summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        var trimmed = text is null ? "" : text.Trim();

        // No sign, no exponent, no group separator and no point at an end: "1,5 MiB" is a mistake, not fifteen.
        var digits = 0;
        while (digits < trimmed.Length && (IsDigit(trimmed[digits]) || trimmed[digits] == '.'))
        {
            digits++;
        }

        if (digits == 0 || !IsDigit(trimmed[0]) || !IsDigit(trimmed[digits - 1]))
        {
            return false;
        }

        var unit = trimmed.Substring(digits).TrimStart();
        foreach (var (suffix, factor) in Units)
        {
            if (suffix.Equals(unit, StringComparison.OrdinalIgnoreCase))
            {
                if (!decimal.TryParse(trimmed.Substring(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                    || value > (decimal)long.MaxValue / factor)
                {
                    return false;
                }

                bytes = (long)(value * factor);
                return true;
            }
        }

        return false;
    }

    private static bool IsDigit(char character) => character is >= '0' and <= '9';
}
