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

    /// <summary>References met and not looked up yet: the memory that each look-up needs was asked for when it was met.</summary>
    private readonly (ulong Target, int Object, ushort Slot)[] _waiting = new (ulong, int, ushort)[256];

    private int[] _counts = [];
    private int[] _targets = new int[1 << 14];
    private ushort[] _slots = new ushort[1 << 14];
    private int _waitingCount;
    private int _count;
    private int _broken;

    /// <summary>Walks one segment's objects.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SegmentReferences Walk(HeapSegment segment, CancellationToken cancellation)
    {
        MemoryWindow window = segment.Kind is GCSegmentKind.Large or GCSegmentKind.Pinned ? _sparse : _dense;
        window.Restrict(segment.End);
        int[] counts = _counts = new int[segment.Count];
        int[] typeIndexes = graph.TypeIndexes;
        uint[] offsets = segment.Offsets;
        ReferencePattern[] patterns = _patterns;
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
            if (pattern.Kind == ReferenceKind.None)
            {
                continue;
            }

            ulong address = segment.Start + ((ulong)offsets[i] * 8);
            if (pattern.Kind == ReferenceKind.Fields && window.TryGet(address, pattern.ExtentBytes) is var start && start is not null)
            {
                Fields((ulong*)start, pattern.Words, i);
            }
            else
            {
                Visit(window, address, types.Types[type], i);
            }
        }

        Flush();
        _counts = [];
        return new SegmentReferences(counts, _targets.AsSpan(0, _count).ToArray(), _slots.AsSpan(0, _count).ToArray(), _broken);
    }

    /// <summary>An object whose references are at fixed places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fields(ulong* start, ushort[] words, int owner)
    {
        foreach (ushort word in words)
        {
            ulong target = start[word];
            if (target != 0)
            {
                Add(target, word, owner);
            }
        }
    }

    /// <summary>Any object, as the collector's loops go over it (gcdesc.h, go_through_object): they run over the size before rounding.</summary>
    private void Visit(MemoryWindow window, ulong address, HeapType type, int owner)
    {
        GcLayout layout = type.Layout;
        if (layout.HasReferences && window.TryGet(address, 16) is var header && header is not null)
        {
            long size = layout.BaseBytes + ((long)layout.ElementBytes * (layout.ElementBytes == 0 ? 0 : ((uint*)header)[2]));
            foreach (PointerSeries series in layout.Series)
            {
                Words(window, address, series.Offset, series.Offset + series.Length + size, layout.ElementBytes != 0, owner);
            }

            long offset = layout.ElementsOffset;
            while (layout.Elements.Length > 0 && offset < size - 8)
            {
                foreach (ElementSeries element in layout.Elements)
                {
                    long stop = offset + (element.Pointers * 8L);
                    Words(window, address, offset, stop, isElement: true, owner);
                    offset = stop + element.SkipBytes;
                }
            }
        }

        if (layout.IsCollectible && type.LoaderAllocator != 0)
        {
            Add(type.LoaderAllocator, 0, owner);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Words(MemoryWindow window, ulong address, long offset, long stop, bool isElement, int owner)
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

            ulong* words = (ulong*)start;
            for (int i = 0; i < take; i++)
            {
                if (words[i] != 0)
                {
                    Add(words[i], isElement ? (ushort)0 : (ushort)Math.Min((offset / 8) + i, ushort.MaxValue), owner);
                }
            }

            offset += take * 8L;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ulong target, ushort slot, int owner)
    {
        if (_waitingCount == _waiting.Length)
        {
            Flush();
        }

        index.Fetch(target);
        _waiting[_waitingCount++] = (target, owner, slot);
    }

    /// <summary>Looks up what waits, in the order it was met.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Flush()
    {
        Reserve(_waitingCount);
        int[] counts = _counts;
        int[] targets = _targets;
        ushort[] slots = _slots;
        int count = _count;
        foreach ((ulong target, int owner, ushort slot) in _waiting.AsSpan(0, _waitingCount))
        {
            int found = index.Find(target);
            if (found >= 0)
            {
                targets[count] = found;
                slots[count] = slot;
                count++;
                counts[owner]++;
            }
            else
            {
                _broken++;
            }
        }

        _count = count;
        _waitingCount = 0;
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
