using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>A spawn that a method reaches, as its callers see it.</summary>
/// <param name="Spawn">The spawn and the path to it.</param>
/// <param name="State">What the method did before it spawned.</param>
/// <param name="HeldInitials">What the method's arguments and fields held at first and the spawn still finds held.</param>
/// <param name="UsedAfter">What the method reads after it.</param>
/// <param name="WaitsAfter">Whether the method waits for a child after it.</param>
internal sealed record SummarySpawn(
    ReachedSpawn Spawn, FlowState State, HashSet<InitialObject> HeldInitials, HashSet<MemoryObject> UsedAfter, bool WaitsAfter);

/// <summary>What calling a method does to its caller's memory.</summary>
internal sealed class MethodSummary(IMethodSymbol method, MemoryModel model, SizeEnvironment environment)
{
    /// <summary>The method.</summary>
    public IMethodSymbol Method { get; } = method;

    /// <summary>The cells and objects that the other members speak of.</summary>
    public MemoryModel Model { get; } = model;

    /// <summary>What is known of values in the method.</summary>
    public SizeEnvironment Environment { get; } = environment;

    /// <summary>What holds what when it returns; <see langword="null"/> if it never does.</summary>
    public FlowState? Exit { get; set; }

    /// <summary>The duplicating and the sharing spawn it reaches first, as far as there are any.</summary>
    public ImmutableArray<SummarySpawn> Spawns { get; set; } = ImmutableArray<SummarySpawn>.Empty;

    /// <summary>What it reads of what its arguments and fields held.</summary>
    public HashSet<MemoryObject> UsedFromEntry { get; set; } = [];

    /// <summary>The delegates and sequences of its callers that it runs.</summary>
    public HashSet<InitialObject> Invoked { get; set; } = [];

    /// <summary>Managed allocations of its own that it let go of without giving their memory back.</summary>
    public HashSet<AllocationObject> Dropped { get; set; } = [];

    /// <summary>Whether it may wait for a child.</summary>
    public bool Waits { get; set; }

    /// <summary>What it passed to methods that nobody followed.</summary>
    public HashSet<MemoryObject> Handed { get; set; } = [];

    /// <summary>Whether it calls a method of the compilation that nobody followed.</summary>
    public bool CallsUnknownSource { get; set; }

    /// <summary>The allocations that it stores in fields.</summary>
    public Dictionary<ISymbol, HashSet<AllocationObject>> Stores { get; set; } = new(SymbolEqualityComparer.Default);

    /// <summary>Whether its body runs when the result is enumerated, not when it is called.</summary>
    public bool IsIterator { get; set; }

    /// <summary>The first spawn of a kind.</summary>
    public SummarySpawn? SpawnOf(SpawnKind kind) => Spawns.FirstOrDefault(spawn => spawn.Spawn.Site.Kind == kind);

    /// <summary>The name that a path shows.</summary>
    public string DisplayName => MethodNames.Of(Method);
}
