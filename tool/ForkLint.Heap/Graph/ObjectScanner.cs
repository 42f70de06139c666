using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Graph;

/// <summary>Walks segments: where the objects are, how large, of which type, and, for small objects, what they refer to, while their bytes are in the window.</summary>
/// <param name="memory">The copy's memory.</param>
/// <param name="types">The types; new ones are added.</param>
/// <param name="references">Collects what objects refer to; null where only objects are looked for.</param>
/// <param name="runLength">How many values to make room for at once.</param>
internal sealed unsafe class ObjectScanner(ChildMemory memory, TypeTable types, ReferenceScanner? references, int runLength)
{
    private const uint SmallestObjectBytes = 24;

    /// <summary>So many objects in a row must make sense before a walk that lost its way is resumed.</summary>
    private const int ConfirmingObjects = 4;

    /// <summary>Small objects lie densely, of large ones only the headers are needed.</summary>
    private readonly MemoryWindow _window = new(memory, references is null ? 4096 : 1 << 20);
    private readonly Runs<uint> _sizes = new(runLength);
    private readonly Runs<int> _types = new(runLength);
    private readonly Runs<int> _counts = new(runLength);
    private uint[] _offsets = new uint[1 << 14];

    /// <summary>Walks one segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SegmentContents Walk(HeapSegment segment, CancellationToken cancellation)
    {
        MemoryWindow window = _window;
        window.Restrict(segment.End);
        references?.Begin();
        MemoryRange[] contexts = segment.Contexts;
        ulong nextContext = contexts.Length > 0 ? contexts[0].Start : ulong.MaxValue;
        TypeShape[] shapes = types.Shapes;
        int room = 0;
        int count = 0;
        int context = 0;
        ulong lastMethodTable = 0;
        int lastType = TypeTable.None;
        ulong address = segment.Start;
        byte* bytes = null;
        ref uint offset = ref Unsafe.NullRef<uint>();
        ref uint sizeWords = ref Unsafe.NullRef<uint>();
        ref int typeIndex = ref Unsafe.NullRef<int>();
        ref int foundIn = ref Unsafe.NullRef<int>();
        ulong atHand = 0;
        while (true)
        {
            if (address >= nextContext)
            {
                while (context < contexts.Length && contexts[context].Start < address)
                {
                    context++;
                }

                nextContext = context < contexts.Length ? contexts[context].Start : ulong.MaxValue;
                if (nextContext == address)
                {
                    // The collector keeps room for one smallest object behind every allocation context (gc.cpp, Align(min_obj_size)).
                    bytes += contexts[context].End + SmallestObjectBytes - address;
                    address = contexts[context].End + SmallestObjectBytes;
                }
            }

            if (address + SmallestObjectBytes > segment.End)
            {
                break;
            }

            if (address + 16 > atHand)
            {
                bytes = window.TryGet(address, 16);
                atHand = window.End;
            }

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
                    shapes = types.Shapes;
                    lastMethodTable = methodTable;
                    lastType = type;
                }

                if (type >= 0)
                {
                    size = shapes[type].SizeOf(((uint*)bytes)[2]);
                }
            }

            if (type < 0 || size > segment.End - address)
            {
                lastMethodTable = 0;
                ulong next = Resume(segment, window, address + 8, cancellation);
                segment.UnreadableCount++;
                segment.UnreadableBytes += (long)(next - address);
                address = next;
                atHand = 0;
                continue;
            }

            if (type == types.FreeIndex)
            {
                segment.FreeBytes += (long)size;
                address += size;
                bytes += size;
                continue;
            }

            if (count == room)
            {
                room = Reserve(count);
                offset = ref _offsets[0];
                sizeWords = ref _sizes.Items[_sizes.First];
                typeIndex = ref _types.Items[_types.First];
                foundIn = ref _counts.Items[_counts.First];
            }

            // There is room.
            Unsafe.Add(ref offset, count) = (uint)((address - segment.Start) / 8);
            Unsafe.Add(ref sizeWords, count) = (uint)(size / 8);
            Unsafe.Add(ref typeIndex, count) = type;
            int found = 0;
            if (references is not null)
            {
                ReferencePattern pattern = shapes[type].References;
                if (pattern.Kind == ReferenceKind.Fields && address + (ulong)pattern.ExtentBytes <= atHand)
                {
                    found = references.Fields((ulong*)bytes, pattern.Words);
                }
                else if (pattern.Kind != ReferenceKind.None)
                {
                    found = references.Visit(window, address, in shapes[type]);
                    atHand = 0;
                }
            }

            Unsafe.Add(ref foundIn, count) = found;
            count++;
            address += size;
            bytes += size;
            if ((count & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        segment.Count = count;
        segment.Offsets = _offsets.AsSpan(0, count).ToArray();
        SegmentContents contents = new() { SizeWords = _sizes.Take(count), Types = _types.Take(count), Counts = _counts.Take(count) };
        references?.End(contents);
        return contents;
    }

    /// <summary>Makes room for as many objects again, and returns for how many there is.</summary>
    private int Reserve(int count)
    {
        int more = Math.Max(count, 1 << 14);
        if (_offsets.Length < count + more)
        {
            Array.Resize(ref _offsets, count + more);
        }

        _sizes.Reserve(count, more);
        _types.Reserve(count, more);
        _counts.Reserve(count, more);
        return count + more;
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

            ulong size = types.Shapes[type].SizeOf(MemoryMarshal.Read<uint>(bytes[8..]));
            if (size > segment.End - address)
            {
                return false;
            }

            address += size;
        }

        return true;
    }
}
