using System.Globalization;

namespace ForkLint.Analyzers.Configuration;

/// <summary>
/// What <c>trace</c> saw a method start, as a line of <c>ForkLint.Measured*.txt</c> says it after the method's id:
/// <c>starts=812; peak=509607936; program=ffmpeg</c>. The tool, which writes these lines and reads them back, is compiled with this file, too
/// (ForkLint.Heap, MeasuredSpawn).
/// </summary>
/// <param name="Starts">How many processes it started.</param>
/// <param name="PeakBytes">The highest resident set of any of them; <see langword="null"/> where none is known.</param>
/// <param name="Program">Their program; <see langword="null"/> where they ran none of their own.</param>
internal readonly record struct TracedSpawn(long Starts, long? PeakBytes, string? Program)
{
    /// <summary>Whether a detail is meant to be one: a size has no equals sign.</summary>
    public static bool IsMeant(string? detail) => detail?.IndexOf('=') >= 0;

    /// <summary>Reads a detail.</summary>
    /// <param name="detail">The text behind the id.</param>
    /// <param name="traced">What it says.</param>
    /// <returns>Why it cannot be read; <see langword="null"/> where it can.</returns>
    public static string? WhyUnreadable(string detail, out TracedSpawn traced)
    {
        traced = default;
        long? starts = null, peak = null;
        string? program = null;
        foreach (var part in detail.Split(';'))
        {
            var equals = part.IndexOf('=');
            var (key, value) = equals < 0 ? (part.Trim(), "") : (part.Substring(0, equals).Trim(), part.Substring(equals + 1).Trim());
            switch (key)
            {
                case "starts" when starts is null && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count):
                    starts = count;
                    break;
                case "peak" when peak is null && ByteSizeText.TryParse(value, out var bytes):
                    peak = bytes;
                    break;
                case "program" when program is null && value.Length > 0:
                    program = value;
                    break;
                default:
                    return $"'{part.Trim()}' is none of 'starts=812', 'peak=509607936' and 'program=ffmpeg', each once";
            }
        }

        if (starts is null)
        {
            return $"'{detail}' does not say how many processes were started: write 'starts=812; peak=509607936; program=ffmpeg'";
        }

        traced = new TracedSpawn(starts.Value, peak, program);
        return null;
    }

    /// <summary>
    /// The method of a documentation-comment id without parameters and type parameters: the frames of a stack do not tell overloads apart
    /// that the compiler made other methods of.
    /// </summary>
    public static string MethodOf(string id)
    {
        var end = id.IndexOfAny(['(', '~']);
        var name = end < 0 ? id : id.Substring(0, end);
        var arity = name.LastIndexOf("``", StringComparison.Ordinal);
        return arity < 0 ? name : name.Substring(0, arity);
    }
}
