using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Gating;

/// <summary>The summary of a pull request, in GitHub's Markdown.</summary>
internal static class GateMarkdown
{
    /// <summary>The whole summary.</summary>
    public static string Render(GateResult result)
    {
        var page = new TextPage(OutputKind.Markdown, TextStyle.Plain);
        page.Append($"## ForkLint: {(result.Failed ? "❌ failed" : "✅ passed")} ({result.Reason})\n\n{result.Counts}\n");
        MarkdownText.AppendTable(page, "New", [.. result.Findings.New.Select(MarkdownText.Row)]);
        MarkdownText.AppendTable(page, "Fixed", [.. result.Findings.Fixed.Select(finding => new MarkdownRow(finding.RuleId, finding.Level, finding.Path, finding.Message))]);
        AppendCosts(page, result);
        MarkdownText.AppendTable(page, "Unchanged", [.. result.Findings.Unchanged.Select(MarkdownText.Row)], isFolded: true);
        return page.ToString();
    }

    private static void AppendCosts(TextPage page, GateResult result)
    {
        if (result.Costs.Count == 0)
        {
            return;
        }

        page.Append($"\n### What a fork costs\n\n| process | cost | before | now | change |\n|---|---|--:|--:|--:|\n");
        foreach (var row in CostRows.Of(result.Costs))
        {
            page.Append($"| {row.Process} | {row.What} | {row.Before} | {row.Now} | {row.Change} |\n");
        }

        if (result.Budgets.Count > 0)
        {
            page.Append($"\n");
        }

        foreach (var budget in result.Budgets)
        {
            var mark = budget.IsExceeded ? ("exceeded", Emphasis.Bad) : ("kept", Emphasis.None);
            page.Append($"- `--{budget.Name}` {mark}: {budget.Process} is charged {Units.Bytes(budget.ActualBytes)} of {Units.Bytes(budget.LimitBytes)}\n");
        }
    }
}
