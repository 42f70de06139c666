using System.Globalization;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Gating;

/// <summary>One line of the table of costs.</summary>
/// <param name="Process">The process, on the first of its lines; empty on the others.</param>
/// <param name="What">The cost.</param>
/// <param name="Before">In the baseline.</param>
/// <param name="Now">Measured.</param>
/// <param name="Change">In percent, with its sign; empty when there is nothing to compare with.</param>
internal sealed record CostRow(string Process, string What, string Before, string Now, string Change);

/// <summary>The table of costs, for the terminal and for the pull request.</summary>
internal static class CostRows
{
    private const string Nothing = "–";

    /// <summary>The three costs, which are never added up, of each process.</summary>
    public static IEnumerable<CostRow> Of(IEnumerable<CostComparison> costs)
    {
        foreach (var (before, after) in costs)
        {
            yield return Row(after.Process, "commit charge", before?.CommitChargeBytes, after.CommitChargeBytes, value => Units.Bytes((long)value));
            yield return Row("", "child's resident memory", before?.ChildResidentBytes, after.ChildResidentBytes, value => Units.Bytes((long)value));
            yield return Row("", "latency", before?.LatencyMicroseconds, after.LatencyMicroseconds, value => Units.Microseconds(value));
        }
    }

    private static CostRow Row(string process, string what, double? before, double? now, Func<double, string> format)
    {
        var change = before is > 0 && now is not null
            ? ((now.Value - before.Value) / before.Value * 100).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture) + " %"
            : "";
        return new CostRow(process, what, before is { } was ? format(was) : Nothing, now is { } value ? format(value) : Nothing, change);
    }
}
