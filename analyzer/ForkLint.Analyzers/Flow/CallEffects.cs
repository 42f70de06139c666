using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

// These are classes, not tuples: lists of structs make the runtime compile their code anew, which costs a build more than the objects.

/// <summary>What is stored in a cell.</summary>
internal sealed record CellWrite(Cell Cell, ObjectSet Value);

/// <summary>What became of an object.</summary>
internal sealed record ObjectFate<T>(T Object, Fates Fate)
    where T : MemoryObject;

/// <summary>What a call passes for the parameter at an ordinal.</summary>
internal sealed record PassedArgument(int Ordinal, ObjectSet Value, IOperation Operation);

/// <summary>
/// What a method has done to memory that its callers can see, up to its end or up to a spawn. What it did to its own
/// locals is left out. It is small for a method of any length, or else not told at all.
/// </summary>
internal sealed class CallEffects
{
    // A caller pays for each of these at each call. Methods that do more are rare, and nothing is said of their callers.
    private const int MaxWrites = 256;
    private const int MaxObjects = 64;
    private const int MaxAllocations = 64;

    private CallEffects()
    {
    }

    private CallEffects(FlowState state, ObjectSet result)
    {
        Collected = state.Collected;
        Running = state.Running;
        Result = result;
    }

    /// <summary>What was done is not known.</summary>
    public static CallEffects TooLarge { get; } = new() { IsTooLarge = true };

    /// <summary>Whether an aggressive collection ran on every path.</summary>
    public bool Collected { get; }

    /// <summary>Delegates that something outside of the method may run from now on.</summary>
    public ObjectSet Running { get; }

    /// <summary>What is returned.</summary>
    public ObjectSet Result { get; }

    /// <summary>What is stored where the caller can see it.</summary>
    public List<CellWrite> Writes { get; } = [];

    /// <summary>The allocations that are handed out, and what became of them.</summary>
    public List<ObjectFate<AllocationObject>> Made { get; } = [];

    /// <summary>What became of objects that were there before.</summary>
    public List<ObjectFate<InitialObject>> Ended { get; } = [];

    /// <summary>Whether there was too much to tell, and nothing is told.</summary>
    public bool IsTooLarge { get; private init; }

    /// <summary>Whether a caller's memory is as it was before.</summary>
    public bool IsNothing => Writes.Count == 0 && Made.Count == 0 && Ended.Count == 0 && Running.IsEmpty && !Collected;

    /// <summary>What <paramref name="state"/> means to a caller of <paramref name="method"/>.</summary>
    public static CallEffects Of(FlowState state, MemoryModel model, IMethodSymbol method)
    {
        var effects = new CallEffects(state, state.Read(model.Result));
        var roots = new List<MemoryObject>();
        roots.AddRange(effects.Result.Items);
        roots.AddRange(effects.Running.Items);
        foreach (var stored in state.Cells)
        {
            if (IsShared(stored.Cell, method))
            {
                roots.AddRange(stored.Value.Items);
            }
        }

        var reached = state.Closure(ObjectSet.Of(roots));
        var exported = new ObjectMarks(model.Objects.Count);
        foreach (var item in reached)
        {
            if (item is not InitialObject)
            {
                exported.Add(item);
            }
        }

        foreach (var stored in state.Cells)
        {
            var (cell, value) = (stored.Cell, stored.Value);
            var isAsBefore = value.Single is InitialObject initial && ReferenceEquals(initial.Cell, cell);
            if (IsShared(cell, method) ? !isAsBefore || cell is VariableCell { Symbol: IParameterSymbol { RefKind: not RefKind.None } } : cell is HeapCell heap && exported.Contains(heap.Owner))
            {
                effects.Writes.Add(new CellWrite(cell, value));
            }
        }

        foreach (var made in model.Allocations)
        {
            if (exported.Contains(made))
            {
                effects.Made.Add(new(made, state.FateOf(made) is var fate && fate == Fates.None ? Fates.Charged : fate));
            }
        }

        foreach (var initial in model.Initials)
        {
            var fate = state.FateOf(initial);
            if ((fate & Fates.Charged) == 0)
            {
                effects.Ended.Add(new(initial, fate));
            }
        }

        return effects.Writes.Count > MaxWrites
            || effects.Made.Count > MaxAllocations
            || effects.Result.Count > MaxObjects
            || effects.Running.Count > MaxObjects
            || effects.Writes.Exists(static write => write.Value.Count > MaxObjects)
            ? TooLarge
            : effects;
    }

    /// <summary>Whether a cell of a method is one of its callers' as well.</summary>
    private static bool IsShared(Cell cell, IMethodSymbol method) => cell switch
    {
        VariableCell { Symbol: IParameterSymbol parameter } =>
            (!SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, method.OriginalDefinition) && !ExtensionBlocks.IsReceiverOf(parameter, method))
            || parameter.RefKind is RefKind.Ref or RefKind.Out,
        VariableCell => cell.IsExternal,
        HeapCell { Owner: InitialObject } => true,
        ComponentCell component => IsShared(component.Parent, method),
        _ => false,
    };
}
