using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>A resource limit of a process; null is unlimited.</summary>
/// <param name="Soft">What the kernel enforces.</param>
/// <param name="Hard">How far the process may raise it itself.</param>
public sealed record ResourceLimit(long? Soft, long? Hard);

/// <summary>Parses <c>/proc/PID/limits</c> (Linux fs/proc/base.c, proc_pid_limits).</summary>
public static class LimitsParser
{
    // The name is printed with %-25s and a blank.
    private const int NameWidth = 26;

    /// <summary>The limits by name, such as <c>Max processes</c>.</summary>
    /// <param name="text">The whole file.</param>
    public static Reading<IReadOnlyDictionary<string, ResourceLimit>> Parse(ReadOnlySpan<byte> text)
    {
        var limits = new Dictionary<string, ResourceLimit>(StringComparer.Ordinal);
        if (!Utf8Text.NextLine(ref text, out var first) || !first.StartsWith("Limit"u8))
        {
            return Reading<IReadOnlyDictionary<string, ResourceLimit>>.Fail(ReadFailure.Malformed, "the heading is missing");
        }

        while (Utf8Text.NextLine(ref text, out var line))
        {
            if (line.Length <= NameWidth)
            {
                return Malformed(line);
            }

            var name = Encoding.UTF8.GetString(Utf8Text.Trim(line[..NameWidth]));
            var rest = line[NameWidth..];
            if (!TryParse(Utf8Text.NextWord(ref rest), out var soft) || !TryParse(Utf8Text.NextWord(ref rest), out var hard))
            {
                return Malformed(line);
            }

            limits[name] = new ResourceLimit(soft, hard);
        }

        return Reading<IReadOnlyDictionary<string, ResourceLimit>>.Ok(limits);
    }

    private static Reading<IReadOnlyDictionary<string, ResourceLimit>> Malformed(ReadOnlySpan<byte> line) =>
        Reading<IReadOnlyDictionary<string, ResourceLimit>>.Fail(ReadFailure.Malformed, $"not understood: {Utf8Text.Excerpt(line)}");

    private static bool TryParse(ReadOnlySpan<byte> word, out long? limit)
    {
        limit = null;
        if (word.SequenceEqual("unlimited"u8))
        {
            return true;
        }

        if (!Utf8Text.TryParseLong(word, out var number))
        {
            return false;
        }

        limit = number;
        return true;
    }
}
