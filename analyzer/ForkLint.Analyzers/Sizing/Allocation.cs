using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Where the memory of an allocation comes from, which decides what gives it back.</summary>
internal enum AllocationKind
{
    /// <summary>An array on the managed heap.</summary>
    ManagedArray,

    /// <summary>A string.</summary>
    ManagedString,

    /// <summary>A collection, builder or stream with an array of its own.</summary>
    Collection,

    /// <summary>A block of the C heap, which must be freed.</summary>
    Native,

    /// <summary>A private mapping, which must be unmapped.</summary>
    Mapped,

    /// <summary>Rented from a pool, which keeps it when it is returned.</summary>
    Pooled,

    /// <summary>What a read returns that takes as much as there is.</summary>
    UnboundedRead,

    /// <summary>A member that an additional file names.</summary>
    UserDefined,
}

/// <summary>An expression whose result owns memory.</summary>
/// <param name="Operation">The creation or call.</param>
/// <param name="Kind">Where the memory comes from.</param>
/// <param name="Size">How much it is.</param>
/// <param name="DisplayName">The allocation as a message names it: <c>byte[]</c>, <c>NativeMemory.Alloc</c>.</param>
internal sealed record Allocation(IOperation Operation, AllocationKind Kind, AllocationSize Size, string DisplayName)
{
    /// <summary>
    /// What receives the memory, where it is not the value of <see cref="Operation"/> but an <c>out</c> or <c>ref</c>
    /// argument of it (<c>Array.Resize</c>, <c>posix_memalign</c>).
    /// </summary>
    public IOperation? Receiver { get; init; }

    /// <summary>The block that is given back in exchange (<c>Realloc</c>, <c>Array.Resize</c>).</summary>
    public IOperation? Replaces { get; init; }
}
