using ForkLint.Heap.Graph;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Child;

/// <summary>
/// Tells whether the collector ran while the heap of a running application was read: then objects may have been read twice, at two places, or not at all.
/// A collection leaves no region of generation 0 as it was: what lives in one is promoted or moved.
/// </summary>
internal sealed class CollectionWatch
{
    /// <summary>How many objects are checked again.</summary>
    private const int Samples = 4096;

    private readonly ClrRuntime _runtime;
    private readonly ChildDataReader _memory;
    private readonly Dictionary<(ulong Start, GCSegmentKind Kind), ulong> _before;

    public CollectionWatch(ClrRuntime runtime, ChildDataReader memory)
    {
        _runtime = runtime;
        _memory = memory;
        _before = Segments(runtime.Heap).ToDictionary(static segment => (segment.Start, segment.Kind), static segment => segment.ObjectRange.End);
    }

    /// <summary>Compares. Nothing that hangs on the runtime may be asked afterwards.</summary>
    /// <exception cref="HeapReadException">A collection ran; another read may do.</exception>
    public void RequireNoCollection(HeapGraph graph, TypeTable types)
    {
        bool hasMoved = HasMoved(graph, types);
        _memory.Forget();
        _runtime.FlushCachedData();
        ClrHeap heap = _runtime.Heap;
        Dictionary<(ulong, GCSegmentKind), ulong> after = Segments(heap).ToDictionary(static segment => (segment.Start, segment.Kind), static segment => segment.ObjectRange.End);
        if (hasMoved || !heap.CanWalkHeap || _before.Any(segment => after.GetValueOrDefault(segment.Key) < segment.Value))
        {
            throw new HeapReadException("The collector ran while the heap of the running application was read.", another: true);
        }
    }

    /// <summary>Whether objects lie no more where they lay: a region may have been emptied and used again as it was.</summary>
    private bool HasMoved(HeapGraph graph, TypeTable types)
    {
        _memory.Forget();
        foreach (HeapSegment segment in graph.Segments.Segments.Where(static segment => segment.Kind == GCSegmentKind.Generation0))
        {
            int step = Math.Max(1, segment.Count / Samples);
            for (int i = 0; i < segment.Count; i += step)
            {
                int index = segment.FirstIndex + i;

                // The lowest bits are the collector's, while it marks.
                if ((_memory.ReadPointer(segment.AddressOf(index)) & ~7UL) != types.Types[graph.TypeIndexes[index]].Runtime.MethodTable)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static IEnumerable<ClrSegment> Segments(ClrHeap heap) =>
        heap.Segments.Where(static segment => segment.Kind is not GCSegmentKind.Frozen && segment.ObjectRange.Length > 0).DistinctBy(static segment => (segment.Start, segment.Kind));
}
