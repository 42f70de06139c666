using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>
/// The segment an address lies in. The heap's regions are few megabytes each and scattered over a reserve of hundreds of gigabytes,
/// so a small hash table over granules of 1 MiB answers in one probe, mostly.
/// </summary>
internal sealed class SegmentTable
{
    private const int GranuleShift = 20;

    private readonly HeapSegment[] _segments;

    /// <summary>The segments' bounds beside each other: a look-up touches no segment but the one it finds.</summary>
    private readonly (ulong Start, ulong End)[] _bounds;
    private readonly ulong[] _granules;
    private readonly int[] _first;
    private readonly ulong _mask;

    public SegmentTable(IEnumerable<HeapSegment> segments)
    {
        _segments = [.. segments.OrderBy(segment => segment.Start)];
        _bounds = [.. _segments.Select(segment => (segment.Start, segment.End))];
        long granules = _segments.Sum(segment => (long)((segment.End >> GranuleShift) - (segment.Start >> GranuleShift)) + 1);
        int size = 64;
        while (size < granules * 2)
        {
            size *= 2;
        }

        _granules = new ulong[size];
        _first = new int[size];
        _mask = (ulong)size - 1;
        for (int i = 0; i < _segments.Length; i++)
        {
            for (ulong granule = _segments[i].Start >> GranuleShift; granule <= _segments[i].End >> GranuleShift; granule++)
            {
                Insert(granule, i);
            }
        }
    }

    /// <summary>All segments, by address.</summary>
    public IReadOnlyList<HeapSegment> Segments => _segments;

    /// <summary>The segment whose objects' range holds <paramref name="address"/>, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HeapSegment? Find(ulong address)
    {
        ulong granule = address >> GranuleShift;
        for (ulong at = Hash(granule); _granules[at] != 0; at = (at + 1) & _mask)
        {
            if (_granules[at] == granule)
            {
                for (int i = _first[at]; i < _bounds.Length && _bounds[i].Start <= address; i++)
                {
                    if (address < _bounds[i].End)
                    {
                        return _segments[i];
                    }
                }

                return null;
            }
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Hash(ulong granule) => ((granule * 0x9E3779B97F4A7C15UL) >> 32) & _mask;

    private void Insert(ulong granule, int segment)
    {
        ulong at = Hash(granule);
        while (_granules[at] != 0)
        {
            if (_granules[at] == granule)
            {
                // Segments come by address: the first one to claim a granule is the lowest.
                return;
            }

            at = (at + 1) & _mask;
        }

        _granules[at] = granule;
        _first[at] = segment;
    }
}
