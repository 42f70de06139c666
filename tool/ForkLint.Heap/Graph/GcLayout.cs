using System.Buffers.Binary;
using ForkLint.Heap.Child;

namespace ForkLint.Heap.Graph;

/// <summary>A run of references in an object: from <paramref name="Offset"/>, and as long as the object's size plus <paramref name="Length"/>.</summary>
internal readonly record struct PointerSeries(long Offset, long Length);

/// <summary>A run of references in each element of an array of structs, and the bytes to skip after it.</summary>
internal readonly record struct ElementSeries(uint Pointers, uint SkipBytes);

/// <summary>
/// What the collector itself knows of a type: sizes and where the references are. Read from the method table as it lies in memory
/// (coreclr <c>vm/methodtable.h</c>: flags, component and base size; <c>gc/gcdesc.h</c>: the series before the table).
/// </summary>
internal sealed class GcLayout
{
    private const uint HasComponentSize = 0x80000000;
    private const uint ContainsGCPointers = 0x01000000;
    private const uint Collectible = 0x00200000;

    /// <summary>More series than any type has (a field of references needs one each); beyond it, memory is not a layout.</summary>
    private const long MostSeries = 4096;

    /// <summary>The size without elements, the object header word included, before rounding up.</summary>
    public uint BaseBytes { get; private init; }

    /// <summary>The size of an element; 0 for what has none.</summary>
    public uint ElementBytes { get; private init; }

    public bool HasReferences { get; private init; }

    /// <summary>Its instances keep their LoaderAllocator alive.</summary>
    public bool IsCollectible { get; private init; }

    /// <summary>The runs of references; empty for arrays of structs.</summary>
    public PointerSeries[] Series { get; private init; } = [];

    /// <summary>For arrays of structs: where the first element's first reference is, and what repeats from there.</summary>
    public long ElementsOffset { get; private init; }

    public ElementSeries[] Elements { get; private init; } = [];

    /// <summary>Reads the layout; null where memory does not hold one.</summary>
    public static GcLayout? Read(ChildDataReader memory, ulong methodTable)
    {
        Span<byte> head = stackalloc byte[8];
        if (memory.Read(methodTable, head) != head.Length)
        {
            return null;
        }

        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(head);
        bool hasReferences = (flags & ContainsGCPointers) != 0;
        PointerSeries[] series = [];
        ElementSeries[] elements = [];
        long elementsOffset = 0;
        if (hasReferences)
        {
            long count = memory.Read<long>(methodTable - 8);
            if (count is 0 or > MostSeries or < -MostSeries)
            {
                return null;
            }

            if (count > 0)
            {
                series = new PointerSeries[count];
                for (int i = 0; i < count; i++)
                {
                    ulong at = methodTable - 8 - (16 * (ulong)(i + 1));
                    series[i] = new PointerSeries(memory.Read<long>(at + 8), memory.Read<long>(at));
                }

                Array.Sort(series, static (left, right) => left.Offset.CompareTo(right.Offset));
            }
            else
            {
                elementsOffset = memory.Read<long>(methodTable - 16);
                elements = new ElementSeries[-count];
                for (int i = 0; i < elements.Length; i++)
                {
                    ulong item = memory.Read<ulong>(methodTable - 24 - (8 * (ulong)i));
                    elements[i] = new ElementSeries((uint)item, (uint)(item >> 32));
                }
            }
        }

        return new GcLayout
        {
            BaseBytes = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]),
            ElementBytes = (flags & HasComponentSize) != 0 ? flags & 0xFFFF : 0,
            HasReferences = hasReferences,
            IsCollectible = (flags & Collectible) != 0,
            Series = series,
            ElementsOffset = elementsOffset,
            Elements = elements,
        };
    }
}
