using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>
/// Addresses to objects, for the loop that resolves every reference: where the collector's reserve is divided into regions, one look into
/// a small table finds the region, and one into its ranks the object. Everything else goes through the segment table.
/// </summary>
internal sealed class AddressIndex
{
    /// <summary>A region is 4 MiB (coreclr gc.cpp, initial region alignment), unless the heap is limited to little.</summary>
    private const int RegionShift = 22;
    private const int SmallRegionShift = 20;

    /// <summary>A megabyte of table: a reserve of a terabyte.</summary>
    private const int MostGranules = 1 << 18;

    private readonly SegmentTable _segments;
    private readonly HeapSegment[] _bySegment;
    private readonly int[] _granules;
    private readonly ulong _low;
    private readonly int _shift;

    public AddressIndex(SegmentTable segments)
    {
        _segments = segments;
        _bySegment = [.. segments.Segments];
        HeapSegment[] own = [.. _bySegment.Where(segment => !segment.IsFrozen && segment.Count > 0)];
        _low = own.Length == 0 ? 0 : own[0].Start >> RegionShift << RegionShift;
        _shift = RegionShift;
        _granules = Fill(RegionShift, out bool isShared);
        if (isShared)
        {
            _shift = SmallRegionShift;
            _granules = Fill(SmallRegionShift, out _);
        }
    }

    /// <summary>The index in the graph of the object that starts at an address, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong address)
    {
        ulong granule = (address - _low) >> _shift;
        if (granule < (ulong)_granules.Length && _granules[granule] is >= 0 and int at)
        {
            HeapSegment segment = _bySegment[at];
            if (address - segment.Start < segment.End - segment.Start)
            {
                return segment.Find(address);
            }
        }

        return FindAnywhere(address);
    }

    /// <summary>Asks early for the memory that <see cref="Find"/> will need.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch(ulong address)
    {
        ulong granule = (address - _low) >> _shift;
        if (granule < (ulong)_granules.Length && _granules[granule] is >= 0 and int at)
        {
            _bySegment[at].Fetch(address);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindAnywhere(ulong address) => _segments.Find(address)?.Find(address) ?? -1;

    /// <summary>For each granule the one segment in it, or -1 where there is none or more than one.</summary>
    private int[] Fill(int shift, out bool isShared)
    {
        isShared = false;
        ulong last = _bySegment.Where(segment => !segment.IsFrozen && segment.Count > 0).Select(segment => (segment.End - 1 - _low) >> shift).DefaultIfEmpty().Max();
        int[] granules = new int[(int)Math.Min(last + 1, MostGranules)];
        Array.Fill(granules, -1);
        for (int i = 0; i < _bySegment.Length; i++)
        {
            HeapSegment segment = _bySegment[i];
            if (segment.Count == 0 || segment.IsFrozen || segment.Start < _low)
            {
                continue;
            }

            ulong end = (segment.End - 1 - _low) >> shift;
            for (ulong granule = (segment.Start - _low) >> shift; granule <= end && granule < (ulong)granules.Length; granule++)
            {
                // What shares a granule is found by the segment table; its bounds do not match, whichever is named here.
                isShared |= granules[granule] >= 0;
                granules[granule] = i;
            }
        }

        return granules;
    }
}
