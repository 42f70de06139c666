using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Gating;

/// <summary>What one process's fork cost in the baseline and what it costs now.</summary>
/// <param name="Before">The baseline's measurement; null when there is none.</param>
/// <param name="After">The new measurement.</param>
internal sealed record CostComparison(MeasuredCost? Before, MeasuredCost After);

/// <summary>One budget applied to one process.</summary>
/// <param name="Name">The option, without its dashes.</param>
/// <param name="Process">The process's name.</param>
/// <param name="ActualBytes">What was measured.</param>
/// <param name="LimitBytes">The most that is allowed.</param>
internal sealed record BudgetCheck(string Name, string Process, long ActualBytes, long LimitBytes)
{
    /// <summary>Whether it costs more than it may.</summary>
    public bool IsExceeded => ActualBytes > LimitBytes;
}

/// <summary>The budgets for what a fork may cost.</summary>
/// <param name="MaxChargeBytes">The most commit charge; null without.</param>
/// <param name="MaxGrowth">The most growth of the commit charge against the baseline; null without.</param>
internal sealed record CostBudgets(long? MaxChargeBytes, Growth? MaxGrowth)
{
    /// <summary>Sets each measurement beside the baseline's of the same process.</summary>
    /// <exception cref="UnreadableInputException">Two measurements name the same process.</exception>
    public static IReadOnlyList<CostComparison> Compare(IReadOnlyList<MeasuredCost> accepted, IReadOnlyList<MeasuredCost> measured)
    {
        var twice = measured.GroupBy(cost => cost.Process, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new UnreadableInputException($"two of the measurements are of '{twice.Key}'", "give one report for each process");
        }

        return [.. measured.Select(cost => new CostComparison(accepted.FirstOrDefault(before => before.Process == cost.Process), cost))];
    }

    /// <summary>Applies the budgets that were given.</summary>
    /// <exception cref="UnreadableInputException">
    /// A growth is limited, but the baseline holds nothing to compare with: a gate that could not look must not pass.
    /// </exception>
    public IReadOnlyList<BudgetCheck> Judge(IReadOnlyList<CostComparison> costs)
    {
        var checks = new List<BudgetCheck>();
        foreach (var (before, after) in costs)
        {
            if (MaxChargeBytes is { } limit)
            {
                checks.Add(new BudgetCheck("max-charge", after.Process, after.CommitChargeBytes, limit));
            }

            if (MaxGrowth is { } growth)
            {
                if (before is null)
                {
                    throw new UnreadableInputException(
                        $"--max-growth has nothing to compare with: the baseline holds no measurement of '{after.Process}'",
                        "accept one with --update-baseline");
                }

                checks.Add(new BudgetCheck("max-growth", after.Process, after.CommitChargeBytes, growth.Limit(before.CommitChargeBytes)));
            }
        }

        return checks;
    }
}
