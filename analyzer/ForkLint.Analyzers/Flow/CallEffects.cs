using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>
/// What a method has done to memory that its callers can see, up to its end or up to a spawn. It is small whatever the
/// method's length: what it did to its own locals is left out, and of a large structure the parts that hold nothing.
/// </summary>
internal sealed class CallEffects
{
    // A caller pays for each of these at each call. Methods that do more are rare: the parts that matter least are left out.
    private const int MaxWrites = 96;
    private const int MaxObjects = 24;
    private const int MaxAllocations = 64;

    private CallEffects()
    {
    }

    private CallEffects(FlowState state, ObjectSet result)
    {
        Collected = state.Collected;
        Running = Few(state.Running);
        Result = Few(result);
    }

    /// <summary>Nothing was done.</summary>
    public static CallEffects None { get; } = new();

    /// <summary>Whether an aggressive collection ran on every path.</summary>
    public bool Collected { get; }

    /// <summary>Delegates that something outside of the method may run from now on.</summary>
    public ObjectSet Running { get; }

    /// <summary>What is returned.</summary>
    public ObjectSet Result { get; }

    /// <summary>What is stored where the caller can see it.</summary>
    public List<(Cell Cell, ObjectSet Value)> Writes { get; private set; } = [];

    /// <summary>The allocations that are handed out, and what became of them.</summary>
    public List<(AllocationObject Allocation, Fates Fate)> Made { get; } = [];

    /// <summary>What became of objects that were there before.</summary>
    public List<(InitialObject Object, Fates Fate)> Ended { get; } = [];

    /// <summary>Whether a caller's memory is as it was before.</summary>
    public bool IsNothing => Writes.Count == 0 && Made.Count == 0 && Ended.Count == 0 && Running.IsEmpty && !Collected;

    /// <summary>What <paramref name="state"/> means to a caller of <paramref name="method"/>.</summary>
    public static CallEffects Of(FlowState state, MemoryModel model, IMethodSymbol method)
    {
        var effects = new CallEffects(state, state.Read(model.Result));
        var roots = new HashSet<MemoryObject>(effects.Result.Items);
        roots.UnionWith(effects.Running.Items);
        foreach (var cell in state.Cells)
        {
            if (IsShared(cell.Key, method))
            {
                roots.UnionWith(cell.Value.Items);
            }
        }

        var exported = new HashSet<MemoryObject>(state.Closure(ObjectSet.Of(roots)).Items.Where(item => item is not InitialObject));
        foreach (var cell in state.Cells)
        {
            if (IsShared(cell.Key, method) ? !IsAsBefore(cell.Key, cell.Value) || IsResultCell(cell.Key) : cell.Key is HeapCell heap && exported.Contains(heap.Owner))
            {
                effects.Writes.Add((cell.Key, Few(cell.Value)));
            }
        }

        if (effects.Writes.Count > MaxWrites)
        {
            effects.Shorten(state, exported);
        }

        // Cells come in the order of the table, which depends on what was written when; a caller must not.
        effects.Writes.Sort((x, y) => x.Cell.Id.CompareTo(y.Cell.Id));
        foreach (var made in model.Allocations)
        {
            if (exported.Contains(made) && effects.Made.Count < MaxAllocations)
            {
                effects.Made.Add((made, state.FateOf(made) is var fate && fate == Fates.None ? Fates.Charged : fate));
            }
        }

        foreach (var fate in state.KnownFates)
        {
            if (fate.Key is InitialObject initial && (fate.Value & Fates.Charged) == 0)
            {
                effects.Ended.Add((initial, fate.Value));
            }
        }

        return effects;
    }

    /// <summary>Whether a cell of a method is one of its callers' as well.</summary>
    private static bool IsShared(Cell cell, IMethodSymbol method) => cell switch
    {
        VariableCell { Symbol: IParameterSymbol parameter } =>
            !SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, method.OriginalDefinition)
            || parameter.RefKind is RefKind.Ref or RefKind.Out,
        VariableCell => cell.IsExternal,
        HeapCell { Owner: InitialObject } => true,
        ComponentCell component => IsShared(component.Parent, method),
        _ => false,
    };

    private static bool IsResultCell(Cell cell) => cell is VariableCell { Symbol: IParameterSymbol { RefKind: not RefKind.None } };

    private static bool IsAsBefore(Cell cell, ObjectSet value) => value.Single is InitialObject initial && ReferenceEquals(initial.Cell, cell);

    private static ObjectSet Few(ObjectSet value)
    {
        if (value.Count <= MaxObjects)
        {
            return value;
        }

        var kept = value.Items.OrderBy(item => item is AllocationObject ? 0 : item is DelegateObject ? 1 : item is InitialObject ? 2 : 3).Take(MaxObjects);
        return ObjectSet.Of(kept);
    }

    /// <summary>Leaves out members of the method's own objects: first those that hold nothing at all, then all that hold no allocation.</summary>
    private void Shorten(FlowState state, HashSet<MemoryObject> exported)
    {
        var holders = HoldersOf(state, exported, item => item is not ContainerObject or DelegateObject);
        Writes = [.. Writes.Where(write => write.Cell is not HeapCell { Owner: not InitialObject } || write.Value.Items.Any(item => item is not ContainerObject || holders.Contains(item)))];
        if (Writes.Count > MaxWrites)
        {
            holders = HoldersOf(state, exported, item => item is AllocationObject);
            Writes = [.. Writes.Where(write => write.Cell is not HeapCell { Owner: not InitialObject } || write.Value.Items.Any(item => item is AllocationObject || holders.Contains(item)))];
        }
    }

    /// <summary>The objects from which one can be reached for which something holds.</summary>
    private static HashSet<MemoryObject> HoldersOf(FlowState state, HashSet<MemoryObject> objects, Func<MemoryObject, bool> condition)
    {
        var holders = new HashSet<MemoryObject>(objects.Where(condition));
        var isNew = true;
        while (isNew)
        {
            isNew = false;
            foreach (var item in objects)
            {
                if (!holders.Contains(item) && item.Members.Exists(member => state.Read(member).Items.Any(value => condition(value) || holders.Contains(value))))
                {
                    isNew |= holders.Add(item);
                }
            }
        }

        return holders;
    }
}
