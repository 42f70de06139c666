using ForkLint.Linux;

namespace ForkLint.Heap;

/// <summary>A machine and a process on it, as the admission rules see them.</summary>
/// <param name="Host">The machine.</param>
/// <param name="Candidate">The process that would fork.</param>
public sealed record ForkSituation(HostMemory Host, ForkCandidate Candidate);

/// <summary>
/// What a fork would cost and whether it would succeed without some of what is held. What is freed is no longer charged to the process
/// either, so the machine's committed memory falls with it.
/// </summary>
public static class WhatIf
{
    private const string NativePrefix = "native:0x";

    /// <summary>The situation after these savings are realised.</summary>
    /// <param name="now">The situation as measured.</param>
    /// <param name="freed">What is freed.</param>
    public static ForkSituation After(ForkSituation now, IEnumerable<Saving> freed)
    {
        List<Mapping> mappings = [.. now.Candidate.Mappings];
        long charge = 0;
        long resident = 0;
        foreach (Saving saving in freed)
        {
            charge += saving.Kind == SavingKind.DoNotDuplicate ? 0 : saving.CommitChargeBytes;
            resident += saving.ChildResidentBytes;
            Shrink(mappings, saving);
        }

        return new ForkSituation(
            now.Host with { CommittedBytes = now.Host.CommittedBytes - charge },
            now.Candidate with
            {
                Mappings = mappings,
                AnonymousBytes = Math.Max(0, now.Candidate.AnonymousBytes - resident),
                // A page table of 4 KiB maps 512 pages.
                PageTableBytes = Math.Max(0, now.Candidate.PageTableBytes - (resident / 512)),
            });
    }

    /// <summary>
    /// The fewest savings that make a fork succeed: they do not overlap, so the largest first are the fewest.
    /// </summary>
    /// <param name="now">The situation as measured, in which the fork fails.</param>
    /// <param name="savings">What can be freed.</param>
    /// <param name="judge">Whether the fork succeeds in a situation.</param>
    /// <returns>The list, empty if the fork succeeds as it is; null if all savings together do not suffice.</returns>
    public static IReadOnlyList<Saving>? ShortestList(ForkSituation now, IEnumerable<Saving> savings, Func<ForkSituation, ForkVerdict> judge)
    {
        if (judge(now).Succeeds == Answer.Yes)
        {
            return [];
        }

        // A commit limit asks for what is charged, a memory cgroup for what is resident: an array that was never written to helps with one only.
        Saving[] all = [.. savings.Where(saving => saving.Kind != SavingKind.DoNotDuplicate && saving.WeightBytes > 0)];
        List<Saving>? byCharge = Fewest(now, all.OrderByDescending(saving => saving.CommitChargeBytes), judge);
        List<Saving>? byResident = Fewest(now, all.OrderByDescending(saving => saving.ChildResidentBytes), judge);
        return byResident is null || byCharge?.Count <= byResident.Count ? byCharge : byResident;
    }

    private static List<Saving>? Fewest(ForkSituation now, IEnumerable<Saving> largestFirst, Func<ForkSituation, ForkVerdict> judge)
    {
        List<Saving> chosen = [];
        foreach (Saving saving in largestFirst)
        {
            chosen.Add(saving);
            if (judge(After(now, chosen)).Succeeds == Answer.Yes)
            {
                return Without(now, chosen, judge);
            }
        }

        return null;
    }

    /// <summary>
    /// Where one mapping alone is too large, only what shrinks that one helps: what the list holds beside it is taken out again.
    /// </summary>
    private static List<Saving> Without(ForkSituation now, List<Saving> chosen, Func<ForkSituation, ForkVerdict> judge)
    {
        for (int i = chosen.Count - 1; i >= 0; i--)
        {
            List<Saving> fewer = [.. chosen.Where((_, index) => index != i)];
            if (judge(After(now, fewer)).Succeeds == Answer.Yes)
            {
                chosen = fewer;
            }
        }

        return chosen;
    }

    private static void Shrink(List<Mapping> mappings, Saving saving)
    {
        long left = saving.CommitChargeBytes;
        if (AddressOf(saving) is { } address)
        {
            int at = mappings.FindIndex(mapping => address >= mapping.Start && address < mapping.End);
            Take(mappings, at, ref left);
        }

        // Which mapping a managed object's bytes come from changes with every collection: the largest gives most.
        while (left > 0)
        {
            int largest = -1;
            for (int i = 0; i < mappings.Count; i++)
            {
                if (mappings[i].IsCharged && mappings[i].SizeBytes > 0 && (largest < 0 || mappings[i].SizeBytes > mappings[largest].SizeBytes))
                {
                    largest = i;
                }
            }

            if (largest < 0)
            {
                return;
            }

            Take(mappings, largest, ref left);
        }
    }

    private static void Take(List<Mapping> mappings, int at, ref long left)
    {
        if (at >= 0)
        {
            long taken = Math.Min(left, mappings[at].SizeBytes);
            mappings[at] = mappings[at] with { End = mappings[at].End - (ulong)taken };
            left -= taken;
        }
    }

    private static ulong? AddressOf(Saving saving) =>
        saving.Holder?.StartsWith(NativePrefix, StringComparison.Ordinal) == true
        && ulong.TryParse(saving.Holder.AsSpan(NativePrefix.Length), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture, out ulong address)
            ? address
            : null;
}
