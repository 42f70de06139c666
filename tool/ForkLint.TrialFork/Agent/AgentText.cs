using System.Text;

namespace ForkLint.TrialFork;

/// <summary>Text from the target's side, before it gets into a message.</summary>
internal static class AgentText
{
    private const int LongestCharacters = 192;
    private const int LongestVersionCharacters = 64;

    /// <summary>The text with nothing but printable ASCII in it, and of bounded length: no line, escape sequence or look-alike can be smuggled in.</summary>
    public static string Clean(ReadOnlySpan<byte> utf8) => Clean(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * LongestCharacters)]));

    /// <summary>The same of a string.</summary>
    public static string Clean(string text) => Keep(text, LongestCharacters, static character => character is >= ' ' and <= '~');

    /// <summary>A version, such as "10.0.12" or "11.0.0-preview.2": anything else in it is left out.</summary>
    public static string CleanVersion(string text) => Keep(text, LongestVersionCharacters, static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '+').Replace("?", "", StringComparison.Ordinal);

    private static string Keep(string text, int longest, Func<char, bool> isKept)
    {
        var kept = new StringBuilder(Math.Min(text.Length, longest));
        foreach (char character in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            kept.Append(isKept(character) ? character : '?');
        }

        return kept.ToString();
    }
}
