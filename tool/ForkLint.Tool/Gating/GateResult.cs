using System.Globalization;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Gating;

/// <summary>Everything the gate decided, before it is rendered.</summary>
internal sealed record GateResult
{
    /// <summary>The findings against the baseline.</summary>
    public required GateComparison Findings { get; init; }

    /// <summary>The measurements against the baseline.</summary>
    public IReadOnlyList<CostComparison> Costs { get; init; } = [];

    /// <summary>The budgets, each applied to each measurement.</summary>
    public IReadOnlyList<BudgetCheck> Budgets { get; init; } = [];

    /// <summary>The rules that ran, for the SARIF output.</summary>
    public IReadOnlyCollection<RuleDescription> Rules { get; init; } = [];

    /// <summary>From which level on a new finding fails; null when none does.</summary>
    public FindingLevel? FailOn { get; init; } = FindingLevel.Warning;

    /// <summary>The new findings that fail.</summary>
    public IReadOnlyList<Finding> Failing => FailOn is { } level ? [.. Findings.NewAtLeast(level)] : [];

    /// <summary>Whether the gate stays shut.</summary>
    public bool Failed => Failing.Count > 0 || Budgets.Any(budget => budget.IsExceeded);

    /// <summary>Why, in a few words: <c>1 new warning, 1 budget exceeded</c>; <c>no new finding</c>.</summary>
    public string Reason
    {
        get
        {
            var parts = new List<string>();
            var failing = Failing.Count;
            if (failing > 0)
            {
                parts.Add(Count(failing, FailOn switch { FindingLevel.Note => "new finding", FindingLevel.Error => "new error", _ => "new warning" }));
            }

            var exceeded = Budgets.Count(budget => budget.IsExceeded);
            if (exceeded > 0)
            {
                parts.Add($"{Count(exceeded, "budget")} exceeded");
            }

            return parts.Count > 0 ? string.Join(", ", parts) : Findings.New.Count > 0 ? "nothing new that fails" : "nothing new";
        }
    }

    /// <summary>The counts in one line: <c>1 new, 0 fixed, 5 unchanged (1 moved), 2 suppressed</c>.</summary>
    public string Counts
    {
        get
        {
            var moved = Findings.Moved.Count > 0 ? $" ({Number(Findings.Moved.Count)} moved)" : "";
            var suppressed = Findings.Suppressed.Count > 0 ? $", {Number(Findings.Suppressed.Count)} suppressed" : "";
            return $"{Number(Findings.New.Count)} new, {Number(Findings.Fixed.Count)} fixed, {Number(Findings.Unchanged.Count)} unchanged{moved}{suppressed}";
        }
    }

    private static string Count(int count, string noun) => $"{Number(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
