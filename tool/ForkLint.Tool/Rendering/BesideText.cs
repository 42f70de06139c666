using System.Globalization;
using System.Text;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>The section on what fits beside the process.</summary>
internal static class BesideText
{
    private const int MostOthers = 5;

    /// <summary>Appends the section; nothing where it could not be worked out.</summary>
    public static void AppendTo(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        foreach (var beside in new[] { report.Beside, report.BesideAsIf }.OfType<BesideSection>())
        {
            MeasurementText.AppendHeading(output, beside.AsIf is { } asIf ? $"Beside a child, as if on {asIf}" : "Beside a child", style);
            var table = new TextTable(2, Align.Left, Align.Right, Align.Left);
            table.Row("limit", Units.Bytes(beside.LimitBytes), LimitName(beside));
            table.Row("used", Units.Bytes(beside.UsedBytes), $"{Units.Bytes(beside.ReclaimableBytes)} of it is page cache, which the kernel gives up first");
            table.Row(("room", Emphasis.None), (Units.Bytes(beside.RoomBytes), beside.RoomBytes > 0 ? Emphasis.None : Emphasis.Bad), ($"before the kernel {(beside.LimitedBy == AdmissionRule.MemoryHigh ? "makes every allocation wait" : "kills")}{(beside.SwapBytes > 0 ? $"; {Units.Bytes(beside.SwapBytes)} more can be swapped out" : "")}", Emphasis.None));
            if (beside.OthersCount > 0)
            {
                table.Row("others", Units.Bytes(beside.OthersResidentBytes), Others(beside));
            }

            if (beside.CollectorResidentBytes is { } resident)
            {
                table.Row("GC heap", Units.Bytes(resident), beside.CollectorCeilingBytes is { } ceiling ? $"it may grow to {Units.Bytes(ceiling)}" : "only the machine's memory limits it");
            }

            if (beside.HiddenLimit is { } hidden)
            {
                table.Row("hidden", "", $"there may be less room: {hidden}");
            }

            table.AppendTo(output, style);
            if (Record(beside) is { Length: > 0 } record)
            {
                output.Append("  ").Append(record).Append('\n');
            }

            foreach (var child in beside.Children)
            {
                output.Append("  ").Append(style.Apply(Describe(child), VerdictText.Word(child.Fits).Emphasis)).Append('\n');
                foreach (var remedy in Remedies(child, report.Process.Runtime))
                {
                    output.Append("    - ").Append(remedy).Append('\n');
                }
            }
        }
    }

    /// <summary>The verdict on a child in one sentence.</summary>
    public static string Describe(ChildSection child)
    {
        var subject = child switch
        {
            { Source: ChildSource.Traced } => $"Another {child.Name}, which was seen to peak at {Units.Bytes(child.SizeBytes)},",
            { Source: ChildSource.Living } => $"Another {child.Name}, whose peak is {Units.Bytes(child.SizeBytes)},",
            { Name: { } name } => $"{name} of {child.Asked ?? Units.Bytes(child.SizeBytes)}",
            { Count: > 1 } => string.Create(CultureInfo.InvariantCulture, $"{child.Asked ?? $"{child.Count} x {Units.Bytes(child.SizeBytes)}"}: they"),
            _ => $"A child of {child.Asked ?? Units.Bytes(child.SizeBytes)}",
        };
        var plural = child is { Count: > 1, Source: ChildSource.Asked };
        var word = child.Fits switch
        {
            Answer.Yes => $"{(plural ? "fit" : "fits")}, {Units.Bytes(child.MarginBytes)} to spare",
            Answer.Uncertain when child is { MarginBytes: null, ShortfallBytes: null } => "may or may not fit: limits over the application cannot be seen from here",
            Answer.No => $"{(plural ? "do" : "does")} not fit: {Units.Bytes(child.ShortfallBytes)} short",
            _ => $"may or may not fit: {(child.ShortfallBytes is { } missing ? $"{Units.Bytes(missing)} short" : $"{Units.Bytes(child.MarginBytes)} to spare")}, and {Units.Bytes(child.UncertainBytes)} either way is uncertain",
        };
        return $"{subject} {word}{Consequence(child)}{AtCeiling(child)}.";
    }

    private static string Consequence(ChildSection child) => child switch
    {
        { Consequence: ShortageConsequence.Wait } => "; the kernel kills nothing there and makes every allocation wait",
        { Consequence: ShortageConsequence.Kill, KilledFirst: { } first } =>
            $"; the kernel would kill {Who(first)}{(child.KilledOtherwise is { } other ? $" or {Who(other)}, whichever is larger then" : "")}{(child.KillsWholeCgroup ? ", and with it everything in the cgroup (memory.oom.group)" : "")}",
        { Consequence: ShortageConsequence.Kill } => "; the kernel kills no process there: every process that allocates memory waits",
        _ => "",
    };

    private static string Who(KilledSection killed) => killed.Pid is { } pid ? string.Create(CultureInfo.InvariantCulture, $"{killed.Name} (pid {pid})") : killed.Name;

    private static string AtCeiling(ChildSection child) => child switch
    {
        { Fits: Answer.Yes, FitsAtCeiling: Answer.No, ShortfallAtCeilingBytes: { } missing } => $"; {Units.Bytes(missing)} short once the GC heap has grown to its ceiling",
        { Fits: Answer.Yes, FitsAtCeiling: Answer.Uncertain } => "; that becomes uncertain once the GC heap has grown to its ceiling",
        _ => "",
    };

    /// <summary>What makes it fit, one sentence each.</summary>
    /// <param name="child">The child.</param>
    /// <param name="runtime">The version of the application's runtime.</param>
    public static IEnumerable<string> Remedies(ChildSection child, string? runtime)
    {
        if (child.HeapHardLimitPercent is { } percent)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"start the application with {RuntimeAdvice.Variable(runtime, "GCHeapHardLimitPercent")}={percent:X} (hexadecimal: {percent} %)");
        }

        if (child.Savings.Count > 0)
        {
            yield return $"free {string.Join(", and ", child.Savings.Select(static saving => $"{Units.Bytes(saving.ChildResidentBytes)}: {saving.What}"))}";
        }
        else if (child.SavingsSuffice == false)
        {
            yield return "raise the limit or run the child elsewhere: everything that ForkLint knows how to free is not enough";
        }
    }

    private static string LimitName(BesideSection beside) => beside.LimitedBy switch
    {
        AdmissionRule.MemoryCgroup => beside.LimitPath is { } path ? $"memory cgroup {path}" : "memory cgroup",
        AdmissionRule.MemoryHigh => $"memory.high of {beside.LimitPath}",
        _ => "the machine's memory",
    };

    private static string Others(BesideSection beside)
    {
        var named = beside.Others.Take(MostOthers).Select(static other => $"{other.Name} {Units.Bytes(other.ResidentBytes)}");
        var more = beside.OthersCount - Math.Min(MostOthers, beside.Others.Count);
        return string.Join(", ", named) + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "");
    }

    /// <summary>What the cgroup's record says of the past; empty where it keeps none.</summary>
    public static string Record(BesideSection beside)
    {
        List<string> parts = [];
        if (beside.OomKills is { } kills)
        {
            parts.Add(kills == 0 ? "the kernel has killed nothing here for lack of memory" : $"killed for lack of memory so far: {Units.Count((int)Math.Min(kills, int.MaxValue), "process")}");
        }

        if (beside.LimitHits is > 0 and var hits)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"the limit was met {(hits == 1 ? "once" : $"{hits:#,##0} times")}"));
        }

        if (beside.PeakBytes is { } peak)
        {
            parts.Add($"most used at once {Units.Bytes(peak)}");
        }

        if (beside.OomGroup == true)
        {
            parts.Add("a kill takes the whole cgroup (memory.oom.group)");
        }

        if (beside.PressurePercent is > 0 and var pressure)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"tasks waited for memory in {pressure:0.#} % of the last ten seconds"));
        }

        return string.Join("; ", parts);
    }
}
