using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Heap.Child;

namespace ForkLint.Heap.Graph;

/// <summary>Collects what the objects of segments refer to, as places: not every object has an index yet.</summary>
/// <param name="memory">The copy's memory.</param>
/// <param name="types">The types.</param>
/// <param name="places">The numbers of addresses.</param>
/// <param name="runLength">How many values to make room for at once.</param>
internal sealed unsafe class ReferenceScanner(ChildMemory memory, TypeTable types, Places places, int runLength)
{
    private readonly MemoryWindow _sparse = new(memory, 1 << 16);
    private readonly Runs<int> _targets = new(runLength);
    private readonly Runs<ushort> _slots = new(runLength);
    private int _count;
    private int _broken;

    /// <summary>For how many references there is room.</summary>
    private int _room;

    /// <summary>Begins with a segment.</summary>
    public void Begin() => _count = _broken = _room = 0;

    /// <summary>Ends a segment, and adds what was collected to what is known of it.</summary>
    public void End(SegmentContents contents)
    {
        contents.Targets = _targets.Take(_count);
        contents.Slots = _slots.Take(_count);
        contents.BrokenCount = _broken;
    }

    /// <summary>Goes over a segment whose objects are known already.</summary>
    public void Walk(HeapSegment segment, SegmentContents contents, CancellationToken cancellation)
    {
        _sparse.Restrict(segment.End);
        Begin();
        TypeShape[] shapes = types.Shapes;
        Span<int> counts = contents.Counts;
        for (int i = 0; i < counts.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            counts[i] = Visit(_sparse, segment.Start + (segment.Offsets[i] * 8UL), in shapes[contents.Types[i]]);
        }

        End(contents);
    }

    /// <summary>Collects what one object refers to, and returns how many there are of it.</summary>
    public int Visit(MemoryWindow window, ulong address, in TypeShape shape)
    {
        if (shape.References.Kind == ReferenceKind.None)
        {
            return 0;
        }

        if (shape.References.Kind == ReferenceKind.Fields && window.TryGet(address, shape.References.ExtentBytes) is var start && start is not null)
        {
            return Fields((ulong*)start, shape.References.Words);
        }

        int before = _count;
        Described(window, address, shape.Type);
        return _count - before;
    }

    /// <summary>The same for an object whose bytes were read, and whose references are at fixed places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Fields(ulong* start, ushort[] words)
    {
        int before = _count;
        if (before + words.Length > _room)
        {
            Reserve(words.Length);
        }

        ref int target = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_targets.Items), _targets.First + before);
        ref ushort slot = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots.Items), _slots.First + before);
        int count = 0;
        foreach (ushort word in words)
        {
            ulong value = start[word];
            if (value != 0)
            {
                uint place = places.Of(value);
                if (place == Places.None)
                {
                    _broken++;
                    continue;
                }

                Unsafe.Add(ref target, count) = (int)place;
                Unsafe.Add(ref slot, count) = word;
                count++;
            }
        }

        _count = before + count;
        return count;
    }

    /// <summary>Any object, as the collector's loops go over it (gcdesc.h, go_through_object): they run over the size before rounding.</summary>
    private void Described(MemoryWindow window, ulong address, HeapType type)
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
        // At once, for an array may be as large as its segment.
        Reserve((int)Math.Clamp((stop - offset) / 8, 0, Array.MaxLength / 2));
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
                    Add(words[i], isElement ? (ushort)0 : (ushort)Math.Min((offset / 8) + i, ushort.MaxValue));
                }
            }

            offset += take * 8L;
        }
    }

    /// <summary>Adds one for which there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ulong value, ushort slot)
    {
        uint place = places.Of(value);
        if (place == Places.None)
        {
            _broken++;
            return;
        }

        _targets.Items[_targets.First + _count] = (int)place;
        _slots.Items[_slots.First + _count] = slot;
        _count++;
    }

    private void Reserve(int more)
    {
        _targets.Reserve(_count, more);
        _slots.Reserve(_count, more);
        _room = Math.Min(_targets.Items.Length - _targets.First, _slots.Items.Length - _slots.First);
    }
}
