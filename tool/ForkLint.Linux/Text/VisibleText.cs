using System.Globalization;
using System.Text;

namespace ForkLint.Linux.Text;

/// <summary>
/// Text that came from outside (a process, a file, an assembly) made harmless to show: on one line, of bounded length, and without
/// a character that a terminal, an editor or a log acts upon instead of showing it.
/// </summary>
public static class VisibleText
{
    /// <summary>The longest text that is shown, in UTF-16 code units. A type name may be long; a megabyte is an attack or a mistake.</summary>
    public const int MaximumLength = 1024;

    private const char Ellipsis = '…';

    /// <summary>
    /// The text with each unsafe character written as its escape, such as <c>\u001b</c>, and cut where it is too long. A lone
    /// surrogate becomes U+FFFD. Doing it twice changes nothing more.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="maximumLength">The length of the result at most, in UTF-16 code units.</param>
    public static string Of(string text, int maximumLength = MaximumLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= maximumLength && IsSafe(text))
        {
            return text;
        }

        var visible = new StringBuilder(Math.Min(text.Length, maximumLength) + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsUnsafe(rune))
            {
                AppendEscape(visible, rune);
            }
            else
            {
                visible.Append(rune.ToString());
            }

            // What is cut is cut at the end of a whole character or escape.
            if (visible.Length > maximumLength)
            {
                return Cut(visible, maximumLength);
            }
        }

        return visible.ToString();
    }

    /// <summary>
    /// Whether a character is acted upon instead of shown: the controls C0 and C1 with every line break among them, the format
    /// characters (bidirectional overrides, zero widths, tags), and the separators of lines and paragraphs.
    /// </summary>
    public static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>The escape of a character: <c>\u001b</c>, or <c>\U000e0001</c> beyond the basic plane.</summary>
    public static void AppendEscape(StringBuilder output, Rune rune)
    {
        ArgumentNullException.ThrowIfNull(output);
        _ = rune.IsBmp
            ? output.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}")
            : output.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
    }

    // Nearly every text is safe: one pass, and no copy.
    private static bool IsSafe(string text)
    {
        foreach (var character in text)
        {
            if (!char.IsBetween(character, ' ', '~')
                && (char.IsSurrogate(character) || IsUnsafe(new Rune(character))))
            {
                return false;
            }
        }

        return true;
    }

    private static string Cut(StringBuilder text, int maximumLength)
    {
        var length = Math.Max(0, maximumLength - 1);
        if (length > 0 && char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }

        text.Length = length;
        return text.Append(Ellipsis).ToString();
    }
}
