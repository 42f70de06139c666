using System.Globalization;
using ForkLint.Heap;
using ForkLint.Heap.Savings;
using ForkLint.Linux;
using ForkLint.Tool.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Report;

/// <summary>What is held, and what a fork of it is charged.</summary>
/// <param name="Heap">The heap; null where it was not read.</param>
/// <param name="Warnings">Why it was not, among others.</param>
/// <param name="Situation">What decides whether a fork succeeds.</param>
/// <param name="ChargeBytes">What it is charged.</param>
internal sealed record HeldMemory(HeapReport? Heap, IReadOnlyList<string> Warnings, ForkSituation Situation, long ChargeBytes)
{
    /// <summary>What can be freed of it; null where that was not looked for.</summary>
    public required IReadOnlyList<Saving>? Savings { get; init; }

    /// <summary>Whether a fork succeeds in another situation: the one after something of it was freed.</summary>
    public required Func<ForkSituation, IEnumerable<ForkVerdict>> Judge { get; init; }

    /// <summary>What to do where the heap was not read.</summary>
    public required string ReadingAdvice { get; init; }
}

/// <summary>Joins what a trial measured with what its child's heap showed: savings with the latency of this very process.</summary>
internal static class SavingsBuilder
{
    /// <summary>
    /// The savings of a measurement, in the order of what is short; the last one is not to duplicate at all. Null where none were looked for.
    /// </summary>
    /// <param name="measured">What was measured.</param>
    public static IReadOnlyList<Saving>? Find(Measured measured)
    {
        var result = measured.Result;
        if ((measured.Heap?.Savings ?? measured.Native) is not { } found)
        {
            return result.Verdicts.FirstOrDefault(static verdict => verdict.Rule == AdmissionRule.Here)?.Culprit is { } culprit ? [Shrink(culprit)] : null;
        }

        // What is promised is part of what was measured: of this charge, of these pages, of this time.
        long pages = result.Fork.Child?.AnonymousBytes ?? result.Parent.AnonymousBytes ?? 0;
        double? rate = result.Fork.LatencyMicroseconds is { } latency && pages > 0 ? latency.Median / pages : null;
        SavingsLedger ledger = new(result.Fork.ChargedBytes ?? result.Fork.PredictedChargeBytes ?? 0, pages);
        List<Saving> savings =
        [
            .. found.Select(ledger.Take).Select(saving => saving with { LatencySavedMicroseconds = saving.ChildResidentBytes * rate }),
        ];
        if (result.Vfork?.LatencyMicroseconds is { } vfork && result.Fork.LatencyMicroseconds is { } fork)
        {
            savings.Add(new Saving
            {
                What = "not duplicating at all",
                Kind = SavingKind.DoNotDuplicate,
                CommitChargeBytes = result.Fork.ChargedBytes ?? result.Fork.PredictedChargeBytes ?? 0,
                ChildResidentBytes = result.Fork.Child?.AnonymousBytes ?? 0,
                LatencySavedMicroseconds = Math.Max(0, fork.Median - vfork.Median),
                ExposureBytes = result.Fork.Child?.AnonymousBytes ?? 0,
                Action = $"Start the process with {(result.Process.IsDotNet ? "Process.Start (vfork on glibc since .NET Core 3.0) or posix_spawn" : "posix_spawn or vfork")} instead of fork: the child shares this memory until it starts its program.",
                Means = SavingMeans.Spawn,
                Confidence = Confidence.Measured,
            });
        }

        return SavingsOrder.Sort(savings, SavingsOrder.Of(result.Situation));
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
        .Where(saving => saving.Means is SavingMeans.Collect or SavingMeans.Trim)
        .Sum(saving => saving.CommitChargeBytes);

    /// <summary>The report's heap; null where none was read.</summary>
    public static HeapSection? Heap(Measured measured) => measured.Heap is not { } heap ? null : Heap(heap) with
    {
        ChildLivedMilliseconds = measured.Result.HeapChildLivedMilliseconds,
        Copies = Math.Max(1, measured.Result.HeapCopies),
    };

    /// <summary>The report's heap.</summary>
    public static HeapSection Heap(HeapReport heap) => new()
    {
        Objects = heap.Objects,
        Bytes = heap.Bytes,
        UnreadableObjects = heap.UnreadableObjects,
        ReadMilliseconds = heap.ReadMilliseconds,
        IsOfRunningProcess = heap.IsOfRunningProcess,
        Kept = [.. heap.Kept.Select(kept => new KeptSection { What = kept.What, Bytes = kept.Bytes, Why = kept.Why })],
    };

    /// <summary>What the fork would cost and whether it would succeed once these holders let go.</summary>
    /// <param name="held">What was measured.</param>
    /// <param name="savings">What was found.</param>
    /// <param name="holders">The holders.</param>
    /// <param name="cancellation">Stops the calculation.</param>
    /// <exception cref="ToolException">A holder is not known.</exception>
    public static WhatIfSection WhatIfFreed(HeldMemory held, IReadOnlyList<Saving> savings, IReadOnlyList<string> holders, CancellationToken cancellation)
    {
        var heap = held.Heap;
        List<Saving> freed = [.. savings.Where(saving => saving.Kind is not SavingKind.Managed && (IsNamed(saving.Holder) || IsNamed(saving.PossibleOwner)))];
        List<string> managed = [.. holders.Except(freed.SelectMany(saving => new[] { saving.Holder!, saving.PossibleOwner ?? saving.Holder! }))];
        foreach (var holder in managed.Where(holder => heap?.IsHolder(holder) != true))
        {
            throw heap is null
                ? new ToolException(ExitReason.MeasurementFailed, $"the heap was not read, so it is not known what '{holder}' holds: {string.Join("; ", held.Warnings)}", "name a native saving of the report, or see the reason above")
                : new ToolException(
                ExitReason.Usage, $"nothing that holds memory is called '{holder}'", "take the name from the 'holder' of a saving in the report, or the documentation-comment id of a field");
        }

        if (managed.Count > 0)
        {
            var bytes = heap!.BytesFreedWithout(managed, cancellation);
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
        return new WhatIfSection
        {
            Freed = holders,
            SavedBytes = charge,
            CommitChargeBytes = held.ChargeBytes - charge,
            Verdicts = [.. held.Judge(WhatIf.After(held.Situation, freed))],
        };

        bool IsNamed(string? holder) => holder is not null && holders.Contains(holder);
    }

    /// <summary>
    /// For each place where the fork fails or may fail, the fewest savings that make it succeed; null entries are left out: nothing is known to help there.
    /// </summary>
    public static IReadOnlyList<ShortestListSection> ShortestLists(MeasureResult result, IReadOnlyList<Saving> savings, AsIf? asIf)
    {
        var now = result.Situation;
        List<ShortestListSection> lists = [];
        foreach (var failing in result.Verdicts.Where(static verdict => verdict.Succeeds != Answer.Yes && verdict.Rule is AdmissionRule.Here or AdmissionRule.Elsewhere))
        {
            var list = WhatIf.ShortestList(now, savings, then => failing.Rule == AdmissionRule.Here
                ? ForkAdmission.JudgeHere(then)
                : ForkAdmission.JudgeAsIf(then, Moved(now, then, asIf)!));
            lists.Add(new ShortestListSection { Where = failing.Where, Suffices = list is not null, Savings = list is null ? [] : [.. list.Select(static saving => new SavingSection(saving))] });
        }

        return lists;
    }

    /// <summary>The other machine's committed memory, where it was given, holds the process too: it falls with what is freed.</summary>
    public static AsIf? Moved(ForkSituation now, ForkSituation then, AsIf? asIf) => asIf is { CommittedBytes: { } committed }
        ? asIf with { CommittedBytes = Math.Max(0, committed - (now.Host.CommittedBytes - then.Host.CommittedBytes)) }
        : asIf;
}
