using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using ForkLint.Heap.Graph;
using ForkLint.Heap.Naming;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Roots;

/// <summary>
/// Finds where static fields keep their references. The runtime puts them in slots of object arrays of its own, kept alive by one handle;
/// those arrays are storage and no holder: each slot is a root named by its field.
/// </summary>
internal sealed class StaticFields
{
    /// <summary>An address near zero is an offset from a base that was never made.</summary>
    private const ulong LowestAddress = 0x10000;

    private readonly Dictionary<ulong, Holder> _slots = [];
    private readonly Dictionary<ulong, MemberName> _pointers = [];
    private readonly HashSet<ulong> _visited = [];
    private readonly MemberNames _names;
    private readonly ClrRuntime _runtime;

    public StaticFields(ClrRuntime runtime, MemberNames names)
    {
        _runtime = runtime;
        _names = names;
    }

    /// <summary>Static fields that hold native addresses, by their own.</summary>
    public IReadOnlyDictionary<ulong, MemberName> Pointers => _pointers;

    /// <summary>Collects the fields of every loaded type definition, and of the constructed generic types that have instances.</summary>
    public void Collect(TypeTable types, CancellationToken cancellation)
    {
        foreach (ClrModule module in _runtime.EnumerateModules())
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (ClrType type in module.EnumerateTypesWithStaticFields())
            {
                Visit(type);
            }
        }

        // A constructed generic type has statics of its own, and no list of a module names it.
        foreach (HeapType type in types.Types)
        {
            for (ClrType? at = type.Runtime; at is not null && !at.IsFree; at = at.BaseType)
            {
                if (at.Name?.Contains('<', StringComparison.Ordinal) == true)
                {
                    Visit(at);
                }
            }
        }
    }

    /// <summary>
    /// Finds the constructed generic types that have statics and no instances: no list names them, but they lie in the runtime's loader heaps.
    /// From .NET 9 on, it keeps beside each type's statics their address and the type (coreclr vm/methodtable.h, DynamicStaticsInfo: GC statics,
    /// other statics, method table), so words that point into the arrays of statics lead there. Before, nothing leads from the statics to the type,
    /// and the method tables themselves are looked for.
    /// </summary>
    public void CollectGenerics(HeapGraph graph, ChildMemory memory, ChildDataReader reader, bool isBeforeDynamicStatics, CancellationToken cancellation)
    {
        (ulong Start, ulong End)[] arrays = [.. Storage(graph).Select(index => (graph.AddressOf(index), graph.AddressOf(index) + (ulong)graph.SizeOf(index)))];
        if (arrays.Length == 0)
        {
            return;
        }

        (ulong low, ulong high) = (arrays.Min(array => array.Start), arrays.Max(array => array.End));
        GenericStatics generics = new([.. _runtime.EnumerateModules().Select(module => module.Address)], reader, IsStored);
        byte[] block = new byte[1 << 20];
        foreach (ClrNativeHeapInfo heap in _runtime.EnumerateClrNativeHeaps().Where(heap => heap.Kind is NativeHeapKind.HighFrequencyHeap or NativeHeapKind.LowFrequencyHeap))
        {
            cancellation.ThrowIfCancellationRequested();
            for (ulong at = heap.MemoryRange.Start; at < heap.MemoryRange.End; at += (ulong)block.Length)
            {
                int length = memory.Read(at, block.AsSpan(0, (int)Math.Min((ulong)block.Length, heap.MemoryRange.End - at)));
                ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(block.AsSpan(0, length));
                for (int i = 0; i < words.Length; i++)
                {
                    // The lowest bit says that the type's initializer has not run.
                    ulong word = words[i] & ~1UL;
                    if (isBeforeDynamicStatics)
                    {
                        if (generics.Find(words, i, at + ((ulong)i * 8)) is var (table, statics) && _runtime.GetTypeByMethodTable(table) is { } found)
                        {
                            VisitAt(found, statics);
                        }

                        continue;
                    }

                    ulong methodTable = IsStored(word) ? reader.ReadPointer(at + ((ulong)i * 8) + 16) : 0;
                    if (methodTable > LowestAddress && _runtime.GetTypeByMethodTable(methodTable) is { } type)
                    {
                        Visit(type);
                    }
                }
            }
        }

        bool IsStored(ulong address) => address >= low && address < high && arrays.Any(array => address >= array.Start && address < array.End);
    }

    /// <summary>The objects that hold the slots.</summary>
    private HashSet<int> Storage(HeapGraph graph) => [.. _slots.Keys.Select(graph.FindContaining).Where(index => index >= 0)];

    /// <summary>
    /// Turns the slots into roots. Returns the objects that are storage; their other slots hold literals, type objects and statics that
    /// could not be named, which stay alive as the runtime's own.
    /// </summary>
    public IReadOnlyCollection<int> AddTo(RootSet roots, HeapGraph graph, ChildDataReader memory)
    {
        HashSet<int> storage = Storage(graph);
        foreach ((ulong address, Holder holder) in _slots)
        {
            if (graph.FindContaining(address) < 0 && graph.Find(memory.ReadPointer(address)) is >= 0 and int target)
            {
                roots.Add(holder, target);
            }
        }

        Holder rest = new(HolderKind.Runtime, "the runtime's own data (literals, type objects, unnamed statics)", null);
        foreach (int index in storage)
        {
            roots.Add(rest, index);
            ulong address = graph.AddressOf(index);
            ulong end = address + (ulong)graph.SizeOf(index);
            for (ulong slot = address + 16; slot + 8 <= end; slot += 8)
            {
                if (graph.Find(memory.ReadPointer(slot)) is >= 0 and int target)
                {
                    roots.Add(_slots.GetValueOrDefault(slot, rest), target);
                }
            }
        }

        return storage;
    }

    private void Visit(ClrType type)
    {
        if (!_visited.Add(type.MethodTable))
        {
            return;
        }

        foreach (ClrStaticField field in type.StaticFields)
        {
            if (HoldsReferences(field))
            {
                foreach (ClrAppDomain domain in _runtime.AppDomains)
                {
                    Add(field, field.GetAddress(domain), HolderKind.Static);
                }
            }
            else if (NativePointers.IsPointer(field) && !MemberNames.IsFramework(field.ContainingType) && _names.Of(field) is { } name)
            {
                foreach (ClrAppDomain domain in _runtime.AppDomains)
                {
                    if (field.GetAddress(domain) is >= LowestAddress and ulong address)
                    {
                        _pointers[address] = name;
                    }
                }
            }
        }

        foreach (ClrThreadStaticField field in type.ThreadStaticFields)
        {
            if (HoldsReferences(field))
            {
                foreach (ClrThread thread in _runtime.Threads)
                {
                    Add(field, thread.IsAlive ? field.GetAddress(thread) : 0, HolderKind.ThreadStatic);
                }
            }
        }
    }

    /// <summary>The fields of a type whose statics begin at an address that the runtime's library does not know.</summary>
    private void VisitAt(ClrType type, ulong statics)
    {
        foreach (ClrStaticField field in type.StaticFields.Where(HoldsReferences))
        {
            Add(field, statics + (ulong)field.Offset, HolderKind.Static);
        }
    }

    private void Add(ClrField field, ulong address, HolderKind kind)
    {
        if (address < LowestAddress)
        {
            return;
        }

        MemberName name = _names.Of(field)
            ?? new MemberName($"F:{field.ContainingType.Name}.{field.Name}", $"{field.ContainingType.Name}.{field.Name}");
        _slots[address] = new Holder(kind, name.Display, name.Id) { IsFramework = MemberNames.IsFramework(field.ContainingType) };
    }

    private static bool HoldsReferences(ClrField field) => field.IsObjectReference || (field.IsValueType && !field.IsPrimitive);
}
