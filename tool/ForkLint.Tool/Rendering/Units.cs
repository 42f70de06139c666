using System.Globalization;

namespace ForkLint.Tool.Rendering;

/// <summary>
/// Figures as a person reads them. Sizes are in powers of 1024 and say so (KiB, MiB, GiB), as the verdicts' sentences do.
/// One decimal always, so that figures below each other line up.
/// </summary>
internal static class Units
{
    private static readonly string[] BinaryUnits = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>What stands where a figure is not known.</summary>
    public const string Unknown = "unknown";

    /// <summary>Bytes in the largest unit that leaves a whole digit: <c>270.1 MiB</c>, <c>1.5 GiB</c>, <c>512 B</c>.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } value)
        {
            return Unknown;
        }

        var magnitude = Math.Abs((double)value);
        if (magnitude < 1024)
        {
            return Text(value, "0", "B");
        }

        // The step up is taken where rounding would print 1024.0 of the smaller unit.
        var scaled = value / 1024.0;
        var unit = 0;
        while (Math.Abs(scaled) >= 1023.95 && unit < BinaryUnits.Length - 1)
        {
            scaled /= 1024;
            unit++;
        }

        return Text(scaled, "0.0", BinaryUnits[unit]);
    }

    /// <summary>Bytes to the byte, in groups of three: <c>283,115,520 B</c>.</summary>
    public static string Exact(long? bytes) => bytes is { } value ? Text(value, "#,##0", "B") : Unknown;

    /// <summary>A difference to the byte with its sign: <c>+12,288 B</c>, <c>0 B</c>.</summary>
    public static string Difference(long? bytes) => bytes is { } value ? Text(value, "+#,##0;-#,##0;0", "B") : Unknown;

    /// <summary>Bytes with their sign: <c>+25.0 MiB</c>, <c>0 B</c>.</summary>
    public static string Change(long? bytes) => bytes is > 0 ? "+" + Bytes(bytes) : Bytes(bytes);

    /// <summary>A duration in the largest unit that leaves a whole digit: <c>93 µs</c>, <c>8.1 ms</c>, <c>1.52 s</c>.</summary>
    public static string Microseconds(double? microseconds)
    {
        return microseconds switch
        {
            null => Unknown,
            < 999.5 => Text(microseconds.Value, "0", "µs"),
            < 9_995 => Text(microseconds.Value / 1e3, "0.00", "ms"),
            < 999_950 => Text(microseconds.Value / 1e3, "0.0", "ms"),
            _ => Text(microseconds.Value / 1e6, "0.00", "s"),
        };
    }

    /// <summary>A duration: <c>250 ms</c>, <c>5 s</c>, <c>1.5 s</c>.</summary>
    public static string Milliseconds(double milliseconds) =>
        Math.Abs(milliseconds) < 1000 ? Text(milliseconds, "0.#", "ms") : Text(milliseconds / 1000, "0.##", "s");

    /// <summary>A count with its noun: <c>1 trial</c>, <c>20 trials</c>.</summary>
    public static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : noun.EndsWith('s') ? "es" : "s")}");

    private static string Text(double value, string format, string unit) =>
        value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;

    private static string Text(long value, string format, string unit) =>
        value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
}
