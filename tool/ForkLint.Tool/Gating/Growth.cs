using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.Tool.Gating;

/// <summary>By how much a cost may grow against its baseline: a percentage of it, or a number of bytes.</summary>
/// <param name="Percent">Of the baseline; null when bytes are given.</param>
/// <param name="Bytes">On top of the baseline; null when a percentage is given.</param>
internal sealed record Growth(decimal? Percent, long? Bytes)
{
    private const decimal MaximumPercent = 1_000_000;

    /// <summary>Reads <c>10%</c>, <c>2.5 %</c> or a size such as <c>50MB</c>. False for anything else, and for a sign.</summary>
    public static bool TryParse(string? text, out Growth growth)
    {
        growth = new Growth(0, null);
        if (text is null)
        {
            return false;
        }

        var trimmed = text.AsSpan().Trim();
        if (trimmed.EndsWith("%"))
        {
            if (!decimal.TryParse(trimmed[..^1].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent > MaximumPercent)
            {
                return false;
            }

            growth = new Growth(percent, null);
            return true;
        }

        if (!ByteSize.TryParseWithUnit(text, out var bytes))
        {
            return false;
        }

        growth = new Growth(null, bytes);
        return true;
    }

    /// <summary>The most that is allowed when the baseline is <paramref name="before"/> bytes.</summary>
    public long Limit(long before) =>
        (long)Math.Min(long.MaxValue, before + (Percent is { } percent ? Math.Floor(before * percent / 100) : Bytes ?? 0));

    /// <summary>As it is written on the command line.</summary>
    public override string ToString() =>
        Percent is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent:0.##} %") : ByteSize.FormatGiven(Bytes ?? 0);
}
