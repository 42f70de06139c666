using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Graph;

/// <summary>The first pass over a segment: where its objects are, how large, of which type.</summary>
internal sealed unsafe class ObjectScanner(ChildMemory memory, TypeTable types)
{
    private const uint SmallestObjectBytes = 24;

    /// <summary>So many objects in a row must make sense before a walk that lost its way is resumed.</summary>
    private const int ConfirmingObjects = 4;

    /// <summary>Small objects lie densely, large ones need only their headers.</summary>
    private readonly MemoryWindow _dense = new(memory, 1 << 20);
    private readonly MemoryWindow _sparse = new(memory, 4096);

    private uint[] _offsets = new uint[1 << 14];
    private uint[] _sizes = new uint[1 << 14];
    private int[] _types = new int[1 << 14];

    /// <summary>Walks one segment and returns sizes (in words of 8 bytes) and types, in step with the segment's offsets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (uint[] SizeWords, int[] TypeIndexes) Walk(HeapSegment segment, CancellationToken cancellation)
    {
        MemoryWindow window = segment.Kind is GCSegmentKind.Large or GCSegmentKind.Pinned ? _sparse : _dense;
        window.Restrict(segment.End);
        GcLayout[] layouts = types.Layouts;
        int count = 0;
        int context = 0;
        ulong lastMethodTable = 0;
        int lastType = TypeTable.None;
        ulong address = segment.Start;
        while (true)
        {
            while (context < segment.Contexts.Length && segment.Contexts[context].Start < address)
            {
                context++;
            }

            if (context < segment.Contexts.Length && segment.Contexts[context].Start == address)
            {
                // The collector keeps room for one smallest object behind every allocation context (gc.cpp, Align(min_obj_size)).
                address = segment.Contexts[context].End + SmallestObjectBytes;
            }

            if (address + SmallestObjectBytes > segment.End)
            {
                break;
            }

            byte* bytes = window.TryGet(address, 16);
            int type = TypeTable.None;
            ulong size = 0;
            if (bytes is not null)
            {
                ulong methodTable = *(ulong*)bytes & ~7UL;
                if (methodTable == lastMethodTable)
                {
                    type = lastType;
                }
                else if (methodTable != 0)
                {
                    type = types.Find(methodTable);
                    layouts = types.Layouts;
                    lastMethodTable = methodTable;
                    lastType = type;
                }

                if (type >= 0)
                {
                    size = SizeOf(layouts[type], ((uint*)bytes)[2]);
                }
            }

            if (type < 0 || size > segment.End - address)
            {
                lastMethodTable = 0;
                ulong next = Resume(segment, window, address + 8, cancellation);
                segment.UnreadableCount++;
                segment.UnreadableBytes += (long)(next - address);
                address = next;
                continue;
            }

            if (type == types.FreeIndex)
            {
                segment.FreeBytes += (long)size;
                address += size;
                continue;
            }

            if (count == _offsets.Length)
            {
                Array.Resize(ref _offsets, count * 2);
                Array.Resize(ref _sizes, count * 2);
                Array.Resize(ref _types, count * 2);
            }

            _offsets[count] = (uint)((address - segment.Start) / 8);
            _sizes[count] = (uint)(size / 8);
            _types[count] = type;
            count++;
            address += size;
            if ((count & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        segment.Count = count;
        segment.Offsets = _offsets.AsSpan(0, count).ToArray();
        return (_sizes.AsSpan(0, count).ToArray(), _types.AsSpan(0, count).ToArray());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SizeOf(GcLayout layout, uint count)
    {
        ulong size = layout.BaseBytes + ((ulong)layout.ElementBytes * count);
        return Math.Max((size + 7) & ~7UL, SmallestObjectBytes);
    }

    /// <summary>The next address from which several objects in a row make sense, or the segment's end.</summary>
    private ulong Resume(HeapSegment segment, MemoryWindow window, ulong address, CancellationToken cancellation)
    {
        for (; address + SmallestObjectBytes <= segment.End; address += 8)
        {
            cancellation.ThrowIfCancellationRequested();
            if (MakesSense(segment, window, address))
            {
                return address;
            }

            // Never back to the start of a context that an unreadable object reached into: the walk would come here again and again.
            foreach (MemoryRange context in segment.Contexts)
            {
                if (address == context.Start)
                {
                    return address;
                }

                if (address > context.Start && address < context.End)
                {
                    address = context.End + SmallestObjectBytes - 8;
                    break;
                }
            }
        }

        return segment.End;
    }

    private bool MakesSense(HeapSegment segment, MemoryWindow window, ulong address)
    {
        for (int i = 0; i < ConfirmingObjects && address + SmallestObjectBytes <= segment.End; i++)
        {
            ReadOnlySpan<byte> bytes = window.At(address, 16);
            if (bytes.Length < 16)
            {
                return false;
            }

            ulong methodTable = MemoryMarshal.Read<ulong>(bytes);
            int type = methodTable == 0 ? TypeTable.None : types.Find(methodTable);
            if (type < 0)
            {
                return false;
            }

            ulong size = SizeOf(types.Layouts[type], MemoryMarshal.Read<uint>(bytes[8..]));
            if (size > segment.End - address)
            {
                return false;
            }

            address += size;
        }

        return true;
    }
}
