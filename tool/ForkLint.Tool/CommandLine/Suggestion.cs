namespace ForkLint.Tool.CommandLine;

/// <summary>Finds the word that the user may have meant.</summary>
internal static class Suggestion
{
    /// <summary>The known word nearest to the typed one; null if none is near enough.</summary>
    /// <param name="typed">As it was typed, dashes included.</param>
    /// <param name="known">The words that would have been right.</param>
    public static string? Nearest(string typed, IEnumerable<string> known)
    {
        // The beginning of exactly one word, with or without its dashes.
        if (typed.Trim('-').Length >= 2 && known.Where(word => word.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal).ToArray() is [var begun])
        {
            return begun;
        }

        // A word of two characters may be meant for another one of two.
        if (typed.Trim('-').Length < 3)
        {
            return null;
        }

        // One slip in three characters: more is another word.
        var most = Math.Max(1, typed.Trim('-').Length / 3);
        return known
            .Select(word => (Word: word, Slips: Slips(typed.ToLowerInvariant(), word.ToLowerInvariant())))
            .Where(candidate => candidate.Slips <= most)
            .OrderBy(static candidate => candidate.Slips).ThenBy(static candidate => candidate.Word, StringComparer.Ordinal)
            .Select(static candidate => candidate.Word)
            .FirstOrDefault();
    }

    /// <summary>The question to put behind a mistake, and where the valid words are listed.</summary>
    /// <param name="typed">As it was typed.</param>
    /// <param name="known">The words that would have been right.</param>
    /// <param name="see">The command line that lists them.</param>
    public static string Advice(string typed, IEnumerable<string> known, string see) =>
        Nearest(typed, known) is { } meant ? $"did you mean '{meant}'? See '{see}'" : $"see '{see}'";

    /// <summary>How many characters were added, left out, changed or swapped with their neighbour (optimal string alignment).</summary>
    private static int Slips(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var row = 0; row <= one.Length; row++)
        {
            for (var column = 0; column <= other.Length; column++)
            {
                if (row == 0 || column == 0)
                {
                    rows[row, column] = row + column;
                    continue;
                }

                var changed = rows[row - 1, column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1);
                rows[row, column] = Math.Min(changed, 1 + Math.Min(rows[row - 1, column], rows[row, column - 1]));
                if (row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1])
                {
                    rows[row, column] = Math.Min(rows[row, column], rows[row - 2, column - 2] + 1);
                }
            }
        }

        return rows[one.Length, other.Length];
    }
}
