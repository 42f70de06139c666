using System.Globalization;
using System.Text;

namespace ForkLint.Linux;

/// <summary>
/// ForkLint's own two notes in a core file: the mappings as <c>smaps</c> has them, and the names of the threads. No other note says what was charged, what was in memory,
/// and what was shared. Readers that do not know the owner of a note skip it (elf(5)).
/// </summary>
public static class SmapsNote
{
    /// <summary>The owner of the notes.</summary>
    public const string Owner = "ForkLint";

    /// <summary>The type of the note with the mappings: the lines of <c>smaps</c> that a report needs.</summary>
    public const int Mappings = 1;

    /// <summary>The type of the note with the threads: a line each, its id, a blank and its name.</summary>
    public const int Threads = 2;

    /// <summary>The names of the threads, by id; lines that are none are left out.</summary>
    /// <param name="text">The note.</param>
    public static IReadOnlyDictionary<int, string> Names(ReadOnlySpan<byte> text)
    {
        var names = new Dictionary<int, string>();
        foreach (var line in Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            if (blank > 0 && int.TryParse(line.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                names[id] = line[(blank + 1)..];
            }
        }

        return names;
    }
}
