using System.Globalization;
using System.Text;
using ForkLint.Linux;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Rendering;

/// <summary>
/// Every figure of the report for people: the verdict in one sentence first, what it is about, then the figures behind it, then what is uncertain about
/// them. It says nothing that the report object does not hold.
/// </summary>
internal sealed class MeasurementText : IReportFormat
{
    /// <inheritdoc/>
    public string Write(MeasurementReport report, TextStyle style, int? terminalColumns) => Render(report, style);

    /// <summary>Renders a report. The text is the same at every terminal width and ends with a line feed.</summary>
    public static string Render(MeasurementReport report, TextStyle style)
    {
        report = ReportJson.ForTerminal(report);
        var output = new StringBuilder();
        AppendSummary(output, report, style);
        AppendSubject(output, report, style);
        AppendWhoPays(output, report, style);
        BesideText.AppendTo(output, report, style);
        VerdictText.AppendTo(output, report, style);
        SavingsText.AppendTo(output, report, style);
        AppendMemory(output, report, style);
        AppendCharge(output, report, style);
        LatencyText.AppendTo(output, report, style);
        CopyOnWriteText.AppendTo(output, report, style);
        TracedText.Append(output, report.Traced, style);
        AppendWarnings(output, report, style);
        return output.ToString();
    }

    /// <summary>Starts a section: an empty line and its heading.</summary>
    public static void AppendHeading(StringBuilder output, string heading, TextStyle style) =>
        output.Append('\n').Append(style.Apply(heading, Emphasis.Heading)).Append('\n');

    private static void AppendSummary(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        var (verdict, emphasis, costs) = Summary.Describe(report);
        output.Append(style.Apply(verdict, emphasis)).Append('\n');
        if (costs is not null)
        {
            output.Append(costs).Append('\n');
        }

        foreach (var elsewhere in report.Verdicts.Where(static verdict => verdict.Rule == AdmissionRule.Elsewhere))
        {
            output.Append(style.Apply(VerdictText.DescribeElsewhere(elsewhere), VerdictText.Word(elsewhere.Succeeds).Emphasis)).Append('\n');
        }

        foreach (var budget in report.Budgets)
        {
            output.Append(style.Apply(BudgetText.Describe(budget), budget.Exceeded ? Emphasis.Bad : Emphasis.Good)).Append('\n');
        }
    }

    private static void AppendSubject(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        var process = report.Process;
        var host = report.Host;
        var runtime = !process.IsDotNet ? "not .NET" : process.Runtime is { } version ? ".NET " + version : "runtime version unknown";
        var collector = process.IsServerGC switch { true => ", server GC", false => ", workstation GC", null => "" };
        var libc = process.Libc is { } name ? ", " + name : "";
        var swap = host.SwapTotalBytes is 0 ? "no swap" : $"{Units.Bytes(host.SwapTotalBytes)} swap";
        var mode = host.OvercommitMode is { } overcommit ? "overcommit_memory=" + overcommit.ToString(CultureInfo.InvariantCulture) : "overcommit mode unknown";

        output.Append('\n');
        var table = new TextTable(0, Align.Left, Align.Left)
            .Row(("process", Emphasis.Quiet), (string.Create(CultureInfo.InvariantCulture, $"{process.Pid} {process.Name}, {runtime}{collector}{libc}"), Emphasis.None));
        if (!report.IsOfCore)
        {
            table.Row(("host", Emphasis.Quiet), ($"Linux {host.Kernel ?? Units.Unknown}, {Units.Bytes(host.TotalBytes)} of memory, {swap}, {mode}, {Units.Bytes(host.CommittedBytes)} committed of a limit of {Units.Bytes(host.CommitLimitBytes)}{(host.OvercommitMode is 2 ? "" : " (not enforced in this mode)")}{ToolsOwn(host)}", Emphasis.None));
        }

        if (host.MemoryLimitBytes is not null)
        {
            table.Row(("cgroup", Emphasis.Quiet), ($"limit {Units.Bytes(host.MemoryLimitBytes)}, used {Units.Bytes(host.MemoryUsageBytes)}, of which {Units.Bytes(host.ReclaimableBytes)} is page cache that can be reclaimed{(host.MemoryLimitedBy is { } path ? $" ({path})" : "")}", Emphasis.None));
        }

        if (report.CrashDump is { } dump)
        {
            table.Row(("crash dump", Emphasis.Quiet), CrashDumpText.Describe(dump));
        }

        if (report.MadeAt is { } at)
        {
            table.Row(("made", Emphasis.Quiet), ($"{at.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)} by forklint {report.ToolVersion ?? Units.Unknown}", Emphasis.None));
        }

        table.Row(("engine", Emphasis.Quiet), (report.EngineWhy is { Length: > 0 } why ? $"{report.Engine}: {why}" : report.Engine, Emphasis.None));
        table.AppendTo(output, style);
    }

    // Said once: every verdict and every room below is that of the machine without the observer.
    private static string ToolsOwn(HostSection host) => host.ToolChargeBytes is > 0
        ? $"; this tool's own {Units.Bytes(host.ToolChargeBytes)} of charge and {Units.Bytes(host.ToolResidentBytes)} of memory are left out"
        : "";

    private static void AppendMemory(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        var parent = report.Parent;
        var child = report.Fork.Child;
        AppendHeading(output, child is null ? "Memory of the process" : "Memory right after the fork", style);

        var table = child is null ? new TextTable(2, Align.Left, Align.Right) : new TextTable(2, Align.Left, Align.Right, Align.Right, Align.Left);
        if (child is not null)
        {
            table.Row(Emphasis.Quiet, "", "parent", "child");
        }

        void Row(string name, Func<MemoryFigures, long?> figure, string note)
        {
            if (child is null)
            {
                table.Row(name, Units.Bytes(figure(parent)));
            }
            else
            {
                table.Row((name, Emphasis.None), (Units.Bytes(figure(parent)), Emphasis.None), (Units.Bytes(figure(child)), Emphasis.None), (note, Emphasis.Quiet));
            }
        }

        Row("commit charge", memory => ReferenceEquals(memory, child) ? report.Fork.ChargedBytes : memory.CommitChargeBytes ?? report.Fork.PredictedChargeBytes, "promised by the kernel, touched or not");
        Row("virtual size", memory => memory.VirtualBytes, "address space; reserving it costs nothing");
        Row("resident (RSS)", memory => memory.ResidentBytes, "counts shared pages: the child's is not its cost");
        Row("  anonymous", memory => memory.AnonymousBytes, "what page table entries are copied for");
        Row("proportional (PSS)", memory => memory.ProportionalBytes, "shared pages divided by their sharers");
        Row("unique (USS)", memory => memory.UniqueBytes, "what the child costs beside the parent so far");
        Row("page tables", memory => memory.PageTableBytes, "copied by the fork, real memory");
        Row("huge pages", memory => memory.AnonymousHugePageBytes, "AnonHugePages, part of RSS");
        table.AppendTo(output, style);
    }

    private static void AppendCharge(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        var fork = report.Fork;
        AppendHeading(output, "Commit charge of the fork", style);
        var table = new TextTable(2, Align.Left, Align.Right, Align.Left)
            .Row("predicted", Units.Exact(fork.PredictedChargeBytes), report.IsOfCore ? "from the mappings in the dump" : "from the parent's mappings");
        if (fork.ChargedBytes is not null)
        {
            table.Row("charged", Units.Exact(fork.ChargedBytes), $"from the child's own mappings; difference {Units.Difference(fork.ChargedBytes - fork.PredictedChargeBytes)}");
        }

        if (fork.CommittedDeltaBytes is not null)
        {
            table.Row("cross-check", Units.Exact(fork.CommittedDeltaBytes), $"rise of Committed_AS, system-wide and noisy; difference {Units.Difference(fork.CommittedDeltaBytes - (fork.ChargedBytes ?? fork.PredictedChargeBytes))}");
        }

        if (fork.AgentOverheadBytes is not null)
        {
            table.Row("agent's own", Units.Exact(fork.AgentOverheadBytes), "added by measuring, included above");
        }

        table.AppendTo(output, style);
    }

    private static void AppendWhoPays(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        AppendHeading(output, "Who pays this", style);
        foreach (var line in WhoPays.Describe(report.Process))
        {
            output.Append("  ").Append(line).Append('\n');
        }
    }

    private static void AppendWarnings(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        if (report.Warnings.Count == 0)
        {
            return;
        }

        AppendHeading(output, "Mind", style);
        foreach (var warning in report.Warnings)
        {
            output.Append(style.Apply("  - " + warning, Emphasis.Caution)).Append('\n');
        }
    }
}

/// <summary>A budget and whether it was kept, as a sentence.</summary>
internal static class BudgetText
{
    /// <summary>The sentence.</summary>
    public static string Describe(BudgetSection budget)
    {
        var (subject, limit, actual) = budget.Name switch
        {
            "max-charge" => ("commit charge", ByteSize.FormatGiven((long)budget.Limit), Units.Bytes((long?)budget.Actual)),
            "max-resident" => ("anonymous memory of the child", ByteSize.FormatGiven((long)budget.Limit), Units.Bytes((long?)budget.Actual)),
            _ => ("fork latency", Units.Microseconds(budget.Limit), Units.Microseconds(budget.Actual)),
        };
        return budget switch
        {
            { Actual: null } => $"Over budget: the {subject} could not be measured, so the budget of {limit} is not known to be kept (--{budget.Name}).",
            { Exceeded: true } => $"Over budget: the {subject} is {actual}, the budget is {limit} (--{budget.Name}).",
            _ => $"Within budget: the {subject} is {actual}, the budget is {limit} (--{budget.Name}).",
        };
    }
}
