using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>How long a fork takes and who waits: the trials beside the stall that was allowed, and the times below each other.</summary>
internal static class TimeTables
{
    /// <summary>Appends the section; nothing where no time is known.</summary>
    public static void AppendTo(TextPage page, MeasurementReport report)
    {
        var fork = report.Fork;
        List<(string Name, double Microseconds, string Note, string Style)> times = [];
        if (fork.LatencyMicroseconds is { } latency)
        {
            times.Add((fork.IsLatencyEstimated ? "a fork, estimated" : "a fork", latency.Median, $"{Units.Microseconds(latency.Minimum)} to {Units.Microseconds(latency.Maximum)}", "fork"));
        }

        if (fork.LongestStallMicroseconds is { } stall)
        {
            times.Add(("a thread that writes waits, at most", stall, $"{Units.Microseconds(fork.ControlStallMicroseconds)} in the same window without a fork", "stall"));
        }

        if (fork.ThreadStoppedMicroseconds is { } stopped)
        {
            times.Add(("the thread that ptrace stopped", stopped.Median, $"at most {Units.Microseconds(stopped.Maximum)}", "stall"));
        }

        if (report.Vfork?.LatencyMicroseconds is { } vfork)
        {
            times.Add(("sharing the memory instead (vfork)", vfork.Median, $"{Units.Microseconds(vfork.Minimum)} to {Units.Microseconds(vfork.Maximum)}", "vfork"));
        }

        if (times.Count == 0)
        {
            return;
        }

        page.Append($"<section>\n<h2>Time</h2>\n<div class=\"bars\">\n");
        AppendBudget(page, fork);
        var scale = times.Max(static time => time.Microseconds);
        foreach (var (name, microseconds, note, style) in times)
        {
            var figure = Units.Microseconds(microseconds);
            page.Append($"<div class=\"row\"><span class=\"label\">{name}</span>");
            Bar.AppendTo(page, [new BarPart(style, microseconds, $"{name}: {figure}")], scale);
            page.Append($"<p><b>{figure}</b> <span class=\"quiet\">{note}</span></p></div>\n");
        }

        page.Append($"</div>\n</section>\n");
    }

    /// <summary>How long the application stood still for the measurement itself. The sum is made as the trials count it: of each its longest part.</summary>
    private static void AppendBudget(TextPage page, ForkFigures fork)
    {
        if (fork is not { StallBudgetMicroseconds: { } budget, Trials.Count: > 0 })
        {
            return;
        }

        var costs = fork.Trials.Select(static trial => Math.Max(Math.Max(trial.LatencyMicroseconds, trial.StallMicroseconds ?? 0), trial.ThreadStoppedMicroseconds ?? 0)).ToList();
        var sum = costs.Sum();
        page.Append($"<div class=\"row\"><span class=\"label\">the trials together</span>");
        Bar.AppendTo(page, costs.Select(static (cost, index) => new BarPart(index % 2 == 0 ? "stall" : "stall-too", cost, $"trial {index + 1}: {Units.Microseconds(cost)}")), Math.Max(sum, budget), budget);
        page.Append($"<p><b>{Units.Microseconds(sum)}</b> <span class=\"quiet\">in {Units.Count(costs.Count, "trial")}, of the {Units.Microseconds(budget)} that the application may stand still for them (--max-stall)</span></p></div>\n");
    }
}
