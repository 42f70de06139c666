using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>A spawn that a method reaches, as its callers see it.</summary>
/// <param name="Spawn">The spawn and the path to it.</param>
/// <param name="Before">What the method did before it spawned.</param>
/// <param name="HeldInitials">What the method's arguments and fields held at first and the spawn still finds held.</param>
/// <param name="UsedAfter">What the method reads after it of what its arguments and fields held at first.</param>
/// <param name="WaitsAfter">Whether the method waits for a child after it.</param>
internal sealed record SummarySpawn(
    ReachedSpawn Spawn, CallEffects Before, ObjectSet HeldInitials, ObjectSet UsedAfter, bool WaitsAfter);

/// <summary>What calling a method does to its caller's memory.</summary>
internal sealed class MethodSummary(IMethodSymbol method)
{
    /// <summary>No parameters. It is never written to.</summary>
    internal static readonly HashSet<int> NoOrdinals = [];

    /// <summary>No allocations. It is never written to.</summary>
    internal static readonly HashSet<AllocationObject> NoAllocations = [];

    /// <summary>The method.</summary>
    public IMethodSymbol Method { get; } = method;

    /// <summary>What it has done when it returns; <see langword="null"/> if it never does.</summary>
    public CallEffects? Exit { get; set; }

    /// <summary>Whether it is known to end by an exception, by the end of the program, or never: what follows a call of it does not run.</summary>
    public bool NeverReturns => Exit is null && IsAnalysed && !IsIterator;

    /// <summary>Whether its body was looked at; otherwise nothing is known of it yet.</summary>
    public bool IsAnalysed { get; set; }

    /// <summary>The duplicating and the sharing spawn it reaches first, as far as there are any.</summary>
    public ImmutableArray<SummarySpawn> Spawns { get; set; } = ImmutableArray<SummarySpawn>.Empty;

    /// <summary>What it reads of what its arguments and fields held.</summary>
    public ObjectSet UsedFromEntry { get; set; }

    /// <summary>The parameters, by ordinal, whose argument it only releases, or overwrites.</summary>
    public HashSet<int> TakenOver { get; set; } = NoOrdinals;

    /// <summary>The delegates and sequences of its callers that it runs.</summary>
    public ObjectSet Invoked { get; set; }

    /// <summary>Managed allocations of its own that it let go of without giving their memory back.</summary>
    public HashSet<AllocationObject> Dropped { get; set; } = NoAllocations;

    /// <summary>The storage that it returns a reference to.</summary>
    public IReadOnlyCollection<Cell> ReturnedCells { get; set; } = [];

    /// <summary>Whether it may wait for a child.</summary>
    public bool Waits { get; set; }

    /// <summary>The processes, and the readers of their output, of its callers that it waits for.</summary>
    public ObjectSet WaitsFor { get; set; }

    /// <summary>What it passed to methods that were not followed.</summary>
    public ObjectSet Handed { get; set; }

    /// <summary>Whether it calls a method of the compilation that was not followed.</summary>
    public bool CallsUnknownSource { get; set; }

    /// <summary>Whether it, or something that it calls, was too large to follow: what it does is known in part only.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>The objects of its callers on whose types it depends what it does: it calls virtual members of them.</summary>
    public ObjectSet DependsOn { get; set; }

    /// <summary>Whether its body runs when the result is enumerated, not when it is called.</summary>
    public bool IsIterator { get; set; }

    /// <summary>The name that a path shows.</summary>
    public string DisplayName => MethodNames.Of(Method);
}
