using ForkLint.Heap.Graph;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Child;

/// <summary>The address ranges that are the collector's.</summary>
/// <param name="Heap">Reserve and regions, frozen segments apart.</param>
/// <param name="Bookkeeping">Card tables, mark bits and the like: they grow with the heap and are not objects.</param>
/// <param name="Frozen">Frozen segments.</param>
/// <param name="HeapCount">One, or with the server collector one for each processor it uses.</param>
internal sealed record CollectorRanges(
    IReadOnlyList<MemoryRange> Heap, IReadOnlyList<MemoryRange> Bookkeeping, IReadOnlyList<MemoryRange> Frozen, int HeapCount)
{
    public static CollectorRanges Read(ClrRuntime runtime, SegmentTable segments)
    {
        List<MemoryRange> heap = [];
        foreach (HeapSegment segment in segments.Segments.Where(segment => !segment.IsFrozen))
        {
            heap.Add(new MemoryRange(Math.Min(segment.Committed.Start, segment.Start), Math.Max(segment.Committed.End, segment.Reserved.End)));
        }

        List<MemoryRange> bookkeeping = [];
        foreach (ClrNativeHeapInfo native in runtime.EnumerateClrNativeHeaps())
        {
            if (native.Kind == NativeHeapKind.GCBookkeeping)
            {
                bookkeeping.Add(native.MemoryRange);
            }
            else if (native.Kind is NativeHeapKind.GCFreeRegion or NativeHeapKind.GCFreeGlobalHugeRegion or NativeHeapKind.GCFreeGlobalRegion
                or NativeHeapKind.GCFreeSohSegment or NativeHeapKind.GCFreeUohSegment)
            {
                heap.Add(native.MemoryRange);
            }
        }

        if (runtime.Heap.SubHeaps.FirstOrDefault() is { HasRegions: true } && heap.Count > 0)
        {
            // With regions, the reserve is one range: everything between the first and the last of them is the collector's.
            heap = [new MemoryRange(heap.Min(range => range.Start), heap.Max(range => range.End))];
        }

        return new CollectorRanges(
            heap,
            bookkeeping,
            [.. segments.Segments.Where(segment => segment.IsFrozen).Select(segment => new MemoryRange(segment.Committed.Start, Math.Max(segment.Committed.End, segment.Reserved.End)))],
            Math.Max(runtime.Heap.SubHeaps.Length, 1));
    }
}
