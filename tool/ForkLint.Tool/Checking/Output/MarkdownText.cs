using System.Globalization;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Checking.Output;

/// <summary>What the Markdown of <c>check</c> and <c>gate</c> has in common.</summary>
internal static class MarkdownText
{
    /// <summary>A comment holds 65,536 characters: further rows are counted, not shown.</summary>
    public const int MaximumRows = 50;

    /// <summary>One row of a table of findings.</summary>
    public static MarkdownRow Row(Finding finding) => new(finding.RuleId, finding.Level, Place(finding), finding.Message);

    /// <summary>Appends a table of findings under a heading, or folded away; nothing where there is none.</summary>
    public static void AppendTable(TextPage page, string title, IReadOnlyCollection<MarkdownRow> rows, bool isFolded = false)
    {
        if (rows.Count == 0)
        {
            return;
        }

        if (isFolded)
        {
            page.Append($"\n<details><summary>{title} ({rows.Count})</summary>\n\n");
        }
        else
        {
            page.Append($"\n### {title} ({rows.Count})\n\n");
        }

        page.Append($"| rule | | where | what |\n|---|---|---|---|\n");
        foreach (var row in rows.Take(MaximumRows))
        {
            page.Append($"| ");
            AppendRule(page, row.Rule);
            page.Append($" | {FindingText.LevelName(row.Level)} | {row.Place} | {row.Message} |\n");
        }

        if (rows.Count > MaximumRows)
        {
            page.Append($"\n… and {rows.Count - MaximumRows} more.\n");
        }

        if (isFolded)
        {
            page.Append($"\n</details>\n");
        }
    }

    private static void AppendRule(TextPage page, string rule) =>
        _ = RuleNames.Page(rule) is { } uri ? page.AppendLink(rule, uri) : page.Append($"{rule}");

    private static string Place(Finding finding) =>
        finding.Location is not { } location ? "the project" : location.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{location.Path}:{location.Line}") : location.Path;
}

/// <summary>One row of a table of findings.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Level">How serious it is.</param>
/// <param name="Place">The file, with its line where it has one.</param>
/// <param name="Message">What the analyzer says.</param>
internal sealed record MarkdownRow(string Rule, FindingLevel Level, string Place, string Message);
