using System.Collections.Immutable;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>What happens to memory in a body, in the order of a node.</summary>
internal enum FlowEventKind
{
    /// <summary>Objects are read.</summary>
    Use,

    /// <summary>An object is made anew; uses of its predecessor from the same place end here.</summary>
    Birth,

    /// <summary>A process is created.</summary>
    Spawn,

    /// <summary>The method waits for a child.</summary>
    Wait,
}

/// <summary>One thing that happens.</summary>
/// <param name="Kind">What.</param>
/// <param name="Objects">To which objects.</param>
/// <param name="Spawn">The spawn, for <see cref="FlowEventKind.Spawn"/>.</param>
internal sealed record FlowEvent(FlowEventKind Kind, ObjectSet Objects, SpawnEvent? Spawn = null);

/// <summary>A spawn that a call reaches.</summary>
/// <param name="Site">The spawn itself.</param>
/// <param name="Path">The methods on the way to it from the body, the spawn's own name last.</param>
internal sealed record ReachedSpawn(SpawnSite Site, ImmutableArray<string> Path)
{
    /// <summary>The types whose implementations of abstract and virtual members lead to it.</summary>
    public ImmutableArray<Dispatch> Dispatches { get; init; } = ImmutableArray<Dispatch>.Empty;

    /// <summary>The methods of the compilation on the way.</summary>
    public ImmutableArray<IMethodSymbol> Callees { get; init; } = ImmutableArray<IMethodSymbol>.Empty;
}

/// <summary>What a call adds to a spawn inside of it.</summary>
/// <param name="Held">What is held there besides.</param>
/// <param name="UsedAfter">What is used after the spawn, before the call returns.</param>
/// <param name="WaitsAfter">Whether the call waits for the child.</param>
internal readonly record struct SpawnFrame(ObjectSet Held, ObjectSet UsedAfter, bool WaitsAfter);

/// <summary>A spawn as one body sees it: at a call of its own, with what is held there.</summary>
internal sealed class SpawnEvent(IOperation call, ReachedSpawn spawn, FlowState state)
{
    /// <summary>The call in the body: the spawn, or a call that reaches it.</summary>
    public IOperation Call { get; } = call;

    /// <summary>The spawn.</summary>
    public ReachedSpawn Spawn { get; } = spawn;

    /// <summary>What this body's callers can see of the state in which the spawn happens.</summary>
    public FlowState State { get; } = state;

    /// <summary>Allocations that are charged and held (native ones: not freed), with the storage that holds each.</summary>
    public Dictionary<AllocationObject, Cell?> Held { get; } = [];

    /// <summary>Managed allocations that nothing holds any more, though nothing gave their memory back.</summary>
    public HashSet<AllocationObject> Dropped { get; } = [];

    /// <summary>Allocations that were returned to a pool.</summary>
    public HashSet<AllocationObject> Pooled { get; } = [];

    /// <summary>Leaves out what the call of the spawn itself needs.</summary>
    public void Leave(ObjectSet needed)
    {
        foreach (var allocation in needed.Items.OfType<AllocationObject>())
        {
            Held.Remove(allocation);
        }
    }

    /// <summary>What the body's arguments and fields held at first and the spawn still finds held.</summary>
    public HashSet<InitialObject> HeldInitials { get; } = [];

    /// <summary>Fields that this body, or what it calls, emptied and gave back before.</summary>
    public HashSet<ISymbol> ReleasedFields { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Fields whose object is still there, but of what hung on it this body, or what it calls, gave something back before.</summary>
    public HashSet<ISymbol> EmptiedFields { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Objects that are read after the spawn on some path.</summary>
    public HashSet<MemoryObject> UsedAfter { get; } = [];

    /// <summary>Whether the method waits for a child after the spawn on some path.</summary>
    public bool WaitsAfter { get; set; }

    /// <summary>Objects that are still held where the method waits for a child after the spawn.</summary>
    public HashSet<MemoryObject> HeldWhileWaiting { get; } = [];
}
