using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Graph;

/// <summary>A segment or region of the heap, with the objects found in it.</summary>
internal sealed class HeapSegment
{
    private Rank[]? _ranks;
    private int _firstRank;
    private ulong _rankedFrom;

    public HeapSegment(ClrSegment segment, IEnumerable<MemoryRange> allocationContexts)
        : this(segment.FirstObjectAddress, segment.ObjectRange.End, segment.Kind)
    {
        Committed = segment.CommittedMemory;
        Reserved = segment.ReservedMemory;
        Contexts = [.. allocationContexts.Where(context => context.Start >= Start && context.Start < End).OrderBy(context => context.Start)];
    }

    /// <summary>A segment that is committed from its start to its end and in which no thread is allocating.</summary>
    public HeapSegment(ulong start, ulong end, GCSegmentKind kind)
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

    /// <summary>Of few, large objects: only their headers are read, unless they hold references.</summary>
    public bool IsSparse => Kind is GCSegmentKind.Large or GCSegmentKind.Pinned;

    /// <summary>Its places are numbered by granules of the heap; else there is a first one.</summary>
    public bool IsDivided { get; set; }

    /// <summary>The first of the segment's <see cref="Places"/>, unless it is divided.</summary>
    public uint FirstPlace { get; set; }

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

    /// <summary>Whether objects are so large that ranks would take more memory than they are worth: then they are searched for.</summary>
    public bool IsSearched => IsSparse || (ulong)Count * 64 < (End - Start) / 8;

    /// <summary>Prepares look-ups by address, once the first index is known.</summary>
    /// <param name="ranks">Zero where this segment's are.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="from">The address where the first one's words begin, at or before <see cref="Start"/>.</param>
    /// <param name="count">How many there are; they reach to <see cref="End"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Index(Rank[] ranks, int first, ulong from, int count)
    {
        Span<Rank> own = ranks.AsSpan(first, count);
        uint offset = (uint)((Start - from) / 8);
        foreach (uint word in Offsets)
        {
            own[(int)((word + offset) / 64)].Starts |= 1UL << (int)(word + offset);
        }

        int total = FirstIndex;
        foreach (ref Rank rank in own)
        {
            rank.Before = total;
            total += BitOperations.PopCount(rank.Starts);
        }

        _firstRank = first;
        _rankedFrom = from;
        _ranks = ranks;
    }

    /// <summary>The index in the graph of the object that starts at <paramref name="address"/>, or -1; any address of the segment.</summary>
    public int Find(ulong address)
    {
        if ((address & 7) != 0)
        {
            return -1;
        }

        if (_ranks is { } ranks)
        {
            return ranks[_firstRank + (int)((address - _rankedFrom) >> Rank.BytesShift)].Find((uint)(address / 8));
        }

        int found = Array.BinarySearch(Offsets, 0, Count, (uint)((address - Start) / 8));
        return found >= 0 ? FirstIndex + found : -1;
    }

    /// <summary>The index in the graph of the last object that starts at or before <paramref name="address"/>, or -1.</summary>
    public int FindAtOrBefore(ulong address)
    {
        uint offset = (uint)((address - Start) / 8);
        int found = Array.BinarySearch(Offsets, 0, Count, offset);
        found = found >= 0 ? found : ~found - 1;
        return found >= 0 ? FirstIndex + found : -1;
    }

    public ulong AddressOf(int index) => Start + ((ulong)Offsets[index - FirstIndex] * 8);
}
