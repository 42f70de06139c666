using System.Globalization;
using System.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>What the Markdown of <c>check</c> and <c>gate</c> has in common.</summary>
internal static class MarkdownText
{
    /// <summary>A comment holds 65,536 characters: further rows are counted, not shown.</summary>
    public const int MaximumRows = 50;

    private const int MaximumTextLength = 400;

    /// <summary>Text that Markdown and HTML leave alone, on one line.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text.Length > MaximumTextLength ? text[..MaximumTextLength] + "…" : text)
        {
            switch (character)
            {
                case '\r' or '\n':
                    escaped.Append(' ');
                    break;
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '@':
                    // Somebody of that name would be notified.
                    escaped.Append("@\u200B");
                    break;
                case '|' or '*' or '_' or '`' or '[' or ']' or '~' or '#' or '\\':
                    escaped.Append('\\').Append(character);
                    break;
                default:
                    escaped.Append(character);
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>One row of a table of findings.</summary>
    public static MarkdownRow Row(Finding finding) => new(finding.RuleId, finding.Level, Place(finding), finding.Message);

    /// <summary>Appends a table of findings under a heading, or folded away; nothing where there is none.</summary>
    public static void AppendTable(StringBuilder text, string title, IReadOnlyCollection<MarkdownRow> rows, bool isFolded = false)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var heading = string.Create(CultureInfo.InvariantCulture, $"{title} ({rows.Count})");
        text.Append(isFolded ? $"\n<details><summary>{heading}</summary>\n\n" : $"\n### {heading}\n\n");
        text.Append("| rule | | where | what |\n|---|---|---|---|\n");
        foreach (var row in rows.Take(MaximumRows))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Rule} | {FindingText.LevelName(row.Level)} | {Escape(row.Place)} | {Escape(row.Message)} |\n");
        }

        if (rows.Count > MaximumRows)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n… and {rows.Count - MaximumRows} more.\n");
        }

        if (isFolded)
        {
            text.Append("\n</details>\n");
        }
    }

    private static string Place(Finding finding) =>
        finding.Location is not { } location ? "the project" : location.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{location.Path}:{location.Line}") : location.Path;
}

/// <summary>One row of a table of findings.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Level">How serious it is.</param>
/// <param name="Place">The file, with its line where it has one.</param>
/// <param name="Message">What the analyzer says.</param>
internal sealed record MarkdownRow(string Rule, FindingLevel Level, string Place, string Message);
