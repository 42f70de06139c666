using System.Globalization;
using System.Text;
using ForkLint.Heap;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Rendering;

/// <summary>The sections on what to free: the savings, the fork without some of them, and the shortest list that makes a failing fork succeed.</summary>
internal static class SavingsText
{
    /// <summary>More than these are in the JSON only.</summary>
    private const int MostShown = 12;

    /// <summary>Appends the sections; nothing where no savings were looked for.</summary>
    public static void AppendTo(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        if (report.Savings is { } savings)
        {
            AppendSavings(output, savings, report.Holders is not null, style);
        }

        if (report.Heap is { } heap)
        {
            output.Append(CultureInfo.InvariantCulture, $"  heap: {heap.Objects:#,##0} objects, {Units.Bytes(heap.Bytes)}, {heap.UnreadableObjects:#,##0} unreadable; read in {Units.Milliseconds(Math.Round(heap.ReadMilliseconds ?? 0))}{Source(heap)}\n");
            if (heap is { Copies: > 1, IsOfRunningProcess: true })
            {
                output.Append(CultureInfo.InvariantCulture, $"  it was read {heap.Copies} times: the collector moved objects during the earlier reads\n");
            }
            else if (heap.Copies > 1)
            {
                output.Append(CultureInfo.InvariantCulture, $"  {heap.Copies} copies were taken: the earlier ones were made while the collector moved objects\n");
            }

            foreach (var kept in heap.Kept.Where(kept => kept.Bytes >= 1 << 20))
            {
                output.Append(CultureInfo.InvariantCulture, $"  stays: {Units.Bytes(kept.Bytes)} of {kept.What}: {kept.Why}\n");
            }
        }

        AppendHolders(output, report.Holders, style);
        AppendVerified(output, report.Verified, style);
        AppendWhatIf(output, report.WhatIfFreed, style);
        foreach (var list in report.ShortestLists ?? [])
        {
            MeasurementText.AppendHeading(output, $"To make the fork succeed ({list.Where})", style);
            if (!list.Suffices)
            {
                output.Append("  Everything that ForkLint knows how to free is not enough: do not duplicate (Process.Start, posix_spawn).\n");
            }

            foreach (var saving in list.Savings)
            {
                output.Append(CultureInfo.InvariantCulture, $"  - free {Units.Bytes(saving.CommitChargeBytes)}: {saving.What}\n    {saving.Action}\n");
            }
        }
    }

    private static void AppendSavings(StringBuilder output, IReadOnlyList<SavingSection> savings, bool isJoined, TextStyle style)
    {
        MeasurementText.AppendHeading(output, "What to free first", style);
        if (savings.Count == 0)
        {
            output.Append("  Nothing of a megabyte or more was found.\n");
            return;
        }

        var number = 0;
        foreach (var saving in savings.Take(MostShown))
        {
            number++;
            var latency = saving.LatencySavedMicroseconds is { } microseconds ? $", {Units.Microseconds(microseconds)} of the fork" : "";
            output.Append(CultureInfo.InvariantCulture, $"  {number,2}. {style.Apply(saving.What, Emphasis.Heading)}\n");
            var resident = saving.ChildResidentBytes is not Saving.Unknown and var bytes
                ? $"{Units.Bytes(bytes)} of the child's resident memory{latency}; {Units.Bytes(saving.ExposureBytes)} of copy-on-write exposure"
                : "how much of it is resident is not known";
            output.Append(CultureInfo.InvariantCulture, $"      saves {Units.Bytes(saving.CommitChargeBytes)} of commit charge; {resident} ({Word(saving.Confidence)})\n");
            if ((saving.Holder ?? (saving.JointlyHeldBy is { } joint ? "jointly " + string.Join(", ", joint) : null)) is { } holder)
            {
                var warned = isJoined && saving.Holder is not null && saving.Kind == SavingKind.Managed ? "; " + Describe(saving.Finding) : "";
                output.Append(CultureInfo.InvariantCulture, $"      held by {holder}{warned}\n");
            }

            output.Append(style.Apply("      " + saving.Action, Emphasis.Quiet)).Append('\n');
        }

        if (savings.Count > MostShown)
        {
            output.Append(CultureInfo.InvariantCulture, $"  and {savings.Count - MostShown} more, in the JSON report\n");
        }
    }

    private static string Source(HeapSection heap) => heap.IsOfRunningProcess ? " from the application itself, which ran on"
        : heap.ChildLivedMilliseconds is null ? ""
        : $", the child lived {Units.Milliseconds(Math.Round(heap.ChildLivedMilliseconds.Value))}";

    private static void AppendHolders(StringBuilder output, IReadOnlyList<HolderSection>? holders, TextStyle style)
    {
        if (holders is null)
        {
            return;
        }

        MeasurementText.AppendHeading(output, "Who holds memory, and what warns about it", style);
        if (holders.Count == 0)
        {
            output.Append(CultureInfo.InvariantCulture, $"  No member of the application holds {Units.Bytes(HolderJoin.NotableBytes)}, and no finding is about one that holds less.\n");
            return;
        }

        var table = new TextTable(2, Align.Right, Align.Left, Align.Left);
        foreach (var holder in holders)
        {
            table.Row((Units.Bytes(holder.Bytes), Emphasis.None), (holder.Holder, Emphasis.None), (Describe(holder.Finding), holder.Finding is null ? Emphasis.Caution : Emphasis.None));
        }

        table.AppendTo(output, style);
    }

    private static string Describe(FindingSection? finding) => finding switch
    {
        null => "no finding is about it",
        { Path: null } => finding.Rule + Suppressed(finding),
        { Line: { } line } => string.Create(CultureInfo.InvariantCulture, $"{finding.Rule} at {finding.Path}:{line}{Suppressed(finding)}"),
        _ => $"{finding.Rule} in {finding.Path}{Suppressed(finding)}",
    };

    private static string Suppressed(FindingSection finding) => finding.Suppressed ? ", suppressed" : "";

    private static void AppendVerified(StringBuilder output, VerifyFigures? verified, TextStyle style)
    {
        if (verified is null)
        {
            return;
        }

        MeasurementText.AppendHeading(output, "Released and forked again", style);
        new TextTable(2, Align.Left, Align.Right, Align.Right)
            .Row("", "predicted", "realised")
            .Row("commit charge saved", Units.Exact(verified.PredictedBytes), Units.Exact(verified.RealisedBytes))
            .AppendTo(output, style);
        new TextTable(2, Align.Left, Align.Right, Align.Right)
            .Row("", "before", "after")
            .Row("commit charge", Units.Bytes(verified.Before.CommitChargeBytes), Units.Bytes(verified.After.CommitChargeBytes))
            .Row("resident (RSS)", Units.Bytes(verified.Before.ResidentBytes), Units.Bytes(verified.After.ResidentBytes))
            .Row("fork latency", Units.Microseconds(verified.LatencyBeforeMicroseconds), Units.Microseconds(verified.LatencyAfterMicroseconds))
            .AppendTo(output, style);
        output.Append(CultureInfo.InvariantCulture, $"  the application was stopped for {Units.Microseconds(verified.PauseMicroseconds)}\n");
    }

    private static void AppendWhatIf(StringBuilder output, WhatIfSection? whatIf, TextStyle style)
    {
        if (whatIf is null)
        {
            return;
        }

        MeasurementText.AppendHeading(output, "Without " + string.Join(" and ", whatIf.Freed), style);
        output.Append(CultureInfo.InvariantCulture, $"  the fork would be charged {Units.Bytes(whatIf.CommitChargeBytes)}: {Units.Bytes(whatIf.SavedBytes)} less\n");
        foreach (var verdict in whatIf.Verdicts)
        {
            output.Append(CultureInfo.InvariantCulture, $"  {verdict.Where}: {VerdictText.Word(verdict.Succeeds).Text} ({verdict.Reason})\n");
        }
    }

    private static string Word(Confidence confidence) => confidence switch
    {
        Confidence.Measured => "measured",
        Confidence.Exact => "counted",
        Confidence.Estimated => "estimated",
        _ => "possible: look before acting",
    };
}
