using System.Globalization;
using ForkLint.Heap.Native;

namespace ForkLint.Heap.Savings;

/// <summary>glibc's malloc: what its heaps have free, and what is in use of them in blocks too small to be seen one by one.</summary>
internal static class MallocSavings
{
    /// <summary>The name that <c>--what-if-freed</c> takes for the blocks in use.</summary>
    private const string Holder = "native:malloc";

    /// <summary>So many arenas are no more than threads need that allocate at the same time.</summary>
    private const int FewArenas = 2;

    /// <summary>A size of block is named where so much of what is in use has it.</summary>
    private const double NotableShare = 0.25;

    public static IEnumerable<Saving> Find(SavingsContext context)
    {
        IReadOnlyList<MallocHeap> heaps = context.Layout.Heaps;
        if (heaps.Count == 0)
        {
            yield break;
        }

        long resident = SavingsContext.Resident(context.Layout.Of(PieceOwner.MallocHeap));

        // A heap of an arena is mapped MAP_NORESERVE: charged by a kernel that counts strictly, and by no other.
        HashSet<ulong> starts = [.. context.Layout.Of(PieceOwner.MallocHeap).Where(static piece => piece.ChargeBytes > 0).Select(static piece => piece.Mapping.Start)];
        MallocHeap[] charged = [.. heaps.Where(heap => starts.Contains(heap.Start))];
        Saving free = Free(heaps, charged, resident, context.Options.SmallestSavingBytes);
        yield return free;
        yield return Used(heaps, charged, resident - free.ChildResidentBytes, context.Options.IsDotNet);
    }

    private static Saving Free(IReadOnlyList<MallocHeap> heaps, MallocHeap[] charged, long resident, long notable)
    {
        long pages = heaps.Sum(static heap => heap.FreePageBytes);
        long top = heaps.Sum(static heap => heap.TopBytes);
        long free = heaps.Sum(static heap => heap.FreeBytes);

        // Pages in use are resident for certain; of those that are free, what is left at most.
        long used = heaps.Sum(static heap => heap.UsedBytes);
        int arenas = Arenas(heaps);
        bool isSpread = arenas > FewArenas && heaps.Where(static heap => heap.Arena != 0).Sum(static heap => heap.FreeBytes + heap.TopBytes) >= notable;
        return SavingsContext.Of(
            string.Create(CultureInfo.InvariantCulture, $"malloc's heaps: {free:N0} bytes free between blocks in use, {top:N0} at their ends"),
            SavingKind.Native,
            charged.Sum(static heap => heap.TopBytes),
            Math.Clamp(resident - used, 0, pages + top),
            "Call malloc_trim(0) before the fork. It takes the ends off the commit charge; what is free between blocks leaves the resident set only, and stays charged until the blocks behind it are freed."
                + (isSpread ? string.Create(CultureInfo.InvariantCulture, $" There are {arenas} arenas, and each keeps what it has free: start the application with MALLOC_ARENA_MAX=2.") : "")) with
        { Means = SavingMeans.Trim };
    }

    private static Saving Used(IReadOnlyList<MallocHeap> heaps, MallocHeap[] charged, long resident, bool isDotNet)
    {
        long used = heaps.Sum(static heap => heap.UsedBytes);
        long blocks = heaps.Sum(static heap => heap.UsedBySize.Values.Sum());
        int arenas = Arenas(heaps);
        IEnumerable<(long Size, long Count)> sizes = heaps
            .SelectMany(static heap => heap.UsedBySize)
            .GroupBy(static pair => pair.Key, static (size, pairs) => (size, pairs.Sum(static pair => pair.Value)));
        (long size, long count) = sizes.DefaultIfEmpty().MaxBy(static pair => pair.Size * pair.Count);
        string common = size * count >= used * NotableShare && count > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {count:N0} of them of {size:N0} bytes")
            : "";
        return SavingsContext.Of(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{used:N0} bytes in use in {blocks:N0} small blocks of malloc's, in {arenas} arena{(arenas == 1 ? "" : "s")}{common}"),
            SavingKind.Native,
            charged.Sum(static heap => heap.UsedBytes),
            Math.Clamp(resident, 0, used),
            $"Free those that are not needed{(isDotNet ? " (NativeMemory.Free, Marshal.FreeHGlobal, or the library's own functions)" : "")}, then call malloc_trim(0). A heap gives back charge only from its end, so the blocks allocated last must be freed.") with
        { Confidence = Confidence.Possible, Holder = Holder };
    }

    private static int Arenas(IReadOnlyList<MallocHeap> heaps) => heaps.Select(static heap => heap.Arena).Distinct().Count();
}
