using System.Globalization;
using ForkLint.Analyzers.Configuration;

namespace ForkLint.Linux;

/// <summary>Sizes as people write them. KB, MB, GB, TB are powers of 1000; KiB, MiB, GiB, TiB (and Ki, Mi, Gi, Ti) powers of 1024.</summary>
public static class ByteSize
{
    private static readonly string[] BinaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    private static readonly string[] DecimalUnits = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>
    /// Reads a size such as <c>512MiB</c>, <c>1.5 GB</c>, <c>2Gi</c> or <c>4096</c> (bytes). Case does not matter.
    /// A bare K, M or G is refused, because Docker means 1024 by it and Kubernetes 1000.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The size in bytes, a fraction of a byte dropped; 0 when false is returned.</param>
    /// <returns>False for nonsense, negative sizes and sizes over 8 EiB.</returns>
    public static bool TryParse(string? text, out long bytes) => ByteSizeText.TryParse(text, out bytes);

    /// <summary>As <see cref="TryParse"/>, but a number without a unit is refused, unless it is 0: a user who writes 512 may mean MiB.</summary>
    public static bool TryParseWithUnit(string? text, out long bytes) =>
        TryParse(text, out bytes) && (bytes == 0 || !char.IsAsciiDigit(text!.AsSpan().TrimEnd()[^1]));

    /// <summary>
    /// A size that a user wrote, in the unit in which it was written: of the decimal and the binary one the one that says it in fewer
    /// characters, so <c>500 MB</c> and <c>512 MiB</c>.
    /// </summary>
    public static string FormatGiven(long bytes)
    {
        var binary = Shortest(bytes, 1024, BinaryUnits);
        var other = Shortest(bytes, 1000, DecimalUnits);
        return other.Length < binary.Length ? other : binary;
    }

    /// <summary>The size for people, in powers of 1024 and with at most one decimal: <c>0 B</c>, <c>40 KiB</c>, <c>1.5 GiB</c>, <c>-3 MiB</c>.</summary>
    public static string Format(long bytes)
    {
        var magnitude = bytes == long.MinValue ? (decimal)long.MaxValue + 1 : Math.Abs(bytes);
        var unit = 0;

        // Rounded before it is compared, or 1023.96 KiB would print as "1024 KiB".
        while (unit < BinaryUnits.Length - 1 && Math.Round(magnitude, 1, MidpointRounding.AwayFromZero) >= 1024)
        {
            magnitude /= 1024;
            unit++;
        }

        var sign = bytes < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Round(magnitude, 1, MidpointRounding.AwayFromZero):0.#} {BinaryUnits[unit]}");
    }

    private static string Shortest(long bytes, int step, string[] units)
    {
        var (number, name) = (bytes.ToString(CultureInfo.InvariantCulture), units[0]);
        decimal value = bytes;
        for (var unit = 1; unit < units.Length && Math.Abs(value) >= step; unit++)
        {
            value /= step;
            var text = value.ToString("0.############", CultureInfo.InvariantCulture);
            if (text.Length <= number.Length)
            {
                (number, name) = (text, units[unit]);
            }
        }

        return $"{number} {name}";
    }
}
