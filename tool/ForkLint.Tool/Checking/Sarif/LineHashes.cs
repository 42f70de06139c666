using System.Globalization;
using System.Text;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>
/// GitHub's own fingerprint of a line, <c>primaryLocationLineHash</c>: the hash of the 100 characters that begin with the line, white
/// space left out, and how often that hash came before. It is what the service computes for a log that has none (github/codeql-action,
/// src/fingerprints.ts), so an alert keeps its identity, whichever of the two computed it.
/// </summary>
internal static class LineHashes
{
    /// <summary>The name in <c>partialFingerprints</c>.</summary>
    public const string Name = "primaryLocationLineHash";

    private const int BlockLength = 100;
    private const ulong Factor = 37;
    private const char EndOfFile = '\uffff';

    /// <summary>The hash of each line, in their order. A text that ends with a line break has a last line of nothing.</summary>
    /// <param name="text">The file's text, a byte order mark included.</param>
    public static IReadOnlyList<string> Of(string text)
    {
        var characters = new StringBuilder(text.Length + 1);
        var starts = new List<int>();
        var isLineStart = true;
        var wasCarriageReturn = false;

        void Add(char character)
        {
            if (isLineStart)
            {
                starts.Add(characters.Length);
            }

            isLineStart = character == '\n';
            characters.Append(character);
        }

        foreach (var character in text)
        {
            // A line feed after a carriage return ends the same line; anything between the two makes it two ends.
            var isSecondHalf = wasCarriageReturn && character == '\n';
            wasCarriageReturn = character == '\r';
            if (character is not (' ' or '\t') && !isSecondHalf)
            {
                Add(wasCarriageReturn ? '\n' : character);
            }
        }

        Add(EndOfFile);
        return Count(characters.ToString(), starts);
    }

    private static List<string> Count(string characters, List<int> starts)
    {
        var seen = new Dictionary<ulong, int>();
        var hashes = new List<string>(starts.Count);
        foreach (var start in starts)
        {
            var hash = 0UL;
            for (var index = start; index < start + BlockLength; index++)
            {
                // What lies behind the end of the file counts as zero.
                hash = unchecked((hash * Factor) + (index < characters.Length ? characters[index] : 0UL));
            }

            seen[hash] = seen.GetValueOrDefault(hash) + 1;
            hashes.Add(string.Create(CultureInfo.InvariantCulture, $"{hash:x}:{seen[hash]}"));
        }

        return hashes;
    }
}
