using System.Globalization;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Report;

/// <summary>Joins what a trial measured with what its child's heap showed: savings with the latency of this very process.</summary>
internal static class SavingsBuilder
{
    private const int PageBytes = 4096;
    private const string Here = "here";
    private const string Elsewhere = "as-if";

    /// <summary>The savings of a measurement, largest first; the last one is not to duplicate at all. Null where no heap was read.</summary>
    public static IReadOnlyList<Saving>? Find(MeasureResult result)
    {
        if (result.Heap is not HeapReport heap)
        {
            return result.Verdicts.FirstOrDefault(verdict => verdict.Where == Here)?.Culprit is { } culprit ? [Shrink(culprit)] : null;
        }

        double? rate = result.Fork is { Latency.Median: var median, IsLatencyEstimated: false, Child.AnonymousBytes: > 0 and var anonymous }
            ? median / ((double)anonymous / PageBytes)
            : null;
        List<Saving> savings = [.. heap.Savings.Select(saving => saving with { LatencySavedMicroseconds = saving.ChildResidentBytes / PageBytes * rate })];
        if (result.Vfork?.Latency is { } vfork && result.Fork.Latency is { } fork)
        {
            savings.Add(new Saving
            {
                What = "not duplicating at all",
                Kind = SavingKind.DoNotDuplicate,
                CommitChargeBytes = result.Fork.ChargedBytes ?? result.Fork.PredictedChargeBytes,
                ChildResidentBytes = result.Fork.Child?.AnonymousBytes ?? 0,
                LatencySavedMicroseconds = Math.Max(0, fork.Median - vfork.Median),
                ExposureBytes = result.Fork.Child?.AnonymousBytes ?? 0,
                Action = "Start the process with Process.Start (vfork on glibc since .NET Core 3.0) or posix_spawn instead of fork: the child shares this memory until it starts its program.",
                Confidence = Confidence.Measured,
            });
        }

        return savings;
    }

    /// <summary>Where one mapping alone makes the fork fail there is no child to read, but nothing else needs to be found.</summary>
    private static Saving Shrink(Mapping culprit) => new()
    {
        What = string.Create(CultureInfo.InvariantCulture, $"the mapping of {culprit.SizeBytes:N0} bytes at 0x{culprit.Start:x} ({(culprit.Path.Length == 0 ? "anonymous memory" : culprit.Path)})"),
        Kind = SavingKind.Native,
        CommitChargeBytes = culprit.SizeBytes,
        ChildResidentBytes = culprit.AnonymousBytes,
        LatencySavedMicroseconds = null,
        ExposureBytes = culprit.AnonymousBytes,
        Action = "Unmap it before the fork, or part of it so that what is left is smaller than RAM and swap. If it must stay and the child does not need it, madvise(…, MADV_DONTFORK) on it, or on a slice in its middle, takes it out of the fork.",
        Confidence = Confidence.Exact,
        Holder = string.Create(CultureInfo.InvariantCulture, $"native:0x{culprit.Start:x}"),
    };

    /// <summary>What releasing what the collector and malloc can release was predicted to take off the charge.</summary>
    public static long? PredictRelease(IReadOnlyList<Saving>? savings) => savings?
        .Where(saving => saving.Kind is SavingKind.Garbage or SavingKind.GcFree || (saving.Kind == SavingKind.Native && saving.Holder is null))
        .Sum(saving => saving.CommitChargeBytes);

    /// <summary>The report's entry for a saving.</summary>
    public static SavingSection Section(Saving saving) => new()
    {
        What = saving.What,
        Kind = saving.Kind,
        CommitChargeBytes = saving.CommitChargeBytes,
        ChildResidentBytes = saving.ChildResidentBytes,
        LatencySavedMicroseconds = saving.LatencySavedMicroseconds,
        ExposureBytes = saving.ExposureBytes,
        Action = saving.Action,
        Confidence = saving.Confidence,
        Holder = saving.Holder,
        PossibleOwner = saving.PossibleOwner,
        JointlyHeldBy = saving.JointlyHeldBy.Count == 0 ? null : saving.JointlyHeldBy,
    };

    /// <summary>The report's heap; null where none was read.</summary>
    public static HeapSection? Heap(MeasureResult result) => result.Heap is not HeapReport heap ? null : new HeapSection
    {
        Objects = heap.Objects,
        Bytes = heap.Bytes,
        UnreadableObjects = heap.UnreadableObjects,
        ReadMilliseconds = heap.ReadMilliseconds,
        ChildLivedMilliseconds = result.HeapChildLivedMilliseconds,
        Copies = result.HeapCopies,
        Kept = [.. heap.Kept.Select(kept => new KeptSection { What = kept.What, Bytes = kept.Bytes, Why = kept.Why })],
    };

    /// <summary>What the fork would cost and whether it would succeed once these holders let go.</summary>
    /// <exception cref="ToolException">A holder is not known.</exception>
    public static WhatIfSection WhatIfFreed(MeasureResult result, IReadOnlyList<Saving> savings, IReadOnlyList<string> holders, AsIf? asIf, CancellationToken cancellation)
    {
        var heap = result.Heap as HeapReport
            ?? throw new ToolException(ExitCode.Failed, "the heap was not read, so nothing can be calculated without a holder", "free what the report names first");
        List<Saving> freed = [.. savings.Where(saving => saving.Kind is not SavingKind.Managed && (IsNamed(saving.Holder) || IsNamed(saving.PossibleOwner)))];
        List<string> managed = [.. holders.Except(freed.SelectMany(saving => new[] { saving.Holder!, saving.PossibleOwner ?? saving.Holder! }))];
        foreach (var holder in managed.Where(holder => !heap.IsHolder(holder)))
        {
            throw new ToolException(
                ExitCode.Usage, $"nothing that holds memory is called '{holder}'", "take the name from the 'holder' of a saving in the report, or the documentation-comment id of a field");
        }

        if (managed.Count > 0)
        {
            var bytes = heap.BytesFreedWithout(managed, cancellation);
            freed.Add(new Saving
            {
                What = string.Join(", ", managed),
                Kind = SavingKind.Managed,
                CommitChargeBytes = bytes,
                ChildResidentBytes = bytes,
                LatencySavedMicroseconds = null,
                ExposureBytes = bytes,
                Action = "",
                Confidence = Confidence.Estimated,
            });
        }

        var charge = freed.Sum(saving => saving.CommitChargeBytes);
        var now = Situation(result);
        var after = now is null ? null : WhatIf.After(now, freed);
        return new WhatIfSection
        {
            Freed = holders,
            SavedBytes = charge,
            CommitChargeBytes = (result.Fork.ChargedBytes ?? result.Fork.PredictedChargeBytes) - charge,
            Verdicts = after is null ? [] : [.. Judge(result, now!, after, asIf).Select(ReportBuilder.Verdict)],
        };

        bool IsNamed(string? holder) => holder is not null && holders.Contains(holder);
    }

    /// <summary>
    /// For each place where the fork fails or may fail, the fewest savings that make it succeed; null entries are left out: nothing is known to help there.
    /// </summary>
    public static IReadOnlyList<ShortestListSection> ShortestLists(MeasureResult result, IReadOnlyList<Saving> savings, AsIf? asIf)
    {
        if (Situation(result) is not { } now)
        {
            return [];
        }

        List<ShortestListSection> lists = [];
        foreach (var failing in result.Verdicts.Where(verdict => verdict.Succeeds != Answer.Yes && (verdict.Where == Here || IsElsewhere(verdict))))
        {
            var list = WhatIf.ShortestList(now, savings, situation =>
                Judge(result, now, situation, asIf).First(verdict => IsElsewhere(failing) ? IsElsewhere(verdict) : verdict.Where == failing.Where));
            lists.Add(new ShortestListSection { Where = failing.Where, Suffices = list is not null, Savings = list is null ? [] : [.. list.Select(Section)] });
        }

        return lists;
    }

    /// <summary>The other machine's committed memory, where it was given, holds the process too: it falls with what is freed.</summary>
    private static IReadOnlyList<ForkVerdict> Judge(MeasureResult result, ForkSituation now, ForkSituation then, AsIf? asIf)
    {
        var freed = now.Host.CommittedBytes - then.Host.CommittedBytes;
        var there = asIf is { CommittedBytes: { } committed } ? asIf with { CommittedBytes = Math.Max(0, committed - freed) } : asIf;
        return ForkAdmission.JudgeAll(then.Host, then.Candidate, result.Cgroup, null, there);
    }

    private static bool IsElsewhere(ForkVerdict verdict) => verdict.Where.StartsWith(Elsewhere, StringComparison.Ordinal);

    private static ForkSituation? Situation(MeasureResult result) =>
        ForkCandidate.Read(new ProcessFiles(result.Process.Pid), result.ParentMappings) is { IsOk: true } candidate
            ? new ForkSituation(result.Host, candidate.Value)
            : null;
}
