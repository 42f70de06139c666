using System.Globalization;
using System.Text;
using ForkLint.Tool.Report;
using ForkLint.Tool.Text;
using ForkLint.Tool.Tracing;

namespace ForkLint.Tool.Rendering;

/// <summary>What <c>trace</c> prints for people: a row as each process ends, and a summary at the end.</summary>
internal static class TraceText
{
    private const string NotKnown = "-";
    private const int MostMembers = 5;

    /// <summary>The heading above the rows.</summary>
    public static string Heading(TracedProcess process, TextStyle style)
    {
        var title = string.Create(CultureInfo.InvariantCulture, $"Processes that {NeutralText.Terminal(process.Name)} (pid {process.Pid}) and its descendants start; Ctrl-C ends the watch\n\n");
        var headings = new RowCells { Started = "STARTED", Kind = "KIND", Waited = "WAITED", Peak = "PEAK RSS", Lived = "LIVED", Exit = "EXIT", Program = "PROGRAM" };
        return title + style.Apply(headings.ToString(), Emphasis.Heading) + "\n";
    }

    /// <summary>One process.</summary>
    public static string Row(SpawnEntry spawn, TextStyle style)
    {
        var exit = (spawn.ExitCode, spawn.Signal, spawn.LivedMilliseconds) switch
        {
            (0, _, _) => ("0", Emphasis.None),
            ({ } code, _, _) => (code.ToString(CultureInfo.InvariantCulture), Emphasis.Caution),
            (_, { } signal, _) => (string.Create(CultureInfo.InvariantCulture, $"signal {signal}"), Emphasis.Bad),
            (_, _, null) => ("lives", Emphasis.None),
            _ => (NotKnown, Emphasis.None),
        };
        var program = (spawn.Program is null ? SpawnSummary.NoProgram : Path.GetFileName(spawn.Program)) + string.Concat((spawn.Arguments ?? []).Select(static argument => " " + argument));
        var cells = new RowCells
        {
            Started = spawn.At.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
            Kind = spawn.Kind is { } kind ? SpawnKindConverter.NameOf(kind) : NotKnown,
            Waited = Known(spawn.WaitMicroseconds),
            Peak = spawn.PeakResidentBytes is { } peak ? Units.Bytes(peak) : NotKnown,
            Lived = Known(spawn.LivedMilliseconds * 1000),
            Exit = exit.Item1,
            Program = NeutralText.Terminal(Shortened(program)),
        };
        var row = cells.ToString();
        return (exit.Item2 == Emphasis.None ? row : style.Apply(row, exit.Item2)) + "\n";
    }

    /// <summary>The summary.</summary>
    public static string Summary(TraceReport report, TextStyle style)
    {
        var output = new StringBuilder("\n");
        var seconds = report.WatchedMilliseconds / 1000;
        output.Append(CultureInfo.InvariantCulture, $"{Units.Count(report.Spawns.Count, "process")} started in {seconds:0.0} s");
        output.Append(report.Complete ? ", none was missed" : report.Lost == 0 ? "; short ones may have been missed" : string.Create(CultureInfo.InvariantCulture, $"; {report.Lost} events were lost")).Append('\n');
        if (report.Spawns.Count > 0)
        {
            AppendGroups(output, style, "By program", SpawnSummary.By(report.Spawns, static spawn => spawn.Program is { } program ? Path.GetFileName(program) : SpawnSummary.NoProgram), seconds);
            AppendGroups(output, style, "By calling method", SpawnSummary.By(report.Spawns, static spawn => spawn.Caller), seconds);
            AppendDuplicates(output, report);
        }

        AppendTree(output, style, report);
        foreach (var warning in report.Warnings)
        {
            output.Append("\nNote: ").Append(NeutralText.Terminal(warning)).Append('\n');
        }

        return output.ToString();
    }

    private static void AppendGroups(StringBuilder output, TextStyle style, string title, IReadOnlyList<SpawnGroup> groups, double seconds)
    {
        if (groups.Count == 0)
        {
            return;
        }

        var table = new TextTable(2, Align.Right, Align.Right, Align.Right, Align.Right, Align.Right, Align.Right, Align.Left);
        table.Row(Emphasis.Heading, "STARTS", "A MINUTE", "AT ONCE", "WAITED", "AT MOST", "PEAK RSS", "");
        foreach (var group in groups)
        {
            table.Row(
                group.Count.ToString(CultureInfo.InvariantCulture),
                (group.Count * 60 / Math.Max(seconds, 0.001)).ToString("0.#", CultureInfo.InvariantCulture),
                group.MostAlive.ToString(CultureInfo.InvariantCulture),
                Known(group.MedianWaitMicroseconds),
                Known(group.LongestWaitMicroseconds),
                group.PeakResidentBytes is { } peak ? Units.Bytes(peak) : NotKnown,
                Shortened(group.Name));
        }

        output.Append('\n').Append(style.Apply(title, Emphasis.Heading)).Append('\n');
        table.AppendTo(output, style);
    }

    private static void AppendDuplicates(StringBuilder output, TraceReport report)
    {
        if (report.Spawns.All(static spawn => spawn.Duplicates is null))
        {
            return;
        }

        var duplicating = report.Spawns.Count(static spawn => spawn.Duplicates == true);
        output.Append('\n').Append(duplicating == 0
            ? "None of them duplicated its parent's memory: each borrowed it until its program started."
            : string.Create(CultureInfo.InvariantCulture, $"{duplicating} of them duplicated the parent's memory (fork, or clone without CLONE_VM): 'measure' shows what that costs.")).Append('\n');
    }

    private static void AppendTree(StringBuilder output, TextStyle style, TraceReport report)
    {
        if (report.Tree.PeakResidentBytes is not { } peak)
        {
            return;
        }

        output.Append('\n').Append(style.Apply("Largest moment", Emphasis.Heading)).Append(": ").Append(Units.Bytes(peak))
            .Append(" resident in ").Append(Units.Count(report.Tree.Members.Count, "process")).Append(", shared pages counted in each\n");
        var table = new TextTable(2, Align.Right, Align.Right, Align.Left);
        foreach (var member in report.Tree.Members.Take(MostMembers))
        {
            table.Row(Units.Bytes(member.ResidentBytes), member.Pid.ToString(CultureInfo.InvariantCulture), Shortened(member.Name));
        }

        table.AppendTo(output, style);
    }

    private static string Known(double? microseconds) => microseconds is null ? NotKnown : Units.Microseconds(microseconds);

    private static string Shortened(string text)
    {
        const int most = 120;
        return text.Length <= most ? text : text[..(most - 1)] + "…";
    }

    /// <summary>A row. The rows are printed one at a time, so that their widths cannot follow their contents.</summary>
    private sealed class RowCells
    {
        public required string Started { get; init; }

        public required string Kind { get; init; }

        public required string Waited { get; init; }

        public required string Peak { get; init; }

        public required string Lived { get; init; }

        public required string Exit { get; init; }

        public required string Program { get; init; }

        public override string ToString() => $"{Started,-12}  {Kind,-11}  {Waited,7}  {Peak,10}  {Lived,8}  {Exit,-10}  {Program}";
    }
}
