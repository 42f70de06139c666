using System.Runtime.CompilerServices;
using ForkLint.Heap.Child;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Graph;

/// <summary>A type of the heap, by its place in the table.</summary>
internal sealed record HeapType(int Index, ulong MethodTable, GcLayout Layout, ClrType Runtime, bool IsFree, ulong LoaderAllocator);

/// <summary>
/// Finds the type of an object by its method table. Looking one up takes no lock; a new one is confirmed by the runtime's own data-access library,
/// once, under a lock, since that library serves one caller at a time.
/// </summary>
internal sealed class TypeTable(ClrHeap heap, ChildDataReader memory)
{
    /// <summary>The index of what is not a type.</summary>
    public const int None = -1;

    /// <summary>User space has 47 bits of address on x86-64, and 48 on arm64 with pages of 4 KiB.</summary>
    private const ulong MostAddress = 0x0000_FFFF_FFFF_FFFF;

    private readonly List<HeapType> _types = [];
    private Slots _slots = new(4096);

    /// <summary>All types seen so far; stable once the objects have been walked.</summary>
    public IReadOnlyList<HeapType> Types => _types;

    /// <summary>What walkers need of the types, by index.</summary>
    public TypeShape[] Shapes { get; private set; } = new TypeShape[1024];

    /// <summary>The lock for calls of the runtime's data-access library while objects are walked.</summary>
    public object LibraryLock { get; } = new();

    /// <summary>The index of the collector's free objects, once one was seen.</summary>
    public int FreeIndex { get; private set; } = None;

    /// <summary>The type at a method table, or <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong methodTable)
    {
        Slots slots = Volatile.Read(ref _slots);
        ulong mask = (ulong)slots.Keys.Length - 1;
        for (ulong at = Hash(methodTable) & mask; ; at = (at + 1) & mask)
        {
            ulong key = Volatile.Read(ref slots.Keys[at]);
            if (key == methodTable)
            {
                return slots.Values[at];
            }

            if (key == 0)
            {
                return Add(methodTable);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(ulong methodTable) => (methodTable * 0x9E3779B97F4A7C15UL) >> 20;

    private int Add(ulong methodTable)
    {
        if (methodTable is < 0x10000 or > MostAddress || (methodTable & 7) != 0)
        {
            return None;
        }

        lock (LibraryLock)
        {
            if (_slots.TryGet(methodTable, out int known))
            {
                return known;
            }

            int index = Resolve(methodTable);
            if (_slots.Count * 2 >= _slots.Keys.Length)
            {
                Volatile.Write(ref _slots, _slots.Grown());
            }

            _slots.Put(methodTable, index);
            return index;
        }
    }

    private int Resolve(ulong methodTable)
    {
        ClrType? runtime;
        try
        {
            runtime = heap.GetTypeByMethodTable(methodTable);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // What the library makes of a torn pointer is its own affair; here it is no type.
            return None;
        }

        if (runtime is null || GcLayout.Read(memory, methodTable) is not { } layout)
        {
            return None;
        }

        if (layout.ElementBytes != (uint)runtime.ComponentSize || layout.HasReferences != runtime.ContainsPointers)
        {
            throw new HeapReadException($"The layout of {runtime.Name} reads differently from what the runtime says: this runtime's method tables are not known.");
        }

        int index = _types.Count;
        ulong allocator = layout.IsCollectible && runtime.LoaderAllocatorHandle != 0 ? memory.ReadPointer(runtime.LoaderAllocatorHandle) : 0;
        HeapType type = new(index, methodTable, layout, runtime, runtime.IsFree, allocator);
        _types.Add(type);
        TypeShape[] shapes = Shapes;
        if (index == shapes.Length)
        {
            Array.Resize(ref shapes, index * 2);
        }

        shapes[index] = new TypeShape(type, layout.BaseBytes, layout.ElementBytes, ReferencePattern.Of(layout));
        FreeIndex = runtime.IsFree ? index : FreeIndex;
        Shapes = shapes;
        return index;
    }

    private sealed class Slots(int size)
    {
        public readonly ulong[] Keys = new ulong[size];
        public readonly int[] Values = new int[size];

        public int Count { get; private set; }

        public bool TryGet(ulong key, out int value)
        {
            ulong mask = (ulong)Keys.Length - 1;
            for (ulong at = Hash(key) & mask; Keys[at] != 0; at = (at + 1) & mask)
            {
                if (Keys[at] == key)
                {
                    value = Values[at];
                    return true;
                }
            }

            value = None;
            return false;
        }

        /// <summary>The value first, the key after: a reader that sees the key sees the value.</summary>
        public void Put(ulong key, int value)
        {
            ulong mask = (ulong)Keys.Length - 1;
            ulong at = Hash(key) & mask;
            while (Keys[at] != 0)
            {
                at = (at + 1) & mask;
            }

            Values[at] = value;
            Volatile.Write(ref Keys[at], key);
            Count++;
        }

        public Slots Grown()
        {
            Slots grown = new(Keys.Length * 2);
            for (int i = 0; i < Keys.Length; i++)
            {
                if (Keys[i] != 0)
                {
                    grown.Put(Keys[i], Values[i]);
                }
            }

            return grown;
        }
    }
}
