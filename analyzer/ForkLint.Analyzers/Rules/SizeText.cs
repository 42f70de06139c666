using System.Globalization;
using ForkLint.Analyzers.Sizing;

namespace ForkLint.Analyzers.Rules;

/// <summary>Sizes as messages show them: KB, MB and GB are powers of 1000, KiB, MiB and GiB of 1024.</summary>
internal static class SizeText
{
    private static readonly string[] Decimal = ["B", "KB", "MB", "GB", "TB"];
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>200 MB</c>, <c>at least 1.5 GB</c>, <c>200 MiB measured</c>.</summary>
    public static string Of(AllocationSize size) => size.Certainty switch
    {
        SizeCertainty.Unknown => "of unknown size",
        SizeCertainty.AtLeast => "at least " + Of(size.Bytes),
        SizeCertainty.Measured => Of(size.Bytes) + " measured",
        _ => Of(size.Bytes),
    };

    /// <summary>The bytes in the unit in which they are a round number, or else in decimal ones.</summary>
    public static string Of(long bytes)
    {
        var isBinary = bytes >= 1024 && bytes % 1024 == 0 && !(bytes % 1000 == 0 && bytes % (1 << 20) != 0);
        var step = isBinary ? 1024.0 : 1000.0;
        double value = bytes;
        var unit = 0;
        while (value >= step && unit < Decimal.Length - 1)
        {
            value /= step;
            unit++;
        }

        return value.ToString(value < 10 ? "0.##" : "0.#", CultureInfo.InvariantCulture) + " " + (isBinary ? Binary : Decimal)[unit];
    }
}
