using System.Globalization;
using System.Text;
using ForkLint.Linux;
using ForkLint.Linux.Text;

namespace ForkLint.Heap;

/// <summary>
/// The file of measured sizes that the analyzer reads (<c>ForkLint.Measured*.txt</c>): a line <c>ID; BYTES</c> for each member, a line of
/// <see cref="MeasuredSpawn"/> for each method and program that it started, and before each a comment with the date, the process and a count.
/// </summary>
public static class MeasuredFile
{
    private const int MaximumNameLength = 255;

    private const string Heading = "# What was seen in a running process: the bytes that members keep alive, and what methods start. Written by dotnet-forklint --write-measured.";

    private const string TopLevel = ".{Main}$";

    /// <summary>Between the parts of a key: no id has one, and it sorts before all that ids have.</summary>
    private const char Separator = '\n';

    /// <summary>What version 0.1 wrote.</summary>
    private const string OldHeading = "# What members were seen to keep alive in a running process, in bytes. Written by dotnet-forklint measure --write-measured.";

    /// <summary>The file's new text.</summary>
    /// <param name="existing">Its text so far; empty for a new file. What was not seen this time stays.</param>
    /// <param name="members">What was measured.</param>
    /// <param name="process">The name of the process.</param>
    /// <param name="date">The day of the measurement.</param>
    /// <param name="keepLargest">Keep the larger of the sizes before and now; otherwise the latest replaces.</param>
    public static string Merge(string existing, IEnumerable<MemberSize> members, string process, DateOnly date, bool keepLargest) => Merge(
        existing,
        members.Select(member => (member.Id, new Line(
            member.Id,
            string.Create(CultureInfo.InvariantCulture, $"{member.Id}; {member.Bytes}"),
            member.Bytes,
            About(date, process, member.Instances, "instance")))),
        keepLargest);

    /// <summary>The file's new text.</summary>
    /// <param name="existing">Its text so far; empty for a new file. What was not seen this time stays.</param>
    /// <param name="spawns">What was traced, one for each method and program.</param>
    /// <param name="process">The name of the process.</param>
    /// <param name="date">The day of the trace.</param>
    /// <param name="keepLargest">Keep the higher of the peaks before and now; otherwise the latest replaces.</param>
    public static string Merge(string existing, IEnumerable<MeasuredSpawn> spawns, string process, DateOnly date, bool keepLargest) => Merge(
        existing,
        spawns.Select(spawn => (KeyOf(spawn), new Line(spawn.Member, spawn.ToString(), spawn.PeakBytes ?? -1, About(date, process, spawn.Starts, "start")))),
        keepLargest);

    private static string Merge(string existing, IEnumerable<(string Key, Line Line)> seen, bool keepLargest)
    {
        SortedDictionary<string, Line> known = new(StringComparer.Ordinal);
        List<string> comments = [];
        string? pending = null;
        foreach (string line in existing.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0))
        {
            if (TryParse(line, pending) is { } parsed)
            {
                known[parsed.Key] = parsed.Line;
                pending = null;
                continue;
            }

            Keep(comments, pending);
            pending = line;
        }

        Keep(comments, pending);
        foreach ((string key, Line line) in seen)
        {
            if (CanBeNamed(line.Member) && (!keepLargest || !known.TryGetValue(key, out Line? before) || before.Bytes < line.Bytes))
            {
                known[key] = line;
            }
        }

        StringBuilder text = new();
        foreach (string line in comments.Prepend(Heading))
        {
            text.Append(line).Append('\n');
        }

        foreach (Line line in known.Values)
        {
            if (line.About is not null)
            {
                text.Append(line.About).Append('\n');
            }

            text.Append(line.Text).Append('\n');
        }

        return text.ToString();
    }

    private static string About(DateOnly date, string process, long count, string what) => string.Create(
        CultureInfo.InvariantCulture,
        $"# {date:yyyy-MM-dd}, {VisibleText.Of(process, MaximumNameLength)}, {count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>A method may start several programs: each has a line of its own.</summary>
    private static string KeyOf(MeasuredSpawn spawn) => spawn.Member + Separator + spawn.Program;

    /// <summary>A comment right before a member belongs to it; any other is the user's, and stays at the top.</summary>
    private static void Keep(List<string> comments, string? line)
    {
        if (line is not null and not Heading and not OldHeading)
        {
            comments.Add(line);
        }
    }

    /// <summary>
    /// Whether a source can name the member. It cannot name closures and state machines, nor what a hostile assembly calls its
    /// types: a name with a line break or a semicolon would write lines of its own here.
    /// </summary>
    private static bool CanBeNamed(string id)
    {
        // What top-level statements are compiled to has brackets in its id, and a source may well have it.
        string name = id.EndsWith(TopLevel, StringComparison.Ordinal) ? id[..^TopLevel.Length] : id;
        if (name.Length < 3 || name[1] != ':' || name.Length > VisibleText.MaximumLength || name.AsSpan().IndexOfAny("{<;\uFFFD") >= 0)
        {
            return false;
        }

        foreach (Rune rune in name.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || VisibleText.IsUnsafe(rune) || rune == Rune.ReplacementChar)
            {
                return false;
            }
        }

        return true;
    }

    private static (string Key, Line Line)? TryParse(string line, string? about)
    {
        bool isComment = line.StartsWith('#') || line.StartsWith("//", StringComparison.Ordinal);
        int separator = isComment ? -1 : line.IndexOf(';', StringComparison.Ordinal);
        if (separator <= 0)
        {
            return null;
        }

        string id = line[..separator].Trim();
        return ByteSize.TryParse(line[(separator + 1)..], out long bytes)
            ? (id, new Line(id, string.Create(CultureInfo.InvariantCulture, $"{id}; {bytes}"), bytes, about))
            : MeasuredSpawn.TryParse(line, out MeasuredSpawn spawn) ? (KeyOf(spawn), new Line(spawn.Member, spawn.ToString(), spawn.PeakBytes ?? -1, about)) : null;
    }

    /// <summary>A line of the file.</summary>
    /// <param name="Member">Whose it is.</param>
    /// <param name="Text">As it is written.</param>
    /// <param name="Bytes">What is compared where the larger stays.</param>
    /// <param name="About">The comment before it; null without.</param>
    private sealed record Line(string Member, string Text, long Bytes, string? About);
}
