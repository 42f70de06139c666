using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>The state of an analysis: what may hold what at the point that is looked at, what became of it, and, in the last walk, what is written down.</summary>
internal sealed class BodyState
{
    private const int FewCells = 8;
    private readonly List<KnownType>? _types;

    /// <summary>Before a body is walked.</summary>
    /// <param name="graph">Its control flow graph.</param>
    /// <param name="method">The method, lambda or local function; <see langword="null"/> for a field's initializer.</param>
    /// <param name="catalogs">What operations mean.</param>
    /// <param name="window">Which allocations to follow: the first, second … <see cref="BodyInterpreter.WindowSize"/> of the body.</param>
    /// <param name="types">What is known of the types of objects that the method is given, beyond their declarations.</param>
    public BodyState(FlowGraph graph, IMethodSymbol? method, FlowCatalogs catalogs, int window, List<KnownType>? types = null)
    {
        (Graph, Method, Catalogs, Window, _types) = (graph, method, catalogs, window, types);
        Model = new MemoryModel(IsExternal) { WorkLimit = WorkLimitException.Body };
        Sizes = SizeEnvironment.ForGraph(graph.Graph);
        State = new FlowState(Model);
    }

    /// <summary>The body.</summary>
    public FlowGraph Graph { get; }

    /// <summary>The method, lambda or local function; <see langword="null"/> for a field's initializer.</summary>
    public IMethodSymbol? Method { get; }

    /// <summary>What is known of the type of an object that the method was given, beyond its declaration.</summary>
    public ReceiverTypes TypesOf(InitialObject item) => _types?.Find(known => known.Cell.IsSameAs(item.Cell))?.Types ?? default;

    /// <summary>What operations mean.</summary>
    public FlowCatalogs Catalogs { get; }

    /// <summary>Which allocations this run follows.</summary>
    public int Window { get; }

    /// <summary>The cells and objects that are told apart.</summary>
    public MemoryModel Model { get; }

    /// <summary>What is known of sizes.</summary>
    public SizeEnvironment Sizes { get; }

    /// <summary>What may hold what here, and what became of it.</summary>
    public FlowState State { get; set; }

    /// <summary>Counts the changes of <see cref="State"/>.</summary>
    public int Version { get; set; }

    /// <summary>Whether nothing that follows in this node runs.</summary>
    public bool IsEnded { get; set; }

    /// <summary>What the condition of the node asked about.</summary>
    public ObjectSet Tested { get; set; }

    /// <summary>Which storage a ref local, or a temporary that stands for storage, refers to, on any path.</summary>
    public Dictionary<object, HashSet<Cell>>? References { get; private set; }

    /// <summary>What happens in the node, in the last walk; <see langword="null"/> before.</summary>
    public List<FlowEvent>? Events { get; set; }

    /// <summary>What the analysis found, in the last walk; <see langword="null"/> before.</summary>
    public BodyFacts? Facts { get; set; }

    /// <summary>Takes what is known here to the handlers of an exception.</summary>
    public Action SeedHandlers { get; set; } = static () => { };

    /// <summary>What a lazy value keeps once it was read.</summary>
    public Func<ContainerObject, ObjectSet>? ValueOf { get; set; }

    private bool IsExternal(ISymbol symbol) => symbol switch
    {
        ILocalSymbol or IParameterSymbol => symbol is IParameterSymbol || !SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, Method),
        _ => true,
    };

    /// <summary>From here on, something outside of the body may run these delegates at any time.</summary>
    public void LetRun(ObjectSet values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var delegates = State.Closure(values).Where(item => item is DelegateObject { IsIterator: false });
        var running = State.Running.Union(delegates);
        if (!running.Equals(State.Running))
        {
            State.Running = running;
            Version++;
        }
    }

    /// <summary>A ref local, or a temporary, may refer to this storage.</summary>
    public void AddReference(object name, Cell[] cells)
    {
        References ??= new(new ReferenceKeys());
        References.GetOrAdd(name).UnionWith(cells);
    }

    /// <summary>A struct that a constructor made is not an object that storage refers to: its fields are the storage's own.</summary>
    public void Spread(Cell[] cells, ObjectSet stored, ITypeSymbol? type)
    {
        if (type is not { IsValueType: true, SpecialType: SpecialType.None } || cells is not [var place])
        {
            return;
        }

        var made = stored.Where(static item => item is ContainerObject { Type: { IsValueType: true } type } and not DelegateObject && IsSource(type) && item.Members.TrueForAll(static member => member.Field is not null));
        if (made.IsEmpty)
        {
            return;
        }

        Write(place, stored.Where(item => !made.Contains(item)));
        foreach (var item in made)
        {
            foreach (var member in item.Members)
            {
                if (State.Knows(member))
                {
                    var part = Model.Component(place, member.Field!);
                    Write(part, State.Read(part).Union(State.Read(member)));
                }
            }
        }
    }

    /// <summary>A field of the structs in some storage.</summary>
    public Cell[] ComponentsOf(Cell[] parents, ISymbol member) =>
        parents.Length == 1 ? Model.Component(parents[0], member).Alone : Array.ConvertAll(parents, parent => (Cell)Model.Component(parent, member));

    /// <summary>A member, or an element, of some objects.</summary>
    public Cell[] MembersOf(ObjectSet owners, object member) => owners.Count > 1 ? [.. owners.Items.Select(owner => MemberOf(owner, member))]
        : owners.Single is { } only ? MemberOf(only, member).Alone
        : Cell.None;

    private Cell MemberOf(MemoryObject owner, object member) =>
        owner is ReferenceObject reference && member is ReferenceObject.Referent ? reference.Target : Model.Heap(owner, member);

    /// <summary>What fields that are references refer to; of a struct that came into the body, each field by itself.</summary>
    public ObjectSet ReferencesIn(Cell[] fields)
    {
        var references = ObjectSet.Empty;
        foreach (var field in fields)
        {
            var value = State.Read(field);
            references = references.Union(field is ComponentCell { IsExternal: true, Parent.Initial: { } whole } && value.Contains(whole)
                ? value.Where(item => item != whole).Union(ObjectSet.Of(Model.Initial(field)))
                : value);
        }

        return references;
    }

    /// <summary>References to some storage.</summary>
    public ObjectSet ReferencesTo(Cell[] cells) => cells.Aggregate(ObjectSet.Empty, (all, cell) => all.Union(ObjectSet.Of(Model.Reference(cell))));

    /// <summary>What is stored there now.</summary>
    public ObjectSet Read(Cell[] cells) => Read(cells, State);

    /// <summary>What is stored there. An element that cannot be told from others may be any of them.</summary>
    public static ObjectSet Read(Cell[] cells, FlowState state)
    {
        if (cells.Length <= FewCells)
        {
            var all = ObjectSet.Empty;
            foreach (var cell in cells)
            {
                all = all.Union(Read(cell, state));
            }

            return all;
        }

        // One by one, the union of many sets takes the square of their number.
        var values = new HashSet<MemoryObject>();
        foreach (var cell in cells)
        {
            var value = Read(cell, state);
            state.Spend(1 + value.Count);
            values.UnionWith(value.Items);
        }

        return ObjectSet.Of(values);
    }

    /// <summary>What is stored there. An element that cannot be told from others may be any of them.</summary>
    public static ObjectSet Read(Cell cell, FlowState state)
    {
        var value = state.Read(cell);
        if (cell is HeapCell { Member: ElementKey { Index: var index }, Owner: var owner })
        {
            foreach (var other in owner.Members)
            {
                if (other.Member is ElementKey key && (index is null || key.Index is null) && state.Knows(other))
                {
                    value = value.Union(state.Read(other));
                }
            }
        }

        return value;
    }

    /// <summary>The elements of some collections.</summary>
    public ObjectSet ReadElements(ObjectSet collections) => Read(MembersOf(collections, ElementKey.Unknown));

    /// <summary>Stores a value: instead of the old one where the storage is certain, beside it otherwise.</summary>
    public void Store(Cell[] cells, ObjectSet value)
    {
        foreach (var cell in cells)
        {
            var isCertain = cells.Length == 1 && cell is not HeapCell { Member: ElementKey { Index: null } };
            if (!isCertain && value.IsEmpty)
            {
                continue;
            }

            Write(cell, isCertain ? value : State.Read(cell).Union(value));
        }
    }

    /// <summary>Copies a struct, field by field where fields are known.</summary>
    public void CopyStruct(Cell from, Cell to)
    {
        var parts = from.Components.Select(part => (part.Member, Value: State.Read(part))).ToList();
        Write(to, State.ReadWhole(from));
        foreach (var (member, part) in parts)
        {
            Write(Model.Component(to, member), part);
        }
    }

    /// <summary>An object has, besides its own, what the members of others hold.</summary>
    public void CopyMembers(ObjectSet originals, MemoryObject copy)
    {
        foreach (var item in originals.Items.Where(item => item != copy))
        {
            foreach (var member in item.Members.ToList())
            {
                var mine = Model.Heap(copy, member.Member);
                Write(mine, State.Read(mine).Union(State.Read(member)));
            }
        }
    }

    /// <summary>The objects that some storage is part of.</summary>
    public static ObjectSet OwnersOf(Cell[] cells)
    {
        var owners = ObjectSet.Empty;
        foreach (var cell in cells)
        {
            owners = cell is HeapCell heap ? owners.Union(ObjectSet.Of(heap.Owner)) : owners;
        }

        return owners;
    }

    private sealed class ReferenceKeys : IEqualityComparer<object>
    {
        bool IEqualityComparer<object>.Equals(object x, object y) => x is ISymbol symbol
            ? SymbolEqualityComparer.Default.Equals(symbol, y as ISymbol)
            : x is CaptureId id && y is CaptureId other && id.Equals(other);

        int IEqualityComparer<object>.GetHashCode(object key) =>
            key is ISymbol symbol ? SymbolEqualityComparer.Default.GetHashCode(symbol) : key.GetHashCode();
    }

    /// <summary>The objects themselves are read.</summary>
    public void Use(ObjectSet objects) => Record(FlowEventKind.Use, objects);

    /// <summary>Writes down what happens, in the last walk.</summary>
    public void Record(FlowEventKind kind, ObjectSet objects)
    {
        if (Events is not null && !objects.IsEmpty)
        {
            Events.Add(new FlowEvent(kind, objects));
        }
    }

    /// <summary>Stores a value instead of the old one.</summary>
    public void Write(Cell cell, ObjectSet value)
    {
        if (cell.IsExternal && !State.Knows(cell))
        {
            // What it held at first is released here, although it was not read: a collection may give it back.
            Model.Initial(cell);
        }

        if (State.Write(cell, value))
        {
            Version++;
        }

        if (Facts is null || value.IsEmpty || cell is CaptureCell or ResultCell)
        {
            return;
        }

        // Only allocations are recorded, and what hangs off an object can be thousands of others.
        if (Model.Allocations.Count > 0)
        {
            Facts.RecordStore(cell, value, State.Closure(value));
        }

        foreach (var item in value)
        {
            if (item is ContainerObject { Type: { } type } lazy && LibraryModel.IsLazy(type))
            {
                Facts.RecordStore(cell, default, ValueOf!(lazy));
            }
        }
    }

    /// <summary>Says what became of an object.</summary>
    public void SetFate(MemoryObject item, Fates fate)
    {
        if (State.SetFate(item, fate))
        {
            Version++;
        }
    }
}
