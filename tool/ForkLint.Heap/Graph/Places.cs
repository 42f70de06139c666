using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>
/// Numbers for all addresses at which an object may start, so that a reference takes four bytes until every object is known: the words of small objects'
/// segments, and the objects themselves where segments hold few. Later the number leads to the object.
/// </summary>
/// <remarks>
/// Where the collector's reserve is divided into regions, one look into a small table finds a region's first place; one look into its ranks, the object.
/// What is elsewhere (literals, segments that share a region) goes through the segment table.
/// </remarks>
internal sealed class Places
{
    /// <summary>No place at all.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>A region is 4 MiB (coreclr gc.cpp, initial region alignment), unless the heap is limited to little.</summary>
    private const int RegionShift = 22;
    private const int SmallRegionShift = 20;

    /// <summary>A megabyte of table: a reserve of a terabyte.</summary>
    private const int MostGranules = 1 << 18;

    /// <summary>Every granule's and every segment's places begin a new block.</summary>
    private const int BlockShift = 16;
    private const int RanksInBlock = 1 << (BlockShift - 6);

    private readonly SegmentTable _segments;
    private readonly List<Block> _blocks = [];
    private readonly uint[] _granules;
    private readonly ulong _low;
    private readonly int _shift;
    private readonly uint _mask;
    private readonly int _unitShift = 3;

    /// <summary>For each block, the first of its ranks, or -1 where there is a longer way.</summary>
    private int[] _firstRanks = [];
    private Rank[] _ranks = [];

    /// <param name="segments">The segments; those with few objects must have been walked.</param>
    /// <param name="most">The most places there may be.</param>
    public Places(SegmentTable segments, ulong most = None)
    {
        _segments = segments;
        _low = segments.Segments.FirstOrDefault(segment => !segment.IsFrozen)?.Start >> RegionShift << RegionShift ?? 0;
        int[] owners = Owners(_low, RegionShift, out bool isShared);
        _shift = RegionShift;
        if (isShared)
        {
            _shift = SmallRegionShift;
            owners = Owners(_low, SmallRegionShift, out _);
        }

        _mask = (1U << (_shift - 3)) - 1;
        _granules = new uint[owners.Length];
        Array.Fill(_granules, None);
        ulong needed = segments.Segments.Aggregate((ulong)owners.Length << (_shift - 3), (sum, segment) => sum + Length(segment, 3) + (1 << BlockShift));
        if (needed <= most)
        {
            Divide(owners);
        }
        else
        {
            // No two objects start within 16 bytes: where the heap is too large for every word to have a number, every other one has.
            // A reference to the word before an object's is then taken for one to the object: only torn memory has such a reference.
            _unitShift = 4;
            if (segments.Segments.Aggregate(0UL, (sum, segment) => sum + Length(segment, 4) + (1 << BlockShift)) > most)
            {
                throw new HeapReadException("The heap is larger than this tool can hold.");
            }
        }

        foreach (HeapSegment segment in segments.Segments.Where(segment => !segment.IsDivided))
        {
            segment.FirstPlace = AddBlocks(segment, segment.Start, Length(segment, _unitShift));
        }
    }

    /// <summary>The place of an address; <see cref="None"/> where no object can start.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Of(ulong address)
    {
        ulong granule = (address - _low) >> _shift;
        if (granule < (ulong)_granules.Length && (address & 7) == 0)
        {
            uint first = _granules[granule];
            if (first != None)
            {
                return first + ((uint)(address >> 3) & _mask);
            }
        }

        return OfAnywhere(address);
    }

    /// <summary>Prepares for looking up objects, once all are known.</summary>
    /// <param name="parallel">Does some work for every segment.</param>
    public void Index(Action<Action<HeapSegment>> parallel)
    {
        Dictionary<HeapSegment, (int First, ulong From, int Count)> own = [];
        int total = 0;
        foreach (HeapSegment segment in _segments.Segments.Where(segment => !segment.IsSearched))
        {
            int shift = segment.IsDivided ? _shift : Rank.BytesShift;
            ulong from = segment.Start >> shift << shift;
            int count = (int)(((segment.End - 1 >> shift << shift) + (1UL << shift) - from) >> Rank.BytesShift);
            own[segment] = (total, from, count);
            total = checked(total + count);
        }

        _ranks = LargeArrays.MakeZeroed<Rank>(total);
        parallel(segment =>
        {
            if (own.TryGetValue(segment, out (int First, ulong From, int Count) ranks))
            {
                segment.Index(_ranks, ranks.First, ranks.From, ranks.Count);
            }
        });
        _firstRanks = [.. _blocks.Select(block => block.Segment.IsDivided && own.TryGetValue(block.Segment, out (int First, ulong From, int Count) ranks)
            ? ranks.First + (int)((block.Address - ranks.From) >> Rank.BytesShift)
            : -1)];
    }

    /// <summary>Replaces places by the indexes of the objects there, or by -1.</summary>
    /// <returns>Whether there are places at which no object starts.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe bool Resolve(Span<int> targets)
    {
        int all = 0;
        int last = targets.Length - 1;
        fixed (int* target = targets, firstRank = _firstRanks)
        fixed (Rank* ranks = _ranks)
        {
            for (int i = 0; i <= last; i++)
            {
                uint soon = (uint)target[Math.Min(i + Ahead.Distance, last)];
                Ahead.Fetch((int*)(ranks + firstRank[soon >> BlockShift] + ((soon >> 6) & (RanksInBlock - 1))));
                uint place = (uint)target[i];
                int first = firstRank[place >> BlockShift];
                int found = first >= 0 ? ranks[first + (int)((place >> 6) & (RanksInBlock - 1))].Find(place) : FindAnywhere(place);
                target[i] = found;
                all |= found;
            }
        }

        return all < 0;
    }

    private static ulong Length(HeapSegment segment, int unitShift) => segment.IsSparse ? (ulong)segment.Count : (segment.End - segment.Start) >> unitShift;

    /// <summary>Gives their places to the segments that have granules of their own.</summary>
    private void Divide(int[] owners)
    {
        IReadOnlyList<HeapSegment> segments = _segments.Segments;
        for (int i = 0; i < owners.Length; i++)
        {
            if (owners[i] >= 0 && segments[owners[i]] is { IsSparse: false } segment)
            {
                segment.IsDivided = true;
                _granules[i] = AddBlocks(segment, _low + ((ulong)i << _shift), 1UL << (_shift - 3));
            }
        }
    }

    private uint AddBlocks(HeapSegment segment, ulong address, ulong places)
    {
        uint first = (uint)_blocks.Count << BlockShift;
        for (ulong at = 0; at == 0 || at < places; at += 1 << BlockShift)
        {
            _blocks.Add(new Block(segment, address + (at << _unitShift)));
        }

        return first;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint OfAnywhere(ulong address)
    {
        if ((address & 7) != 0 || _segments.Find(address) is not { } segment)
        {
            return None;
        }

        if (segment.IsSparse)
        {
            int found = segment.Find(address);
            return found >= 0 ? segment.FirstPlace + (uint)(found - segment.FirstIndex) : None;
        }

        return segment.FirstPlace + (uint)((address - segment.Start) >> _unitShift);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindAnywhere(uint place)
    {
        Block block = _blocks[(int)(place >> BlockShift)];
        if (block.Segment.IsSparse)
        {
            return block.Segment.FirstIndex + (int)(place - block.Segment.FirstPlace);
        }

        ulong address = block.Address + ((ulong)(place & ((1U << BlockShift) - 1)) << _unitShift);
        return Math.Max(FindAt(block.Segment, address), _unitShift > 3 ? FindAt(block.Segment, address + 8) : -1);
    }

    private static int FindAt(HeapSegment segment, ulong address) => address >= segment.Start && address < segment.End ? segment.Find(address) : -1;

    /// <summary>For each granule the one segment in it, or -1 where there is none or more than one.</summary>
    private int[] Owners(ulong low, int shift, out bool isShared)
    {
        isShared = false;
        IReadOnlyList<HeapSegment> segments = _segments.Segments;
        ulong last = segments.Where(segment => !segment.IsFrozen).Select(segment => (segment.End - 1 - low) >> shift).DefaultIfEmpty().Max();
        int[] owners = new int[(int)Math.Min(last + 1, MostGranules)];
        Array.Fill(owners, -1);
        HashSet<int> sharing = [];
        for (int i = 0; i < segments.Count; i++)
        {
            ulong end = (segments[i].End - 1 - low) >> shift;
            bool isWithin = !segments[i].IsFrozen && segments[i].Start >= low && end < (ulong)owners.Length;
            for (ulong granule = (segments[i].Start - low) >> shift; granule < (ulong)owners.Length && granule <= end; granule++)
            {
                if (owners[granule] >= 0)
                {
                    sharing.Add(owners[granule]);
                }

                if (owners[granule] >= 0 || !isWithin)
                {
                    sharing.Add(i);
                }

                owners[granule] = i;
            }
        }

        isShared = sharing.Count > 0;
        for (int granule = 0; granule < owners.Length; granule++)
        {
            owners[granule] = sharing.Contains(owners[granule]) ? -1 : owners[granule];
        }

        return owners;
    }

    /// <summary>Consecutive places, and where the first one lies.</summary>
    private readonly record struct Block(HeapSegment Segment, ulong Address);
}
