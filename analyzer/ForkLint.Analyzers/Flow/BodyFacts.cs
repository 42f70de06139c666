using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>What the analysis of one body found out.</summary>
internal sealed class BodyFacts(MemoryModel model, SizeEnvironment environment, FlowGraph graph)
{
    /// <summary>The objects and cells that the other members speak of.</summary>
    public MemoryModel Model { get; } = model;

    /// <summary>What is known of values in the body.</summary>
    public SizeEnvironment Environment { get; } = environment;

    /// <summary>The body.</summary>
    public FlowGraph Graph { get; } = graph;

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

    /// <summary>What went into a method of the compilation, which one body alone cannot judge.</summary>
    public HashSet<MemoryObject> Handed { get; } = [];

    /// <summary>Whether the body calls any method of the compilation that was not followed.</summary>
    public bool CallsUnknownSource { get; set; }

    /// <summary>Whether the body calls something that was too large to follow, so that nothing can be said of what it holds.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>The allocations that were stored in a field or automatic property, by field.</summary>
    public Dictionary<ISymbol, HashSet<AllocationObject>> Stores { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>How many allocations the body has, those outside of this run's window included.</summary>
    public int AllocationCount { get; set; }

    /// <summary>Whether this run followed the first allocations of the body, and those its callees bring.</summary>
    public bool IsFirstWindow { get; set; }

    /// <summary>Remembers what went into a field.</summary>
    public void RecordStore(Cell cell, ObjectSet values)
    {
        var member = cell switch
        {
            VariableCell { Symbol: IFieldSymbol or IPropertySymbol } variable => variable.Symbol,
            HeapCell { Field: { } field } => field,
            ComponentCell component => OuterField(component),
            HeapCell { Member: ElementKey, Owner: InitialObject { Cell: var collection } } => Holders.FieldOf(collection),
            _ => null,
        };

        if (member is null)
        {
            return;
        }

        foreach (var value in values)
        {
            if (value is AllocationObject allocation)
            {
                if (!Stores.TryGetValue(member, out var stored))
                {
                    Stores.Add(member, stored = []);
                }

                stored.Add(allocation);
            }
        }
    }

    private static ISymbol? OuterField(ComponentCell component) => component.Parent switch
    {
        VariableCell { Symbol: IFieldSymbol or IPropertySymbol } variable => variable.Symbol,
        HeapCell { Field: { } field } => field,
        ComponentCell parent => OuterField(parent),
        _ => null,
    };
}
