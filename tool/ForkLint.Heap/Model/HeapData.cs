using ForkLint.Heap.Child;
using ForkLint.Heap.Graph;
using ForkLint.Heap.Native;
using ForkLint.Heap.Roots;

namespace ForkLint.Heap;

/// <summary>A field of a type whose instances hold references: its place in an instance, in words of 8 bytes, and its name.</summary>
internal readonly record struct ReferenceField(int FirstSlot, int LastSlot, Naming.MemberName Name);

/// <summary>What is known of a type after the copy has ended.</summary>
internal sealed record TypeFacts(string Name, string? Module, bool IsFramework, bool IsArray, bool IsValueType, IReadOnlyList<ReferenceField> Fields);

/// <summary>Everything that was read from a copy: nothing in here needs it any more.</summary>
internal sealed class HeapData
{
    public required HeapGraph Graph { get; init; }

    public required IReadOnlyList<TypeFacts> Types { get; init; }

    /// <summary>Statics, handles, the finalizer queue.</summary>
    public required RootSet Roots { get; init; }

    /// <summary>What the stacks may hold.</summary>
    public required RootSet Stacks { get; init; }

    /// <summary>Objects that pinned handles keep in place.</summary>
    public required IReadOnlySet<int> Pinned { get; init; }

    /// <summary>Objects that will be finalized before their memory goes.</summary>
    public required IReadOnlySet<int> Finalizable { get; init; }

    /// <summary>Which pages of the heap the copy maps; null where that may not be read.</summary>
    public required HeapPages? Pages { get; init; }

    /// <summary>Whose the process's memory is; null where its mappings may not be read.</summary>
    public required NativeLayout? Layout { get; init; }

    /// <summary>How many heaps the collector has.</summary>
    public required int HeapCount { get; init; }

    /// <summary>Whether everything that may hold an object was looked at: the stacks of all threads, in a process that stands still.</summary>
    public required bool AllRootsAreKnown { get; init; }

    /// <summary>Addresses in it, found in managed memory.</summary>
    public required IReadOnlyList<NativePointer> NativePointers { get; init; }

    public required bool IsServerGC { get; init; }

    /// <summary>The first number of the runtime's version; null where its library does not tell.</summary>
    public required int? RuntimeMajor { get; init; }

    public required int UnreadableObjects { get; init; }
}
