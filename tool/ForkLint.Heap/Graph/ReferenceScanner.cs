using System.Numerics;
using System.Runtime.CompilerServices;
using ForkLint.Heap.Child;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Graph;

/// <summary>The references out of one segment, in the order of its objects.</summary>
internal sealed record SegmentReferences(int[] Counts, int[] Targets, ushort[] Slots, int BrokenCount);

/// <summary>The second pass over a segment: what its objects refer to, now that every object has an index.</summary>
internal sealed unsafe class ReferenceScanner(ChildMemory memory, HeapGraph graph, TypeTable types, AddressIndex index)
{
    private readonly MemoryWindow _dense = new(memory, 1 << 20);
    private readonly MemoryWindow _sparse = new(memory, 1 << 16);
    private readonly ReferencePattern[] _patterns = [.. types.Types.Select(type => ReferencePattern.Of(type.Layout))];

    private int[] _targets = new int[1 << 14];
    private ushort[] _slots = new ushort[1 << 14];
    private int _count;
    private int _broken;

    /// <summary>Walks one segment's objects. The runtime's arrays of statics are left out: their slots are roots of their own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SegmentReferences Walk(HeapSegment segment, IReadOnlyCollection<int> storage, CancellationToken cancellation)
    {
        MemoryWindow window = segment.Kind is GCSegmentKind.Large or GCSegmentKind.Pinned ? _sparse : _dense;
        window.Restrict(segment.End);
        int[] counts = new int[segment.Count];
        int[] typeIndexes = graph.TypeIndexes;
        uint[] offsets = segment.Offsets;
        ReferencePattern[] patterns = _patterns;
        HashSet<int> skipped = [.. storage.Where(at => at >= segment.FirstIndex && at < segment.FirstIndex + segment.Count)];
        _count = 0;
        _broken = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if ((i & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            int type = typeIndexes[segment.FirstIndex + i];
            ReferencePattern pattern = patterns[type];
            if (pattern.Kind == ReferenceKind.None || (skipped.Count > 0 && skipped.Contains(segment.FirstIndex + i)))
            {
                continue;
            }

            int before = _count;
            ulong address = segment.Start + ((ulong)offsets[i] * 8);
            if (pattern.Kind == ReferenceKind.Fields && window.TryGet(address, pattern.ExtentBytes) is var start && start is not null)
            {
                Fields((ulong*)start, pattern.Words);
            }
            else
            {
                Visit(window, address, types.Types[type]);
            }

            counts[i] = _count - before;
        }

        return new SegmentReferences(counts, _targets.AsSpan(0, _count).ToArray(), _slots.AsSpan(0, _count).ToArray(), _broken);
    }

    /// <summary>An object whose references are at fixed places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fields(ulong* start, ushort[] words)
    {
        Reserve(words.Length);
        int[] targets = _targets;
        ushort[] slots = _slots;
        int count = _count;
        foreach (ushort word in words)
        {
            ulong target = start[word];
            if (target != 0)
            {
                int found = index.Find(target);
                if (found >= 0)
                {
                    targets[count] = found;
                    slots[count] = word;
                    count++;
                }
                else
                {
                    _broken++;
                }
            }
        }

        _count = count;
    }

    /// <summary>Any object, as the collector's loops go over it (gcdesc.h, go_through_object): they run over the size before rounding.</summary>
    private void Visit(MemoryWindow window, ulong address, HeapType type)
    {
        GcLayout layout = type.Layout;
        if (layout.HasReferences && window.TryGet(address, 16) is var header && header is not null)
        {
            long size = layout.BaseBytes + ((long)layout.ElementBytes * (layout.ElementBytes == 0 ? 0 : ((uint*)header)[2]));
            foreach (PointerSeries series in layout.Series)
            {
                Words(window, address, series.Offset, series.Offset + series.Length + size, layout.ElementBytes != 0);
            }

            long offset = layout.ElementsOffset;
            while (layout.Elements.Length > 0 && offset < size - 8)
            {
                foreach (ElementSeries element in layout.Elements)
                {
                    long stop = offset + (element.Pointers * 8L);
                    Words(window, address, offset, stop, isElement: true);
                    offset = stop + element.SkipBytes;
                }
            }
        }

        if (layout.IsCollectible && type.LoaderAllocator != 0)
        {
            Reserve(1);
            Add(type.LoaderAllocator, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Words(MemoryWindow window, ulong address, long offset, long stop, bool isElement)
    {
        while (offset < stop)
        {
            byte* start = window.TryGet(address + (ulong)offset, 8);
            if (start is null)
            {
                return;
            }

            int take = (int)Math.Min(window.AvailableFrom(address + (ulong)offset) / 8, (stop - offset) / 8);
            if (take <= 0)
            {
                return;
            }

            Reserve(take);
            ulong* words = (ulong*)start;
            for (int i = 0; i < take; i++)
            {
                if (words[i] != 0)
                {
                    Add(words[i], isElement ? (ushort)0 : (ushort)Math.Min((offset / 8) + i, ushort.MaxValue));
                }
            }

            offset += take * 8L;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ulong target, ushort slot)
    {
        int found = index.Find(target);
        if (found < 0)
        {
            _broken++;
            return;
        }

        _targets[_count] = found;
        _slots[_count] = slot;
        _count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int more)
    {
        if (_count + more > _targets.Length)
        {
            int length = (int)BitOperations.RoundUpToPowerOf2((uint)(_count + more));
            Array.Resize(ref _targets, length);
            Array.Resize(ref _slots, length);
        }
    }
}
