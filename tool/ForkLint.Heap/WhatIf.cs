using ForkLint.Linux;

namespace ForkLint.Heap;

/// <summary>
/// What a fork would cost and whether it would succeed without some of what is held. What is freed is no longer charged to the process
/// either, so the machine's committed memory falls with it, and what its memory cgroups use.
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
        foreach (Saving saving in freed.Where(static saving => saving.Kind != SavingKind.DoNotDuplicate))
        {
            charge += saving.CommitChargeBytes;
            resident += saving.ChildResidentBytes;
            Shrink(mappings, saving);
        }

        return now.Freed(mappings, charge, resident);
    }

    /// <summary>
    /// The fewest savings that make a fork succeed: they do not overlap, so the largest first are the fewest.
    /// </summary>
    /// <param name="now">The situation as measured, in which the fork fails.</param>
    /// <param name="savings">What can be freed.</param>
    /// <param name="judge">Whether the fork succeeds in a situation.</param>
    /// <returns>The list, empty if the fork succeeds as it is; null if all savings together do not suffice.</returns>
    public static IReadOnlyList<Saving>? ShortestList(ForkSituation now, IEnumerable<Saving> savings, Func<ForkSituation, ForkVerdict> judge) =>
        ShortestList(now, savings, situation => judge(situation).Succeeds == Answer.Yes);

    /// <summary>The fewest savings after which something holds.</summary>
    /// <param name="now">The situation as measured, in which it does not.</param>
    /// <param name="savings">What can be freed.</param>
    /// <param name="holds">Whether it holds in a situation.</param>
    /// <returns>The list, empty if it holds as it is; null if all savings together do not suffice.</returns>
    public static IReadOnlyList<Saving>? ShortestList(ForkSituation now, IEnumerable<Saving> savings, Func<ForkSituation, bool> holds)
    {
        if (holds(now))
        {
            return [];
        }

        // A commit limit asks for what is charged, a memory cgroup for what is resident: an array that was never written to helps with one only.
        Saving[] all = [.. savings.Where(saving => saving.Means is not (SavingMeans.Spawn or SavingMeans.Nothing) && saving.WeightBytes > 0)];

        // What only may be freed comes in where the rest is not enough.
        return Shortest(now, [.. all.Where(static saving => saving.Confidence != Confidence.Possible)], holds) ?? Shortest(now, all, holds);
    }

    private static List<Saving>? Shortest(ForkSituation now, Saving[] all, Func<ForkSituation, bool> holds)
    {
        List<Saving>? byCharge = Fewest(now, all.OrderByDescending(saving => saving.CommitChargeBytes), holds);
        List<Saving>? byResident = Fewest(now, all.OrderByDescending(saving => saving.ChildResidentBytes), holds);
        return byResident is null || byCharge?.Count <= byResident.Count ? byCharge : byResident;
    }

    private static List<Saving>? Fewest(ForkSituation now, IEnumerable<Saving> largestFirst, Func<ForkSituation, bool> holds)
    {
        List<Saving> chosen = [];
        foreach (Saving saving in largestFirst)
        {
            chosen.Add(saving);
            if (holds(After(now, chosen)))
            {
                return Without(now, chosen, holds);
            }
        }

        return null;
    }

    /// <summary>
    /// Where one mapping alone is too large, only what shrinks that one helps: what the list holds beside it is taken out again.
    /// </summary>
    private static List<Saving> Without(ForkSituation now, List<Saving> chosen, Func<ForkSituation, bool> holds)
    {
        for (int i = chosen.Count - 1; i >= 0; i--)
        {
            List<Saving> fewer = [.. chosen.Where((_, index) => index != i)];
            if (holds(After(now, fewer)))
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
