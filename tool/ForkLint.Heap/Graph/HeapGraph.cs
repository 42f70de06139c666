using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>
/// The heap as numbers: objects are indexes, ascending by address; their references lie in one array (compressed sparse rows).
/// About 18 bytes an object and 6 a reference; no object stands for an object.
/// </summary>
internal sealed class HeapGraph
{
    public HeapGraph(SegmentTable segments, uint[] sizeWords, int[] typeIndexes)
    {
        Segments = segments;
        SizeWords = sizeWords;
        TypeIndexes = typeIndexes;
        FirstReference = LargeArrays.MakeZeroed<int>(sizeWords.Length + 1);
    }

    public SegmentTable Segments { get; }

    public int Count => SizeWords.Length;

    /// <summary>The objects' sizes in words of 8 bytes.</summary>
    public uint[] SizeWords { get; }

    /// <summary>The objects' types, as places in the type table.</summary>
    public int[] TypeIndexes { get; }

    /// <summary>Where an object's references begin in <see cref="References"/>; one entry more than there are objects.</summary>
    public int[] FirstReference { get; private set; }

    /// <summary>Indexes of the objects referred to.</summary>
    public int[] References { get; private set; } = [];

    /// <summary>
    /// Where in the object each reference stands, in words of 8 bytes from its start; 0 for an array's elements and for references
    /// that are no field (a dependent handle's, a collectible type's to its loader).
    /// </summary>
    public ushort[] ReferenceSlots { get; private set; } = [];

    /// <summary>References that led to no object.</summary>
    public int BrokenReferences { get; private set; }

    public long SizeOf(int index) => SizeWords[index] * 8L;

    public ReadOnlySpan<int> ReferencesOf(int index) =>
        References.AsSpan(FirstReference[index], FirstReference[index + 1] - FirstReference[index]);

    /// <summary>The segment an object lies in.</summary>
    public HeapSegment SegmentOf(int index)
    {
        IReadOnlyList<HeapSegment> segments = Segments.Segments;
        int low = 0;
        int high = segments.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (segments[middle].FirstIndex <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        // Empty segments share their first index with the next: the last one that starts there is it.
        return segments[low];
    }

    public ulong AddressOf(int index) => SegmentOf(index).AddressOf(index);

    /// <summary>The object that starts at <paramref name="address"/>, or -1.</summary>
    public int Find(ulong address) => Segments.Find(address)?.Find(address) ?? -1;

    /// <summary>The object that <paramref name="address"/> lies in, at its start or inside, or -1.</summary>
    public int FindContaining(ulong address)
    {
        if (Segments.Find(address) is not { } segment)
        {
            return -1;
        }

        int index = segment.FindAtOrBefore(address);
        return index >= 0 && address < segment.AddressOf(index) + (ulong)SizeOf(index) ? index : -1;
    }

    /// <summary>
    /// Joins the segments' references. The runtime's arrays of statics have none here: their slots are roots of their own.
    /// </summary>
    /// <param name="bySegment">The references out of each segment.</param>
    /// <param name="extra">Edges that are no field.</param>
    /// <param name="storage">The arrays of statics.</param>
    public void SetReferences(SegmentContents?[] bySegment, IReadOnlyCollection<(int From, int To)> extra, IReadOnlySet<int> storage)
    {
        long total = bySegment.Sum(references => (long)(references?.Targets.Count ?? 0)) + extra.Count;
        if (total > Array.MaxLength)
        {
            throw new HeapReadException($"The heap has {total} references, more than this tool can hold.");
        }

        References = LargeArrays.Make<int>((int)total);
        ReferenceSlots = LargeArrays.Make<ushort>((int)total);
        ExtraEdges additional = new(extra);
        List<(HeapSegment Segment, SegmentContents References, int At)> plain = [];
        int at = 0;
        for (int i = 0; i < bySegment.Length; i++)
        {
            SegmentContents? references = bySegment[i];
            HeapSegment segment = Segments.Segments[i];
            if (references is null)
            {
                continue;
            }

            int end = segment.FirstIndex + segment.Count;
            bool isSpecial = storage.Any(index => index >= segment.FirstIndex && index < end);
            if (isSpecial || additional.NextFrom < end)
            {
                at = Join(segment, references, at, storage, additional);
            }
            else
            {
                plain.Add((segment, references, at));
                at += references.Targets.Count;
            }

            BrokenReferences += references.BrokenCount;
            bySegment[i] = null;
        }

        FirstReference[Count] = at;
        Parallel.ForEach(plain, new ParallelOptions { MaxDegreeOfParallelism = HeapWalk.MostWalkers }, part => Join(part.Segment, part.References, part.At));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Join(HeapSegment segment, SegmentContents references, int at)
    {
        references.Targets.CopyTo(References, at);
        references.Slots.CopyTo(ReferenceSlots, at);
        Span<int> first = FirstReference.AsSpan(segment.FirstIndex, segment.Count);
        ReadOnlySpan<int> counts = references.Counts;
        for (int j = 0; j < first.Length; j++)
        {
            first[j] = at;
            at += counts[j];
        }
    }

    /// <summary>Object by object, for a segment in which some have additional edges, or are to have none.</summary>
    private int Join(HeapSegment segment, SegmentContents references, int at, IReadOnlySet<int> storage, ExtraEdges additional)
    {
        int from = 0;
        for (int j = 0; j < references.Counts.Count; j++)
        {
            int count = references.Counts[j];
            FirstReference[segment.FirstIndex + j] = at;
            if (!storage.Contains(segment.FirstIndex + j))
            {
                references.Targets.AsSpan(from, count).CopyTo(References.AsSpan(at));
                references.Slots.AsSpan(from, count).CopyTo(ReferenceSlots.AsSpan(at));
                at += count;
            }

            from += count;
            while (additional.NextFrom == segment.FirstIndex + j)
            {
                ReferenceSlots[at] = 0;
                References[at++] = additional.TakeTarget();
            }
        }

        return at;
    }

    /// <summary>The edges that are no field, taken one after the other by the object that they come from.</summary>
    private sealed class ExtraEdges(IEnumerable<(int From, int To)> edges)
    {
        private readonly (int From, int To)[] _edges = [.. edges.OrderBy(edge => edge.From)];
        private int _next;

        /// <summary>The object that the next one comes from; beyond any where none is left.</summary>
        public int NextFrom => _next < _edges.Length ? _edges[_next].From : int.MaxValue;

        /// <summary>Where the next one leads.</summary>
        public int TakeTarget() => _edges[_next++].To;
    }
}
