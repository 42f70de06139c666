using System.Globalization;
using System.Text;

namespace ForkLint.Heap;

/// <summary>
/// The file of measured sizes that the analyzer reads (<c>ForkLint.Measured*.txt</c>): a line <c>ID; BYTES</c> for each member,
/// and before it a comment with the date, the process and the number of instances.
/// </summary>
public static class MeasuredFile
{
    private const string Heading = "# What members were seen to keep alive in a running process, in bytes. Written by dotnet-forklint measure --write-measured.";

    /// <summary>The file's new text.</summary>
    /// <param name="existing">Its text so far; empty for a new file. Members that were not seen this time stay.</param>
    /// <param name="members">What was measured.</param>
    /// <param name="process">The name of the process.</param>
    /// <param name="date">The day of the measurement.</param>
    /// <param name="keepLargest">Keep the larger of the sizes before and now; otherwise the latest replaces.</param>
    public static string Merge(string existing, IEnumerable<MemberSize> members, string process, DateOnly date, bool keepLargest)
    {
        SortedDictionary<string, (long Bytes, string? About)> known = new(StringComparer.Ordinal);
        List<string> comments = [];
        string? pending = null;
        foreach (string line in existing.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0))
        {
            if (TryParse(line, out string id, out long bytes))
            {
                known[id] = (bytes, pending);
                pending = null;
                continue;
            }

            Keep(comments, pending);
            pending = line;
        }

        Keep(comments, pending);
        string name = process.Replace('\n', ' ').Replace('\r', ' ');
        foreach (MemberSize member in members.Where(member => !IsGenerated(member.Id)))
        {
            if (!keepLargest || !known.TryGetValue(member.Id, out (long Bytes, string?) before) || before.Bytes < member.Bytes)
            {
                known[member.Id] = (member.Bytes, string.Create(
                    CultureInfo.InvariantCulture,
                    $"# {date:yyyy-MM-dd}, {name}, {member.Instances} {(member.Instances == 1 ? "instance" : "instances")}"));
            }
        }

        StringBuilder text = new();
        foreach (string line in comments.Prepend(Heading))
        {
            text.Append(line).Append('\n');
        }

        foreach ((string id, (long bytes, string? about)) in known)
        {
            if (about is not null)
            {
                text.Append(about).Append('\n');
            }

            text.Append(CultureInfo.InvariantCulture, $"{id}; {bytes}\n");
        }

        return text.ToString();
    }

    /// <summary>A comment right before a member speaks of it; any other is the user's, and stays at the top.</summary>
    private static void Keep(List<string> comments, string? line)
    {
        if (line is not null && line != Heading)
        {
            comments.Add(line);
        }
    }

    /// <summary>Closures and state machines: no source can name them.</summary>
    private static bool IsGenerated(string id) => id.AsSpan().IndexOfAny('{', '<') >= 0;

    private static bool TryParse(string line, out string id, out long bytes)
    {
        int separator = line.StartsWith('#') ? -1 : line.IndexOf(';', StringComparison.Ordinal);
        id = separator > 0 ? line[..separator].Trim() : "";
        bytes = 0;
        return separator > 0 && long.TryParse(line[(separator + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
    }
}
