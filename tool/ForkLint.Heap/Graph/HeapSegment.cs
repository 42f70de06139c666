using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Graph;

/// <summary>A segment or region of the heap, with the objects found in it.</summary>
internal sealed class HeapSegment
{
    private Rank[]? _ranks;

    public HeapSegment(ClrSegment segment, IEnumerable<MemoryRange> allocationContexts)
    {
        Start = segment.FirstObjectAddress;
        End = segment.ObjectRange.End;
        Kind = segment.Kind;
        Committed = segment.CommittedMemory;
        Reserved = segment.ReservedMemory;
        Contexts = [.. allocationContexts.Where(context => context.Start >= Start && context.Start < End).OrderBy(context => context.Start)];
    }

    /// <summary>A segment of nothing but a range, for tests of the look-up.</summary>
    internal HeapSegment(ulong start, ulong end, GCSegmentKind kind = GCSegmentKind.Generation2)
    {
        Start = start;
        End = end;
        Kind = kind;
        Committed = Reserved = new MemoryRange(start, end);
        Contexts = [];
    }

    /// <summary>The first object's address.</summary>
    public ulong Start { get; }

    /// <summary>Behind the last object.</summary>
    public ulong End { get; }

    public GCSegmentKind Kind { get; }

    public MemoryRange Committed { get; }

    public MemoryRange Reserved { get; }

    /// <summary>Where threads are allocating: nothing between start and end is an object yet.</summary>
    public MemoryRange[] Contexts { get; }

    /// <summary>Neither compacted nor given back: mapped from an image or registered by the runtime.</summary>
    public bool IsFrozen => Kind == GCSegmentKind.Frozen;

    /// <summary>The index of the segment's first object in the graph.</summary>
    public int FirstIndex { get; set; }

    public int Count { get; set; }

    /// <summary>The objects' offsets from <see cref="Start"/>, in words of 8 bytes, ascending.</summary>
    public uint[] Offsets { get; set; } = [];

    /// <summary>Ranges that could not be understood.</summary>
    public int UnreadableCount { get; set; }

    public long UnreadableBytes { get; set; }

    /// <summary>Bytes of the collector's free objects between others.</summary>
    public long FreeBytes { get; set; }

    /// <summary>Prepares look-ups by address: a bit a word with ranks where objects are small, a binary search where they are few.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Index()
    {
        ulong words = (End - Start) / 8;
        if ((ulong)Count * 64 < words)
        {
            return;
        }

        int length = (int)((words + 63) / 64);
        Rank[] ranks = new Rank[length];
        for (int i = 0; i < Count; i++)
        {
            ranks[Offsets[i] / 64].Starts |= 1UL << (int)(Offsets[i] % 64);
        }

        int total = 0;
        for (int i = 0; i < length; i++)
        {
            ranks[i].Before = total;
            total += BitOperations.PopCount(ranks[i].Starts);
        }

        _ranks = ranks;
    }

    /// <summary>The index in the graph of the object that starts at <paramref name="address"/>, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong address)
    {
        ulong offset = address - Start;
        if ((offset & 7) != 0)
        {
            return -1;
        }

        offset /= 8;
        if (_ranks is { } ranks)
        {
            Rank rank = ranks[offset / 64];
            ulong bit = 1UL << (int)(offset % 64);
            return (rank.Starts & bit) != 0 ? FirstIndex + rank.Before + BitOperations.PopCount(rank.Starts & (bit - 1)) : -1;
        }

        int found = Array.BinarySearch(Offsets, 0, Count, (uint)offset);
        return found >= 0 ? FirstIndex + found : -1;
    }

    /// <summary>Asks early for the memory that <see cref="Find"/> will need.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Fetch(ulong address)
    {
        ulong place = (address - Start) / 512;
        if (_ranks is { } ranks && place < (ulong)ranks.Length)
        {
            // The array may move meanwhile; then the wrong line is fetched, and nothing else happens.
            Ahead.Fetch((int*)Unsafe.AsPointer(ref ranks[place]));
        }
    }

    /// <summary>The index in the graph of the last object that starts at or before <paramref name="address"/>, or -1.</summary>
    public int FindAtOrBefore(ulong address)
    {
        uint offset = (uint)((address - Start) / 8);
        int found = Array.BinarySearch(Offsets, 0, Count, offset);
        found = found >= 0 ? found : ~found - 1;
        return found >= 0 ? FirstIndex + found : -1;
    }

    /// <summary>64 words of the segment: in which of them objects start, and how many start before. Side by side, so that a look-up touches one line of cache.</summary>
    private struct Rank
    {
        public ulong Starts;
        public int Before;
    }

    public ulong AddressOf(int index) => Start + ((ulong)Offsets[index - FirstIndex] * 8);
}
