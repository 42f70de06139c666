using System.Globalization;

namespace ForkLint.Analyzers.Configuration;

/// <summary>
/// Sizes as people write them: <c>500KB</c>, <c>1.5 MiB</c>, <c>209715200</c>. KB, MB, GB and TB are powers of 1000;
/// KiB, MiB, GiB and TiB (and Ki, Mi, Gi, Ti) are powers of 1024. A bare K, M or G is refused, because Docker means 1024 by it and Kubernetes 1000.
/// The tool is compiled with this file, too (ForkLint.Linux, ByteSize).
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

    /// <summary>Reads a size.</summary>
    /// <param name="text">The text. Case does not matter.</param>
    /// <param name="bytes">The size in bytes, a fraction of a byte dropped; 0 when false is returned.</param>
    /// <returns>False for anything that is not a size of zero or more that fits in a <see cref="long"/>.</returns>
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

        var (number, unit) = (trimmed.Substring(0, digits), trimmed.Substring(digits).TrimStart());
        foreach (var (suffix, factor) in Units)
        {
            if (suffix.Equals(unit, StringComparison.OrdinalIgnoreCase))
            {
                // Divided instead of multiplied: the product of the largest number and the largest unit is beyond a decimal.
                if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
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
