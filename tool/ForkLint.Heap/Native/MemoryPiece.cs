using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>The owner of a piece of memory.</summary>
internal enum PieceOwner
{
    /// <summary>No known owner: an anonymous mapping.</summary>
    Anonymous,

    /// <summary>The collector's heap, or what looks like one where the runtime could not be asked.</summary>
    GcHeap,

    /// <summary>The collector's card tables and mark bits.</summary>
    GcBookkeeping,

    /// <summary>Objects that the collector never frees.</summary>
    GcFrozen,

    /// <summary>A thread's stack.</summary>
    Stack,

    /// <summary>One of malloc's heaps.</summary>
    MallocHeap,

    /// <summary>A block that malloc mapped by itself.</summary>
    MallocBlock,

    /// <summary>Static variables of a program or library that start as zero (<see cref="ProgramData"/>).</summary>
    ZeroData,

    /// <summary>What brk grew, and does not read like a heap of glibc's.</summary>
    Break,

    /// <summary>Anonymous memory with a name (prctl PR_SET_VMA_ANON_NAME).</summary>
    Named,

    /// <summary>A file's.</summary>
    File,

    /// <summary>The initial thread's stack and what else the kernel names.</summary>
    Kernel,
}

/// <summary>A mapping, or the part of one that has one owner: the kernel makes one mapping of anonymous neighbours with the same flags.</summary>
/// <param name="Mapping">The range, with what is resident in it.</param>
/// <param name="Owner">Whose it is.</param>
internal sealed record MemoryPiece(Mapping Mapping, PieceOwner Owner)
{
    /// <summary>What a fork is charged for it.</summary>
    public long ChargeBytes => Mapping.IsCharged ? Mapping.SizeBytes : 0;

    /// <summary>What a child has resident of it: pages that a fork copies the entries of.</summary>
    public long CopiedBytes => (Mapping.Flags & (VmFlags.DontCopy | VmFlags.WipeOnFork)) == 0 ? Mapping.AnonymousBytes : 0;
}
