using ForkLint.Heap.Native;

namespace ForkLint.Heap.Savings;

/// <summary>Memory that the collector has committed and holds no objects in.</summary>
internal static class GcFreeSavings
{
    /// <summary>
    /// What a heap keeps committed however empty it is: a first piece of a region (GC_INITIAL_COMMIT and the allocation contexts made at once)
    /// for each of generation 0, 1, 2, the large and the pinned heap. Measured on .NET 10 after an Aggressive collection.
    /// </summary>
    private const long KeptPerHeapBytes = 5 * 0x21000;

    /// <summary>Pieces of the collector's heap: their length is its share of the charge, to the page.</summary>
    public static IEnumerable<MemoryPiece> Heap(NativeLayout layout) => layout.Of(PieceOwner.GcHeap);

    public static IEnumerable<Saving> Find(SavingsContext context)
    {
        if (context.Managed is not { } managed)
        {
            yield break;
        }

        long holes = managed.Kept.Where(kept => kept.Reason == KeptReason.PinnedHoles).Sum(kept => kept.Bytes);
        long free = Math.Max(0, SavingsContext.Charge(Heap(context.Layout)) - managed.ObjectBytes - holes - (KeptPerHeapBytes * context.HeapCount));
        yield return SavingsContext.Of(
            "memory the collector has committed that holds no objects",
            SavingKind.GcFree,
            free,
            Math.Clamp(SavingsContext.Resident(Heap(context.Layout)) - managed.ResidentObjectBytes, 0, free),
            RuntimeAdvice.Collect(context.Options.RuntimeMajor)) with
        { Means = SavingMeans.Collect };
    }
}
