using System.Globalization;
using System.Text;
using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Gating;

/// <summary>The summary of a pull request, in GitHub's Markdown.</summary>
internal static class GateMarkdown
{
    /// <summary>The whole summary.</summary>
    public static string Render(GateResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## ForkLint: {(result.Failed ? "❌ failed" : "✅ passed")} ({result.Reason})\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{result.Counts}\n");
        MarkdownText.AppendTable(text, "New", [.. result.Findings.New.Select(MarkdownText.Row)]);
        MarkdownText.AppendTable(text, "Fixed", [.. result.Findings.Fixed.Select(finding => new MarkdownRow(finding.RuleId, finding.Level, finding.Path, finding.Message))]);
        AppendCosts(text, result);
        MarkdownText.AppendTable(text, "Unchanged", [.. result.Findings.Unchanged.Select(MarkdownText.Row)], isFolded: true);
        return text.ToString();
    }

    private static void AppendCosts(StringBuilder text, GateResult result)
    {
        if (result.Costs.Count == 0)
        {
            return;
        }

        text.Append("\n### What a fork costs\n\n| process | cost | before | now | change |\n|---|---|--:|--:|--:|\n");
        foreach (var row in CostRows.Of(result.Costs))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {MarkdownText.Escape(row.Process)} | {row.What} | {row.Before} | {row.Now} | {row.Change} |\n");
        }

        if (result.Budgets.Count > 0)
        {
            text.Append('\n');
        }

        foreach (var budget in result.Budgets)
        {
            text.Append(CultureInfo.InvariantCulture, $"- `--{budget.Name}` {(budget.IsExceeded ? "**exceeded**" : "kept")}: {MarkdownText.Escape(budget.Process)} is charged {Units.Bytes(budget.ActualBytes)} of {Units.Bytes(budget.LimitBytes)}\n");
        }
    }
}
