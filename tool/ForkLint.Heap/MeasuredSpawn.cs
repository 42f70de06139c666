using System.Globalization;
using System.Text;
using ForkLint.Analyzers.Configuration;
using ForkLint.Linux.Text;

namespace ForkLint.Heap;

/// <summary>
/// What a method was seen to start, as a line of the file of measured sizes: <c>M:App.Encoder.Run; starts=812; peak=509607936; program=ffmpeg</c>.
/// The analyzer reads it, too.
/// </summary>
/// <param name="Member">The method, as a documentation-comment id without parameters.</param>
/// <param name="Starts">How many processes it started.</param>
/// <param name="PeakBytes">The highest resident set of any of them; null where none is known.</param>
/// <param name="Program">The file name of their program; null where they ran none of their own.</param>
public sealed record MeasuredSpawn(string Member, long Starts, long? PeakBytes, string? Program)
{
    private const int MaximumProgramLength = 255;

    /// <summary>
    /// One entry for each method that is on the stack of a start, and for each program: a helper that several callers use counts for the helper
    /// and for each of them, so that each knows what it has started.
    /// </summary>
    /// <param name="starts">Of each start: the methods on its stack, its program as a path or a name, and its peak.</param>
    public static IReadOnlyList<MeasuredSpawn> Group(IEnumerable<(IReadOnlyList<string> Members, string? Program, long? PeakBytes)> starts) =>
    [
        .. starts
            .SelectMany(static start => start.Members.Select(member => (Member: member, Program: Path.GetFileName(start.Program), start.PeakBytes)))
            .GroupBy(static start => (start.Member, start.Program))
            .Select(static site => new MeasuredSpawn(site.Key.Member, site.Count(), site.Max(static start => start.PeakBytes), site.Key.Program))
            .OrderBy(static site => site.Member, StringComparer.Ordinal).ThenBy(static site => site.Program, StringComparer.Ordinal),
    ];

    /// <summary>The line.</summary>
    public override string ToString()
    {
        StringBuilder line = new();
        line.Append(CultureInfo.InvariantCulture, $"{Member}; starts={Starts}");
        if (PeakBytes is { } peak)
        {
            line.Append(CultureInfo.InvariantCulture, $"; peak={peak}");
        }

        // It is what another program is called: it must not begin a part or a line of its own.
        string program = VisibleText.Of((Program ?? "").Replace(';', '_').Trim(), MaximumProgramLength);
        return (program.Length == 0 ? line : line.Append("; program=").Append(program)).ToString();
    }

    /// <summary>Reads a line; false where it is none of these.</summary>
    public static bool TryParse(string line, out MeasuredSpawn spawn)
    {
        ArgumentNullException.ThrowIfNull(line);
        spawn = new MeasuredSpawn("", 0, null, null);
        int end = line.IndexOf(';', StringComparison.Ordinal);
        string member = end < 0 ? "" : line[..end].Trim();
        if (!member.StartsWith("M:", StringComparison.Ordinal) || member.Length < 3
            || TracedSpawn.WhyUnreadable(line[(end + 1)..], out TracedSpawn traced) is not null)
        {
            return false;
        }

        spawn = new MeasuredSpawn(member, traced.Starts, traced.PeakBytes, traced.Program);
        return true;
    }
}
