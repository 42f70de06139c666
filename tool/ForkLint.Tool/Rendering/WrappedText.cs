using System.Text;

namespace ForkLint.Tool.Rendering;

/// <summary>Lines that are broken between words where a terminal is narrower; what goes into a pipe or a file is not broken.</summary>
internal static class WrappedText
{
    /// <summary>A text in lines, each but the first behind an indent.</summary>
    /// <param name="text">One line of any length.</param>
    /// <param name="width">The width of the terminal; null for none.</param>
    /// <param name="indent">What stands before the text on its first line, and blanks before the others.</param>
    public static IReadOnlyList<string> Lines(string text, int? width, int indent)
    {
        if (width is not { } columns || indent + text.Length <= columns || columns <= indent)
        {
            return [text];
        }

        List<string> lines = [];
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && indent + line.Length + 1 + word.Length > columns)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            // A word that is longer than the line, a path for example, is left whole: it can be copied then.
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        lines.Add(line.ToString());
        return lines;
    }

    /// <summary>A text of at most so many characters, cut at its end.</summary>
    public static string Shortened(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, Math.Max(0, most - 1)), "…");
}
