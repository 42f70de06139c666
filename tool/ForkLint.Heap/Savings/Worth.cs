using System.Runtime.CompilerServices;
using ForkLint.Heap.Child;
using ForkLint.Heap.Graph;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Savings;

/// <summary>Sums of objects: how large, how much of it goes back to the kernel, how much of it is mapped.</summary>
internal struct Worth
{
    public long Bytes;
    public long ChargeBytes;
    public long ResidentBytes;
    public long Objects;
    public int LargestObject;
    public long LargestBytes;

    public void Add(int index, long bytes, long charge, long resident)
    {
        Bytes += bytes;
        ChargeBytes += charge;
        ResidentBytes += resident;
        Objects++;
        if (bytes > LargestBytes)
        {
            LargestBytes = bytes;
            LargestObject = index;
        }
    }
}

/// <summary>
/// What an object's bytes are worth once it is gone and an Aggressive collection has run: all of them where the collector compacts,
/// none in frozen segments, and in the pinned heap only what lies behind the last object that stays, since nothing moves there
/// (coreclr gc.cpp, sweep_uoh_objects: free tails are decommitted, holes are not).
/// </summary>
internal sealed class WorthCounter
{
    private readonly HeapGraph _graph;
    private readonly HeapPages? _pages;

    /// <summary>For every object, the entry it belongs to; entries are numbered from 1, 0 is none.</summary>
    private readonly int[] _entryOf;
    private readonly Worth[] _worths;

    public WorthCounter(HeapGraph graph, HeapPages? pages, int[] entryOf, int entries)
    {
        _graph = graph;
        _pages = pages;
        _entryOf = entryOf;
        _worths = new Worth[entries + 1];
    }

    public Worth[] Count(IReadOnlySet<int> pinned, CancellationToken cancellation)
    {
        foreach (HeapSegment segment in _graph.Segments.Segments)
        {
            cancellation.ThrowIfCancellationRequested();
            Count(segment, segment.Kind == GCSegmentKind.Pinned || segment.IsFrozen ? -1 : LastPinned(segment, pinned));
            if (segment.Kind == GCSegmentKind.Pinned)
            {
                CountTail(segment);
            }
        }

        return _worths;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Count(HeapSegment segment, int lastPinned)
    {
        int[]? before = _pages?.Before(segment);
        bool staysAll = segment.IsFrozen || segment.Kind == GCSegmentKind.Pinned;

        // Most segments are mapped as a whole, and then no page needs to be looked at.
        bool isAllMapped = before is null || before[^1] == before.Length - 1;
        uint[] offsets = segment.Offsets;
        uint[] sizeWords = _graph.SizeWords;
        int[] entryOf = _entryOf;
        Worth[] worths = _worths;
        int first = segment.FirstIndex;
        for (int i = 0; i < segment.Count; i++)
        {
            int index = first + i;
            long bytes = sizeWords[index] * 8L;
            long resident = isAllMapped ? bytes : HeapPages.ResidentBytes(before!, segment, segment.Start + ((ulong)offsets[i] * 8), bytes);
            bool stays = staysAll || index <= lastPinned;
            worths[entryOf[index]].Add(index, bytes, stays ? 0 : bytes, stays ? 0 : resident);
        }
    }

    private static int LastPinned(HeapSegment segment, IReadOnlySet<int> pinned)
    {
        int last = -1;
        foreach (int index in pinned)
        {
            if (index >= segment.FirstIndex && index < segment.FirstIndex + segment.Count)
            {
                last = Math.Max(last, index);
            }
        }

        return last;
    }

    /// <summary>From the segment's end back, as long as one entry has everything: that tail goes when the entry goes.</summary>
    private void CountTail(HeapSegment segment)
    {
        int entry = -1;
        for (int i = segment.Count - 1; i >= 0; i--)
        {
            int index = segment.FirstIndex + i;
            if (entry >= 0 && _entryOf[index] != entry)
            {
                return;
            }

            entry = _entryOf[index];
            long bytes = _graph.SizeOf(index);
            _worths[entry].ChargeBytes += bytes;
            _worths[entry].ResidentBytes += _pages is null ? bytes : _pages.ResidentBytes(segment, segment.AddressOf(index), bytes);
        }
    }
}
