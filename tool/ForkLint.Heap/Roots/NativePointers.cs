using ForkLint.Heap.Child;
using ForkLint.Heap.Graph;
using ForkLint.Heap.Naming;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Roots;

/// <summary>The address of a native block, found in managed memory.</summary>
/// <param name="Value">The address.</param>
/// <param name="Holder">The static field it stands in, or the field of the application's; null where only the object says who holds it.</param>
/// <param name="Object">The object it stands in; -1 for a static.</param>
internal readonly record struct NativePointer(ulong Value, MemberName? Holder, int Object);

/// <summary>
/// Finds who knows a native block: fields of native integers and pointers (SafeHandle's included), and arrays of them, whose value lies in one.
/// A number may look like an address and be none, so what is found is only ever called possible.
/// </summary>
internal sealed class NativePointers
{
    /// <summary>Structs in structs in structs; deeper ones are not looked into.</summary>
    private const int MostDepth = 4;

    /// <summary>A block is known to few; a thousand pointers into one are an index into it, and the first say as much.</summary>
    private const int MostFound = 10_000;

    private readonly (ulong Start, ulong End)[] _ranges;
    private readonly List<NativePointer> _found = [];

    public NativePointers(IEnumerable<(ulong Start, ulong End)> ranges) => _ranges = [.. ranges.OrderBy(range => range.Start)];

    public IReadOnlyList<NativePointer> Found => _found;

    /// <summary>Whether a field's type is an address: a native integer or a pointer.</summary>
    public static bool IsPointer(ClrField field) =>
        field.ElementType is ClrElementType.NativeInt or ClrElementType.NativeUInt or ClrElementType.Pointer;

    /// <summary>Looks at static fields, by address.</summary>
    public void AddStatics(IReadOnlyDictionary<ulong, MemberName> fields, ChildDataReader memory)
    {
        if (_ranges.Length > 0)
        {
            foreach ((ulong address, MemberName name) in fields)
            {
                Add(memory.ReadPointer(address), name, -1);
            }
        }
    }

    /// <summary>Looks at every object whose type has such fields.</summary>
    public void AddObjects(HeapGraph graph, IReadOnlyList<HeapType> types, MemberNames names, ChildMemory memory, CancellationToken cancellation)
    {
        if (_ranges.Length == 0)
        {
            return;
        }

        (int Offset, MemberName? Name)[]?[] fields = [.. types.Select(type => Fields(type, names))];
        bool[] isArray = [.. types.Select(type => type.Runtime.Name is "System.IntPtr[]" or "System.UIntPtr[]")];
        MemoryWindow window = new(memory, 1 << 16);
        foreach (HeapSegment segment in graph.Segments.Segments)
        {
            cancellation.ThrowIfCancellationRequested();
            window.Restrict(segment.End);
            for (int i = 0; i < segment.Count && _found.Count < MostFound; i++)
            {
                int index = segment.FirstIndex + i;
                int type = graph.TypeIndexes[index];
                if (fields[type] is { } own)
                {
                    foreach ((int offset, MemberName? name) in own)
                    {
                        Add(Word(window, segment.AddressOf(index) + (ulong)offset), name, index);
                    }
                }
                else if (isArray[type])
                {
                    ulong address = segment.AddressOf(index);
                    for (ulong at = address + 16; at + 8 <= address + (ulong)graph.SizeOf(index); at += 8)
                    {
                        Add(Word(window, at), null, index);
                    }
                }
            }
        }
    }

    private static (int, MemberName?)[]? Fields(HeapType type, MemberNames names)
    {
        if (type.Runtime.IsArray || type.IsFree || type.Runtime.BaseType?.Name == "System.MulticastDelegate")
        {
            return null;
        }

        List<(int, MemberName?)> found = [];
        Collect(type.Runtime, 8, null, MostDepth);
        return found.Count == 0 ? null : [.. found];

        void Collect(ClrType at, int start, MemberName? outer, int depth)
        {
            foreach (ClrInstanceField field in at.Fields)
            {
                MemberName? name = outer ?? (MemberNames.IsFramework(field.ContainingType) ? null : names.Of(field));
                if (IsPointer(field))
                {
                    found.Add((start + field.Offset, name));
                }
                else if (depth > 0 && field is { IsValueType: true, IsPrimitive: false, Type: { } inner } && inner != at)
                {
                    Collect(inner, start + field.Offset, name, depth - 1);
                }
            }
        }
    }

    private static ulong Word(MemoryWindow window, ulong address) =>
        window.At(address, 8) is { Length: >= 8 } bytes ? System.Runtime.InteropServices.MemoryMarshal.Read<ulong>(bytes) : 0;

    private void Add(ulong value, MemberName? holder, int index)
    {
        int low = 0;
        int high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (value < _ranges[middle].Start)
            {
                high = middle - 1;
            }
            else if (value >= _ranges[middle].End)
            {
                low = middle + 1;
            }
            else
            {
                _found.Add(new NativePointer(value, holder, index));
                return;
            }
        }
    }
}
