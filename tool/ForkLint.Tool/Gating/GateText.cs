using System.Globalization;
using System.Text;
using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Gating;

/// <summary>The gate's decision for a person at a terminal or in a build log.</summary>
internal static class GateText
{
    /// <summary>The whole text, ending with the decision: what a log shows last.</summary>
    public static string Render(GateResult result, TextStyle style)
    {
        var text = new StringBuilder();
        foreach (var finding in result.Findings.New)
        {
            var emphasis = finding.Level >= result.FailOn ? Emphasis.Bad : Emphasis.Caution;
            text.Append(style.Apply("new    ", emphasis)).Append(CultureInfo.InvariantCulture, $" {FindingText.Describe(finding)}\n");
        }

        foreach (var finding in result.Findings.Fixed)
        {
            text.Append(style.Apply("fixed  ", Emphasis.Good)).Append(CultureInfo.InvariantCulture, $" {finding.Path}: {finding.RuleId}: {finding.Message}\n");
        }

        foreach (var (finding, from) in result.Findings.Moved)
        {
            text.Append(style.Apply("moved  ", Emphasis.Quiet)).Append(CultureInfo.InvariantCulture, $" {finding.Location}: {finding.RuleId}, from {from}\n");
        }

        if (text.Length > 0)
        {
            text.Append('\n');
        }

        AppendCosts(text, result, style);
        foreach (var budget in result.Budgets)
        {
            var verdict = budget.IsExceeded ? style.Apply("exceeded", Emphasis.Bad) : style.Apply("kept", Emphasis.Good);
            text.Append(CultureInfo.InvariantCulture, $"--{budget.Name} {verdict}: {budget.Process} is charged {Units.Bytes(budget.ActualBytes)} of {Units.Bytes(budget.LimitBytes)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"findings: {result.Counts}\n");
        var decision = result.Failed ? style.Apply("failed", Emphasis.Bad) : style.Apply("passed", Emphasis.Good);
        return text.Append(CultureInfo.InvariantCulture, $"gate {decision}: {result.Reason}\n").ToString();
    }

    private static void AppendCosts(StringBuilder text, GateResult result, TextStyle style)
    {
        if (result.Costs.Count == 0)
        {
            return;
        }

        var table = new TextTable(0, false, false, true, true, true);
        table.Row(Emphasis.Heading, "a fork of", "costs", "before", "now", "change");
        foreach (var row in CostRows.Of(result.Costs))
        {
            table.Row(row.Process, row.What, row.Before, row.Now, row.Change);
        }

        table.AppendTo(text, style);
        text.Append('\n');
    }
}
