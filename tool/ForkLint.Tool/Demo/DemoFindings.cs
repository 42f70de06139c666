using System.Globalization;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Demo;

/// <summary>One statement of the demo: what was expected, what was measured, and what that shows.</summary>
/// <param name="What">What is compared.</param>
/// <param name="Expected">What follows from what the target holds.</param>
/// <param name="Measured">What was measured.</param>
/// <param name="IsAsExpected">Whether they agree.</param>
/// <param name="Shows">What it means, in a sentence or two.</param>
internal sealed record DemoFinding(string What, string Expected, string Measured, bool IsAsExpected, string Shows);

/// <summary>Compares a measurement of the demo's target with what the target is known to hold.</summary>
internal static class DemoFindings
{
    /// <summary>The runtime's own memory moves a little while it runs (tiered compilation, the GC's bookkeeping).</summary>
    private const long RuntimeNoiseBytes = 24 * 1024 * 1024;

    /// <summary>What the runtime of a parked program may write between the fork and the reading of the child, on a busy machine.</summary>
    private const long FirstWritesBytes = 2 * 1024 * 1024;

    private const long OneMebibyte = 1024 * 1024;

    /// <summary>Every statement, in the order to print them.</summary>
    /// <param name="report">The measurement of the target that holds everything.</param>
    /// <param name="emptyChargeBytes">The charge of the target before it allocated.</param>
    /// <param name="emptyAnonymousBytes">Its anonymous memory before it allocated.</param>
    public static IReadOnlyList<DemoFinding> Compare(MeasurementReport report, long emptyChargeBytes, long emptyAnonymousBytes)
    {
        var fork = report.Fork;
        var findings = new List<DemoFinding>
        {
            Near(
                "commit charge of the fork",
                emptyChargeBytes + DemoHoldings.TouchedBytes + DemoHoldings.StacksBytes,
                fork.ChargedBytes,
                string.Create(CultureInfo.InvariantCulture, $"{Units.Bytes(emptyChargeBytes)} for the runtime before it held anything, plus 200 MiB of array, 100 MiB of native memory and {DemoHoldings.ThreadCount} stacks of 8 MiB. The kernel charges a stack in full, touched or not.")),
            new(
                "charge read before and after",
                Units.Exact(fork.PredictedChargeBytes),
                Units.Exact(fork.ChargedBytes),
                fork.ChargedBytes is not null && fork.PredictedChargeBytes == fork.ChargedBytes,
                "The prediction is read from the parent's mappings, the charge from the child's own. They agree to the byte."),
            Near(
                "anonymous memory of the child",
                emptyAnonymousBytes + DemoHoldings.TouchedBytes,
                fork.Child?.AnonymousBytes,
                "The array and the native memory were written, so their pages count; the idle stacks were charged and hardly touched, so they do not."),
            new(
                "memory of the child's own (USS)",
                "below " + Units.Bytes(FirstWritesBytes),
                Units.Bytes(fork.Child?.UniqueBytes),
                fork.Child?.UniqueBytes < FirstWritesBytes,
                "Right after the fork nearly every page is shared. The child's RSS counts those pages, its USS does not."),
        };
        AddCopyOnWrite(findings, report.CopyOnWrite);
        findings.Add(new DemoFinding(
            "not duplicating (vfork)",
            "faster than fork",
            $"{Units.Microseconds(report.Vfork?.LatencyMicroseconds?.Median)} against {Units.Microseconds(fork.LatencyMicroseconds?.Median)}",
            report.Vfork?.LatencyMicroseconds?.Median < fork.LatencyMicroseconds?.Median,
            "vfork copies no page tables. Process.Start does the same on glibc, whatever the size of the process."));
        return findings;
    }

    private static void AddCopyOnWrite(List<DemoFinding> findings, CopyOnWriteFigures? held)
    {
        var (first, last) = held is { Samples: [var before, var after, ..] } ? (before, after) : (null, null);
        var childRise = last?.ChildUniqueBytes - first?.ChildUniqueBytes;
        var parentRise = last?.ParentUniqueBytes - first?.ParentUniqueBytes;
        var residentChange = last?.ChildResidentBytes - first?.ChildResidentBytes;
        findings.Add(new DemoFinding(
            "the child writes 25 MiB: its USS",
            Units.Change(DemoHoldings.ChildWritesBytes),
            Units.Change(childRise),
            childRise is { } child && Math.Abs(child - DemoHoldings.ChildWritesBytes) <= OneMebibyte,
            "Each page it wrote was copied for it."));
        findings.Add(new DemoFinding(
            "  the parent's USS",
            Units.Change(DemoHoldings.ChildWritesBytes),
            Units.Change(parentRise),
            parentRise is { } parent && Math.Abs(parent - DemoHoldings.ChildWritesBytes) <= OneMebibyte,
            "The parent's copy of those pages is no longer shared, so its USS rises as well, although the parent wrote nothing."));
        findings.Add(new DemoFinding(
            "  the child's RSS",
            "within " + Units.Bytes(OneMebibyte),
            Units.Change(residentChange),
            residentChange is { } resident && Math.Abs(resident) <= OneMebibyte,
            "RSS counted those pages already while they were shared: it cannot show copy-on-write."));
    }

    private static DemoFinding Near(string what, long expected, long? measured, string shows) => new(
        what,
        "about " + Units.Bytes(expected),
        Units.Bytes(measured),
        measured is { } value && Math.Abs(value - expected) <= RuntimeNoiseBytes,
        shows);
}
