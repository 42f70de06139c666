using ForkLint.Tool.Report;

namespace ForkLint.Tool.Commands;

/// <summary>The budgets that turn a measurement into a check.</summary>
/// <param name="MaxChargeBytes">For the commit charge; null without.</param>
/// <param name="MaxResidentBytes">For the child's anonymous memory; null without.</param>
/// <param name="MaxLatency">For the median latency; null without.</param>
internal sealed record Budgets(long? MaxChargeBytes, long? MaxResidentBytes, TimeSpan? MaxLatency)
{
    /// <summary>
    /// Each budget that was given, with what was measured. What could not be measured counts as exceeded: a check that
    /// could not look must not pass.
    /// </summary>
    public IReadOnlyList<BudgetSection> Judge(MeasurementReport report)
    {
        var fork = report.Fork;
        var judged = new List<BudgetSection>();

        void Add(string name, double? limit, double? actual)
        {
            if (limit is { } budget)
            {
                judged.Add(new BudgetSection { Name = name, Limit = budget, Actual = actual, Exceeded = !(actual <= budget) });
            }
        }

        Add("max-charge", MaxChargeBytes, fork.ChargedBytes ?? fork.PredictedChargeBytes);

        // The child of an estimate does not exist; its anonymous memory would be the parent's.
        Add("max-resident", MaxResidentBytes, fork.Child?.AnonymousBytes ?? (fork.Succeeded is null ? report.Parent.AnonymousBytes : null));
        Add("max-latency", MaxLatency?.TotalMicroseconds, fork.LatencyMicroseconds?.Median);
        return judged;
    }
}
