using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Gating;

/// <summary>The gate's decision for a person at a terminal or in a build log.</summary>
internal static class GateText
{
    /// <summary>The whole text, ending with the decision: what a log shows last.</summary>
    public static string Render(GateResult result, TextStyle style)
    {
        var page = new TextPage(OutputKind.Terminal, style);
        foreach (var finding in result.Findings.New)
        {
            var emphasis = finding.Level >= result.FailOn ? Emphasis.Bad : Emphasis.Caution;
            page.Append($"{("new    ", emphasis)} {FindingText.Place(finding)}: {FindingText.LevelName(finding.Level)} {finding.RuleId}: {finding.Message}\n");
        }

        foreach (var finding in result.Findings.Fixed)
        {
            page.Append($"{("fixed  ", Emphasis.Good)} {finding.Path}: {finding.RuleId}: {finding.Message}\n");
        }

        foreach (var (finding, from) in result.Findings.Moved)
        {
            page.Append($"{("moved  ", Emphasis.Quiet)} {FindingText.Place(finding)}: {finding.RuleId}, from {from}\n");
        }

        if (page.Length > 0)
        {
            page.Append($"\n");
        }

        AppendCosts(page, result);
        foreach (var budget in result.Budgets)
        {
            var verdict = budget.IsExceeded ? ("exceeded", Emphasis.Bad) : ("kept", Emphasis.Good);
            page.Append($"--{budget.Name} {verdict}: {budget.Process} is charged {Units.Bytes(budget.ActualBytes)} of {Units.Bytes(budget.LimitBytes)}\n");
        }

        var decision = result.Failed ? ("failed", Emphasis.Bad) : ("passed", Emphasis.Good);
        return page.Append($"findings: {result.Counts}\ngate {decision}: {result.Reason}\n").ToString();
    }

    private static void AppendCosts(TextPage page, GateResult result)
    {
        if (result.Costs.Count == 0)
        {
            return;
        }

        var table = new TextTable(0, Align.Left, Align.Left, Align.Right, Align.Right, Align.Right);
        table.Row(Emphasis.Heading, "a fork of", "costs", "before", "now", "change");
        foreach (var row in CostRows.Of(result.Costs))
        {
            table.Row(row.Process, row.What, row.Before, row.Now, row.Change);
        }

        page.Append(table).Append($"\n");
    }
}
