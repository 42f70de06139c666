using ForkLint.Heap.Child;
using ForkLint.Heap.Roots;

namespace ForkLint.Heap.Native;

/// <summary>What the runtime of a process says of its own memory.</summary>
/// <param name="Stacks">The stacks that it knows; empty where it could not be asked.</param>
/// <param name="Ranges">The collector's memory; null where it could not be asked.</param>
internal sealed record RuntimeMemory(IReadOnlyList<ThreadStack> Stacks, CollectorRanges? Ranges)
{
    /// <summary>There is a runtime, but it could not be asked: what looks like the collector's reserve is taken for it.</summary>
    public static readonly RuntimeMemory Unasked = new([], null);

    /// <summary>The process is not a .NET application.</summary>
    public static readonly RuntimeMemory None = new([], null) { MayHaveReserve = false };

    /// <summary>Whether what looks like the collector's reserve is taken for it, where the runtime does not say where its memory lies.</summary>
    public bool MayHaveReserve { get; private init; } = true;
}
