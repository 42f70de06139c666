using System.Collections.Immutable;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>What the analysis of one body found out.</summary>
internal sealed class BodyFacts(MemoryModel model, SizeEnvironment environment, FlowGraph graph, IMethodSymbol? method)
{
    /// <summary>The objects and cells that the other members speak of.</summary>
    public MemoryModel Model { get; } = model;

    /// <summary>What is known of values in the body.</summary>
    public SizeEnvironment Environment { get; } = environment;

    /// <summary>The body.</summary>
    public FlowGraph Graph { get; } = graph;

    /// <summary>The method, lambda or local function; <see langword="null"/> for a field's initializer.</summary>
    public IMethodSymbol? Method { get; } = method;

    /// <summary>The spawns of the body, calls that reach one included, in no particular order.</summary>
    public List<SpawnEvent> Spawns { get; } = [];

    /// <summary>What holds what at the end; <see langword="null"/> if the body never ends.</summary>
    public FlowState? Exit { get; set; }

    /// <summary>The objects that may be read, counted from the beginning.</summary>
    public ObjectSet UsedFromEntry { get; set; }

    /// <summary>Whether the body may wait for a child.</summary>
    public bool Waits { get; set; }

    /// <summary>What the callers' delegates and iterators are that the body runs.</summary>
    public HashSet<InitialObject> Invoked { get; } = [];

    /// <summary>The processes, and the readers of their output, of the body's callers that the body waits for.</summary>
    public HashSet<InitialObject> WaitsFor { get; } = [];

    /// <summary>The storage that the body returns a reference to.</summary>
    public HashSet<Cell> ReturnedCells { get; } = [];

    /// <summary>What went into a method of the compilation, which one body alone cannot judge.</summary>
    public HashSet<MemoryObject> Handed { get; } = [];

    /// <summary>What hangs on objects that went into a library, which may keep them.</summary>
    public HashSet<AllocationObject> Registered { get; } = [];

    /// <summary>Whether the body calls any method of the compilation that was not followed.</summary>
    public bool CallsUnknownSource { get; set; }

    /// <summary>The objects of the body's callers that it calls virtual members of.</summary>
    public HashSet<InitialObject> DependsOn { get; } = [];

    /// <summary>Whether the body calls something that was too large to follow, so that nothing can be said of what it holds.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>The allocations that were stored in a field or automatic property, or hung on the object there, by field.</summary>
    public Dictionary<ISymbol, Dictionary<AllocationObject, FieldPlace>> Stores { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>How many allocations the body has, those outside of this run's window included.</summary>
    public int AllocationCount { get; set; }

    /// <summary>Whether this run followed the first allocations of the body, and those its callees bring.</summary>
    public bool IsFirstWindow { get; set; }

    /// <summary>Whether an allocation went into a field that counts, of an object that the body did not make itself.</summary>
    public bool IsStoredInAny(AllocationObject allocation, Func<ISymbol, bool> counts) =>
        Stores.Any(store => store.Value.TryGetValue(allocation, out var place) && place.IsLasting && counts(store.Key));

    /// <summary>Whether an allocation hangs on an object that is still there when the body has ended, as far as the body tells.</summary>
    public bool Outlives(AllocationObject allocation) => Registered.Contains(allocation) || Handed.Contains(allocation) || Outside.Contains(allocation);

    /// <summary>What callers, fields and the receiver of the result can reach at the end.</summary>
    public HashSet<MemoryObject> Outside => _outside ??= FindOutside();

    private HashSet<MemoryObject> FindOutside()
    {
        if (Exit is not { } exit)
        {
            return [];
        }

        var outside = new HashSet<MemoryObject>(exit.Closure(exit.Read(Model.Result)).Items);
        foreach (var stored in exit.Cells)
        {
            if (stored.Cell.IsExternal && !(stored.Cell is VariableCell { Symbol: IParameterSymbol { RefKind: RefKind.None } }))
            {
                outside.UnionWith(exit.Closure(stored.Value).Items);
            }
        }

        return outside;
    }

    private HashSet<MemoryObject>? _outside;

    /// <summary>Remembers what went into a field, and into every field that leads to it.</summary>
    /// <param name="cell">Where it is stored.</param>
    /// <param name="value">What is stored.</param>
    /// <param name="all">And what hangs on it.</param>
    public void RecordStore(Cell cell, ObjectSet value, ObjectSet all)
    {
        var place = FieldPlace.Itself with { IsLasting = cell.IsExternal };
        if (cell is ComponentCell or HeapCell { Member: ElementKey })
        {
            place = place with { IsDirect = false };
        }

        foreach (var field in Holders.FieldsOf(cell))
        {
            foreach (var item in all)
            {
                if (item is AllocationObject allocation)
                {
                    var stored = Stores.GetOrAdd(field);
                    var here = value.Contains(allocation) ? place : place with { IsDirect = false };
                    stored[allocation] = stored.TryGetValue(allocation, out var known) && (known.IsDirect || known.IsLasting) ? known : here;
                }
            }

            place = place with { Through = place.Through.Insert(0, field), IsDirect = false };
        }
    }
}

/// <summary>Where an allocation is, seen from a field.</summary>
/// <param name="Through">The fields between the field and the allocation, the outermost first.</param>
/// <param name="IsDirect">Whether the field itself refers to it.</param>
internal sealed record FieldPlace(ImmutableArray<ISymbol> Through, bool IsDirect)
{
    /// <summary>Whether the object whose field it is was there before the body ran, or the field is static.</summary>
    public bool IsLasting { get; init; }

    /// <summary>The field refers to it.</summary>
    public static FieldPlace Itself { get; } = new(ImmutableArray<ISymbol>.Empty, IsDirect: true);
}
