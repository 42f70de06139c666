using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>Ranges of addresses with one owner each; what was added first keeps what it has.</summary>
internal sealed class OwnedRanges
{
    private readonly List<(ulong Start, ulong End, PieceOwner Owner)> _ranges = [];

    /// <summary>Adds what is not owned yet of some ranges.</summary>
    public void Add(IEnumerable<(ulong Start, ulong End)> ranges, PieceOwner owner)
    {
        foreach ((ulong start, ulong end) in ranges.ToList())
        {
            _ranges.AddRange([.. Free(start, end).Select(free => (free.Start, free.End, owner))]);
            _ranges.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        }
    }

    /// <summary>Whether any of a range is owned.</summary>
    public bool Intersects(ulong start, ulong end) => Within(start, end).Any();

    /// <summary>The parts of a mapping without an owner; their resident bytes are those of the whole mapping, and must not be used.</summary>
    public IEnumerable<Mapping> Rest(Mapping mapping) =>
        Free(mapping.Start, mapping.End).Select(free => mapping with { Start = free.Start, End = free.End });

    /// <summary>A range in pieces of one owner each, or of none.</summary>
    public IEnumerable<(ulong Start, ulong End, PieceOwner? Owner)> Cut(ulong start, ulong end)
    {
        ulong at = start;
        foreach ((ulong from, ulong to, PieceOwner owner) in Within(start, end))
        {
            if (from > at)
            {
                yield return (at, from, null);
            }

            ulong first = Math.Max(from, start);
            at = Math.Min(to, end);
            yield return (first, at, owner);
        }

        if (at < end)
        {
            yield return (at, end, null);
        }
    }

    private IEnumerable<(ulong Start, ulong End)> Free(ulong start, ulong end) =>
        Cut(start, end).Where(static piece => piece.Owner is null).Select(static piece => (piece.Start, piece.End));

    private IEnumerable<(ulong Start, ulong End, PieceOwner Owner)> Within(ulong start, ulong end)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].End <= start)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        for (int i = low; i < _ranges.Count && _ranges[i].Start < end; i++)
        {
            yield return _ranges[i];
        }
    }
}
