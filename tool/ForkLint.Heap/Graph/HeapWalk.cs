using ForkLint.Heap.Child;

namespace ForkLint.Heap.Graph;

/// <summary>
/// The walk over all segments: first the objects and the places they refer to, in one reading of the copy's memory; then, when every object has an index,
/// the places become indexes.
/// </summary>
internal sealed class HeapWalk(ChildMemory memory, SegmentTable segments, TypeTable types, IProgress<HeapReadProgress>? progress, CancellationToken cancellation)
{
    /// <summary>Room is made for a run of so many values, less in a small heap.</summary>
    private const int LongestRun = 1 << 21;
    private const int ShortestRun = 1 << 14;
    private const long BytesForValue = 128;

    /// <summary>Two at most: the application that was copied needs the rest of the machine.</summary>
    public static int MostWalkers => Math.Min(2, Environment.ProcessorCount);

    private readonly HeapSegment[] _segments = [.. segments.Segments];
    private Places? _places;

    /// <summary>What was found, by segment.</summary>
    public SegmentContents?[] Contents { get; } = new SegmentContents?[segments.Segments.Count];

    /// <summary>Finds the objects, and where they refer to.</summary>
    public HeapGraph Objects()
    {
        int run = (int)Math.Clamp(_segments.Sum(segment => (long)(segment.End - segment.Start)) / BytesForValue, ShortestRun, LongestRun);

        // Large objects first: they are few, and what refers to one, names it.
        int[] sparse = [.. Enumerable.Range(0, _segments.Length).Where(i => _segments[i].IsSparse)];
        Parallel(sparse, null, () => new ObjectScanner(memory, types, null, ShortestRun), (scanner, i) =>
        {
            Contents[i] = scanner.Walk(_segments[i], cancellation);
        });
        Places places = _places = new Places(segments);

        // The longest first, so that none is begun when the others are done.
        int[] all = [.. Enumerable.Range(0, _segments.Length).OrderByDescending(i => _segments[i].End - _segments[i].Start)];
        Parallel(
            all,
            HeapReadStep.Objects,
            () =>
            {
                ReferenceScanner references = new(memory, types, places, run);
                return (Objects: new ObjectScanner(memory, types, references, run), References: references);
            },
            (scanners, i) =>
            {
                if (_segments[i].IsSparse)
                {
                    scanners.References.Walk(_segments[i], Contents[i]!, cancellation);
                }
                else
                {
                    Contents[i] = scanners.Objects.Walk(_segments[i], cancellation);
                }
            });
        HeapGraph graph = Number();
        places.Index(work => Parallel(all, null, () => 0, (_, i) => work(_segments[i])));
        return graph;
    }

    /// <summary>Replaces the places that objects refer to by the objects.</summary>
    public void Resolve() => Parallel([.. Enumerable.Range(0, _segments.Length)], HeapReadStep.References, () => 0, (_, i) =>
    {
        SegmentContents contents = Contents[i]!;
        cancellation.ThrowIfCancellationRequested();
        if (_places!.Resolve(contents.Targets))
        {
            TakeOut(contents);
        }
    });

    private HeapGraph Number()
    {
        long total = _segments.Sum(segment => (long)segment.Count);
        if (total > Array.MaxLength / 2)
        {
            throw new HeapReadException($"The heap has {total} objects, more than this tool can hold.");
        }

        uint[] sizes = LargeArrays.Make<uint>((int)total);
        int[] typeIndexes = LargeArrays.Make<int>((int)total);
        int first = 0;
        for (int i = 0; i < _segments.Length; i++)
        {
            _segments[i].FirstIndex = first;
            Contents[i]!.SizeWords.CopyTo(sizes, first);
            Contents[i]!.Types.CopyTo(typeIndexes, first);
            Contents[i]!.SizeWords = default;
            Contents[i]!.Types = default;
            first += _segments[i].Count;
        }

        return new HeapGraph(segments, sizes, typeIndexes);
    }

    /// <summary>Takes out what leads to no object.</summary>
    private static void TakeOut(SegmentContents contents)
    {
        Span<int> counts = contents.Counts;
        Span<int> targets = contents.Targets;
        Span<ushort> slots = contents.Slots;
        int kept = 0;
        int at = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            int end = at + counts[i];
            int before = kept;
            for (; at < end; at++)
            {
                if (targets[at] >= 0)
                {
                    targets[kept] = targets[at];
                    slots[kept++] = slots[at];
                }
            }

            counts[i] = kept - before;
        }

        contents.BrokenCount += targets.Length - kept;
        contents.Targets = contents.Targets[..kept];
        contents.Slots = contents.Slots[..kept];
    }

    private void Parallel<TWorker>(int[] order, HeapReadStep? step, Func<TWorker> make, Action<TWorker, int> walk)
    {
        long total = _segments.Sum(segment => (long)(segment.End - segment.Start));
        long done = 0;
        int next = -1;
        Report();
        try
        {
            System.Threading.Tasks.Parallel.For(
                0,
                MostWalkers,
                new ParallelOptions { CancellationToken = cancellation },
                (_, state) =>
                {
                    TWorker worker = make();
                    while (!state.ShouldExitCurrentIteration && Interlocked.Increment(ref next) is int at && at < order.Length)
                    {
                        HeapSegment segment = _segments[order[at]];
                        walk(worker, order[at]);
                        Interlocked.Add(ref done, (long)(segment.End - segment.Start));
                        Report();
                    }
                });
        }
        catch (AggregateException exception) when (exception.InnerExceptions.OfType<HeapReadException>().FirstOrDefault() is { } explained)
        {
            throw new HeapReadException(explained.Message, exception, explained.IsSnapshotUnusable);
        }

        void Report()
        {
            if (step is { } known)
            {
                progress?.Report(new HeapReadProgress(known, Interlocked.Read(ref done), total));
            }
        }
    }
}
