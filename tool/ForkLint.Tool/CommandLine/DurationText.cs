using System.Globalization;

namespace ForkLint.Tool.CommandLine;

/// <summary>Durations as they are written on the command line: a number and a unit (us, ms, s, m, h), such as <c>250ms</c>.</summary>
internal static class DurationText
{
    /// <summary>The longest duration that is accepted: a day. Anything longer is taken for a mistake.</summary>
    public static readonly TimeSpan Maximum = TimeSpan.FromDays(1);

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("us", TimeSpan.TicksPerMicrosecond), ("µs", TimeSpan.TicksPerMicrosecond), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Parses a duration. False without a unit, with a sign, or beyond <see cref="Maximum"/>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var trimmed = text.Trim();
        var digits = trimmed.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = trimmed[digits..].TrimStart();
        if (!double.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        foreach (var (name, ticks) in Units)
        {
            if (unit == name)
            {
                var total = number * ticks;
                if (total > Maximum.Ticks)
                {
                    return false;
                }

                duration = TimeSpan.FromTicks((long)Math.Round(total));
                return true;
            }
        }

        return false;
    }
}
