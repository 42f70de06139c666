using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Graph;

/// <summary>The references out of one segment, in the order of its objects.</summary>
internal sealed record SegmentReferences(int[] Counts, int[] Targets, ushort[] Slots, int BrokenCount);

/// <summary>The second pass over a segment: what its objects refer to, now that every object has an index.</summary>
internal sealed class ReferenceScanner(ChildMemory memory, HeapGraph graph, TypeTable types)
{
    private readonly MemoryWindow _dense = new(memory, 1 << 20);
    private readonly MemoryWindow _sparse = new(memory, 1 << 16);

    private int[] _targets = new int[1 << 14];
    private ushort[] _slots = new ushort[1 << 14];
    private int _count;
    private int _broken;
    private HeapSegment? _lastSegment;

    /// <summary>Walks one segment's objects. The runtime's arrays of statics are left out: their slots are roots of their own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SegmentReferences Walk(HeapSegment segment, IReadOnlyCollection<int> storage, CancellationToken cancellation)
    {
        MemoryWindow window = segment.Kind is GCSegmentKind.Large or GCSegmentKind.Pinned ? _sparse : _dense;
        window.Restrict(segment.End);
        GcLayout[] layouts = types.Layouts;
        int[] counts = new int[segment.Count];
        HashSet<int> skipped = [.. storage.Where(index => index >= segment.FirstIndex && index < segment.FirstIndex + segment.Count)];
        _count = 0;
        _broken = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            int index = segment.FirstIndex + i;
            GcLayout layout = layouts[graph.TypeIndexes[index]];
            if ((i & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if ((!layout.HasReferences && !layout.IsCollectible) || (skipped.Count > 0 && skipped.Contains(index)))
            {
                continue;
            }

            int before = _count;
            if (layout.HasReferences)
            {
                Visit(window, segment.Start + ((ulong)segment.Offsets[i] * 8), layout);
            }

            if (layout.IsCollectible)
            {
                Resolve(types.Types[graph.TypeIndexes[index]].LoaderAllocator, 0);
            }

            counts[i] = _count - before;
        }

        return new SegmentReferences(counts, _targets.AsSpan(0, _count).ToArray(), _slots.AsSpan(0, _count).ToArray(), _broken);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(MemoryWindow window, ulong address, GcLayout layout)
    {
        ReadOnlySpan<byte> header = window.At(address, 16);
        if (header.Length < 16)
        {
            return;
        }

        // The collector's loops run over the size before rounding (gcdesc.h, go_through_object).
        long size = layout.BaseBytes + ((long)layout.ElementBytes * (layout.ElementBytes == 0 ? 0 : MemoryMarshal.Read<uint>(header[8..])));
        foreach (PointerSeries series in layout.Series)
        {
            Words(window, address, series.Offset, series.Offset + series.Length + size, layout.ElementBytes != 0);
        }

        if (layout.Elements.Length > 0)
        {
            long offset = layout.ElementsOffset;
            while (offset < size - 8)
            {
                foreach (ElementSeries element in layout.Elements)
                {
                    long stop = offset + (element.Pointers * 8L);
                    Words(window, address, offset, stop, isElement: true);
                    offset = stop + element.SkipBytes;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Words(MemoryWindow window, ulong address, long offset, long stop, bool isElement)
    {
        while (offset < stop)
        {
            ReadOnlySpan<byte> bytes = window.At(address + (ulong)offset, 8);
            if (bytes.Length < 8)
            {
                return;
            }

            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
            int take = (int)Math.Min(words.Length, (stop - offset) / 8);
            if (take <= 0)
            {
                return;
            }

            for (int i = 0; i < take; i++)
            {
                if (words[i] != 0)
                {
                    Resolve(words[i], isElement ? (ushort)0 : (ushort)Math.Min((offset / 8) + i, ushort.MaxValue));
                }
            }

            offset += take * 8L;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Resolve(ulong target, ushort slot)
    {
        HeapSegment? segment = _lastSegment;
        if (segment is null || target < segment.Start || target >= segment.End)
        {
            segment = graph.Segments.Find(target);
            if (segment is null)
            {
                _broken += target == 0 ? 0 : 1;
                return;
            }

            _lastSegment = segment;
        }

        int found = segment.Find(target);
        if (found < 0)
        {
            _broken++;
            return;
        }

        if (_count == _targets.Length)
        {
            Array.Resize(ref _targets, _count * 2);
            Array.Resize(ref _slots, _count * 2);
        }

        _targets[_count] = found;
        _slots[_count] = slot;
        _count++;
    }
}
