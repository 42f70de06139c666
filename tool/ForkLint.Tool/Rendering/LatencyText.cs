using System.Text;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Rendering;

/// <summary>The section on time: how long a fork takes, how long not duplicating takes, and who waits meanwhile.</summary>
internal static class LatencyText
{
    /// <summary>Appends the section; nothing when no latency is known.</summary>
    public static void AppendTo(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        var fork = report.Fork;
        if (fork.LatencyMicroseconds is null && report.Vfork?.LatencyMicroseconds is null)
        {
            return;
        }

        var isEstimate = fork.IsLatencyEstimated;
        MeasurementText.AppendHeading(output, isEstimate ? "Latency, estimated from a fork of this tool" : "Latency", style);
        var table = new TextTable(2, Align.Left, Align.Right, Align.Right, Align.Right, Align.Left).Row(Emphasis.Quiet, "", "median", "fastest", "slowest");
        AppendRow(table, "fork", fork.LatencyMicroseconds, isEstimate ? "" : Units.Count(fork.Trials.Count, "trial"));
        AppendRow(table, "vfork", report.Vfork?.LatencyMicroseconds, Ratio(fork.LatencyMicroseconds, report.Vfork?.LatencyMicroseconds));
        table.AppendTo(output, style);

        output.Append("  with pages of ").Append(Units.Bytes(report.Host.PageSizeBytes))
            .Append(" and ").Append(Units.Bytes(report.Parent.AnonymousHugePageBytes)).Append(" in huge pages\n");

        if (fork.ThreadStoppedMicroseconds is { } stopped)
        {
            output.Append("  the one thread that was stopped for it did not run for ").Append(Units.Microseconds(stopped.Median))
                .Append(" (at most ").Append(Units.Microseconds(stopped.Maximum)).Append("), the fork included; others wait only where they write during the fork\n");
        }

        if (fork.LongestStallMicroseconds is { } stall)
        {
            output.Append("  longest stall of a writing thread of the application: ").Append(Units.Microseconds(stall))
                .Append(" during a fork, ").Append(Units.Microseconds(fork.ControlStallMicroseconds)).Append(" in the same window without one\n");
        }
    }

    private static void AppendRow(TextTable table, string name, Latency? latency, string note)
    {
        if (latency is not null)
        {
            table.Row(name, Units.Microseconds(latency.Median), Units.Microseconds(latency.Minimum), Units.Microseconds(latency.Maximum), note);
        }
    }

    private static string Ratio(Latency? fork, Latency? vfork) =>
        fork is not null && vfork is { Median: > 0 }
            ? FormattableString.Invariant($"shares memory instead of duplicating it; fork takes {fork.Median / vfork.Median:0.#} times as long")
            : "shares memory instead of duplicating it";
}
