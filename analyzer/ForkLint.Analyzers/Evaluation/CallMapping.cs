using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Evaluation.PassedArguments;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>A call of a method of the compilation, and what it passes.</summary>
/// <param name="Operation">The call.</param>
/// <param name="Instance">What it is called on, where the call says so.</param>
/// <param name="Receiver">The objects that it is called on.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Delegate">The delegate, iterator or factory that runs, where the method is not called by name.</param>
internal sealed record SourceCall(IOperation Operation, IOperation? Instance, ObjectSet Receiver, PassedArgument[] Arguments, DelegateObject? Delegate = null);

/// <summary>Translates a summary's cells and objects into the caller's, as they were when the call began.</summary>
internal sealed class CallMapping(Evaluators caller, FlowState before, MethodSummary callee, SourceCall call)
{
    // Deeper than this, or round and round a recursion, an allocation's size and name mean nothing to a caller.
    private const int MaxFrames = 5;

    /// <summary>Stands for all that hangs off an object a method passed on: a read of that reads everything below.</summary>
    public static readonly ElementKey Everything = new((object)"*");

    // The callee's cells, with what the caller has for what they held at first.
    private CellTable _initials;
    private Dictionary<MemoryObject, ObjectSet>? _made;

    /// <summary>The delegate, iterator or factory that runs, where the method is not called by name.</summary>
    public DelegateObject? Delegate => call.Delegate;

    /// <summary>What the callee's parameters hold while it runs, even if something else holds it too.</summary>
    public ObjectSet Passed => AllOf(call.Receiver, call.Arguments);

    /// <summary>The call.</summary>
    public IOperation Operation => call.Operation;

    /// <summary>The same call in another state.</summary>
    public CallMapping In(FlowState state) => new(caller, state, callee, call);

    /// <summary>The same call, of which more is known.</summary>
    public CallMapping Of(MethodSummary summary) => ReferenceEquals(summary, callee) ? this : new(caller, before, summary, call);

    /// <summary>What the call passes for what a cell of the callee held at first, where it says so.</summary>
    public IOperation? Operand(Cell cell) => cell switch
    {
        ThisCell => call.Instance,
        VariableCell { Symbol: IParameterSymbol parameter } when IsOwn(parameter) => Argument(parameter),
        _ => null,
    };

    /// <summary>What the call passes for a type parameter of the callee or of its type; that of a method around both is the same to both.</summary>
    public ITypeSymbol? TypeArgument(ITypeParameterSymbol parameter)
    {
        var named = call.Delegate?.Target ?? call.Operation.Callee();
        if (parameter.ContainingSymbol is IMethodSymbol method)
        {
            return SymbolEqualityComparer.Default.Equals(method, callee.Method.OriginalDefinition) ? named?.TypeArguments.ElementAtOrDefault(parameter.Ordinal) : parameter;
        }

        var types = (named?.ContainingType).SelfAndBases<ITypeSymbol>().Concat(((call.Receiver.Single as ContainerObject)?.Type ?? call.Instance?.Type).SelfAndBases());
        return types.OfType<INamedTypeSymbol>().FirstOrDefault(type => SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, parameter.ContainingSymbol))?.TypeArguments[parameter.Ordinal];
    }

    /// <summary>An iterator's call: nothing runs, the arguments are kept.</summary>
    public ObjectSet Defer()
    {
        if (caller.Body.Model.Delegate(call.Operation, callee.Method, Constructed(call.Operation, callee.Method), isIterator: true) is not { } deferred)
        {
            return default;
        }

        foreach (var (ordinal, value, _) in call.Arguments)
        {
            if (ordinal < callee.Method.Parameters.Length)
            {
                caller.Body.Write(caller.Body.Model.Heap(deferred, callee.Method.Parameters[ordinal]), value);
            }
        }

        if (!call.Receiver.IsEmpty)
        {
            caller.Body.Write(caller.Body.Model.Heap(deferred, callee.Method.ContainingType), call.Receiver);
        }

        return ObjectSet.Of(deferred);
    }

    /// <summary>What the call reads: what the callee reads, and each argument that the callee does not just release.</summary>
    public ObjectSet Used()
    {
        var used = Map(callee.UsedFromEntry);
        foreach (var (ordinal, value, _) in call.Arguments)
        {
            if (ordinal < callee.Method.Parameters.Length && !callee.TakenOver.Contains(ordinal))
            {
                used = used.Union(value);
            }
        }

        return used;
    }

    /// <summary>The caller's names for a set of the callee's objects.</summary>
    public ObjectSet Map(ObjectSet items)
    {
        if (items.Count <= 1)
        {
            return items.Single is { } only ? Names(only) : default;
        }

        var mapped = new HashSet<MemoryObject>();
        foreach (var item in items)
        {
            mapped.UnionWith(Names(item).Items);
        }

        caller.Body.Model.Spend(mapped.Count);
        return ObjectSet.Of(mapped);
    }

    private ObjectSet Names(MemoryObject item)
    {
        if (item is InitialObject initial)
        {
            return Initial(initial.Cell);
        }

        if (item is ReferenceObject reference)
        {
            return caller.Body.ReferencesTo(Cells(reference.Target));
        }

        _made ??= [];
        if (!_made.TryGetValue(item, out var names))
        {
            caller.Body.Model.Spend(1);
            _made[item] = names = ObjectSet.Of(Map(item));
        }

        return names;
    }

    /// <summary>The caller's name for an object that the callee made.</summary>
    public MemoryObject? Map(MemoryObject item) => item switch
    {
        AllocationObject made when made.Frames.Length < MaxFrames && caller.Body.Window == 0 && !made.Frames.Any(frame => ReferenceEquals(frame.Call, call.Operation)) =>
            caller.Body.Model.Allocation(
                call.Operation,
                made,
                made.Allocation,
                caller.Body.Sizes,
                made.Frames.Insert(0, new CallFrame(call.Operation, Constructed(call.Operation, callee.Method), made.Environment))),
        DelegateObject known => caller.Body.Model.Delegate(call.Operation, known.Origin.Through(call.Operation), known.Target, known.IsIterator),
        ContainerObject container => caller.Body.Model.Container(call.Operation, container.Origin.Through(call.Operation), container.Type, container.IsExact),
        _ => null,
    };

    /// <summary>The caller's storage for a cell of the callee; none for what only the callee sees.</summary>
    public Cell[] Cells(Cell cell) => cell switch
    {
        VariableCell { Symbol: IParameterSymbol parameter } when IsOwn(parameter) => Argument(parameter) is { } argument ? caller.Places.Of(argument) : Cell.None,
        VariableCell variable => caller.Body.Model.Variable(variable.Symbol).Alone,
        HeapCell { Owner: InitialObject { Cell: ThisCell }, Member: ISymbol member } when StructReceiver() is { } place => caller.Body.Model.Component(place, member).Alone,
        HeapCell { Owner: InitialObject owner } heap => caller.Body.MembersOf(Initial(owner.Cell), heap.Member),
        HeapCell heap => Map(heap.Owner) is { } mine ? caller.Body.Model.Heap(mine, heap.Member).Alone : Cell.None,
        ComponentCell component => caller.Body.ComponentsOf(Cells(component.Parent), component.Member),
        _ => Cell.None,
    };

    private bool IsOwn(IParameterSymbol parameter) =>
        SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, callee.Method.OriginalDefinition)
        || ExtensionBlocks.IsReceiverOf(parameter, callee.Method);

    /// <summary>What the call passes for a parameter.</summary>
    public IOperation? Argument(IParameterSymbol parameter) => ExtensionBlocks.IsReceiver(parameter) ? call.Instance : Passes(parameter)?.Operation;

    private PassedArgument? Passes(IParameterSymbol parameter) => Array.Find(call.Arguments, argument => argument.Ordinal == parameter.Ordinal);

    /// <summary>Where a struct is whose method is called: the method changes it in place.</summary>
    private Cell? StructReceiver() =>
        call.Instance is { Type.IsValueType: true } and not IInstanceReferenceOperation && IsPlace(Unconverted(call.Instance)) && caller.Places.Of(Unconverted(call.Instance)) is [var place] ? place : null;

    /// <summary>Whether finding a struct does nothing: a variable, or a field of a struct or of this object.</summary>
    private static bool IsPlace(IOperation operation) => operation is IInvocationOperation { TargetMethod.Name: "GetValueOrDefault", Instance: { } nullable } ? IsPlace(nullable) : IsPlainPath(operation);

    private ObjectSet Initial(Cell cell)
    {
        if (!_initials.TryGet(cell, out var value))
        {
            caller.Body.Model.Spend(1);
            _initials.Set(cell, default);
            _initials.Set(cell, value = FindInitial(cell));
        }

        return value;
    }

    private ObjectSet FindInitial(Cell cell)
    {
        switch (cell)
        {
            case VariableCell { Symbol: IParameterSymbol parameter } when ExtensionBlocks.IsReceiverOf(parameter, callee.Method):
                return call.Delegate is null || !call.Receiver.IsEmpty ? call.Receiver : Receiver();
            case VariableCell { Symbol: IParameterSymbol parameter } when IsOwn(parameter):
                return call.Delegate is { IsIterator: true } ? before.Read(caller.Body.Model.Heap(call.Delegate, parameter)) : Passes(parameter)?.Value ?? default;
            case VariableCell variable:
                return before.Read(caller.Body.Model.Variable(variable.Symbol));
            case ThisCell:
                return This();
            case HeapCell { Member: ElementKey key, Owner: InitialObject owner } when key.Equals(Everything):
                var roots = owner.Cell is ThisCell && call.Delegate is null ? call.Receiver.Union(Initial(owner.Cell)) : Initial(owner.Cell);
                return before.Closure(roots).Union(Below(roots));
            case HeapCell { Owner: InitialObject owner }:
                return BodyState.Read(Cells(cell), before);
            case ComponentCell component:
                if (component.Parent is VariableCell { Symbol: IParameterSymbol { RefKind: RefKind.None } own } && IsOwn(own)
                    && Argument(own) is { } passed && caller.Places.CellsOfQuietly(Unconverted(passed)) is [var place])
                {
                    return before.Read(caller.Body.Model.Component(place, component.Member));
                }

                var parts = Cells(component);
                return parts.Length > 0 ? BodyState.Read(parts, before) : PartOf(Initial(component.Parent), component.Member);
            default:
                return default;
        }
    }

    /// <summary>What a field of a struct holds that the call makes for its argument; all that the struct holds where that is unknown.</summary>
    private ObjectSet PartOf(ObjectSet structs, ISymbol member)
    {
        var part = ObjectSet.Empty;
        foreach (var item in structs)
        {
            part = part.Union(item is ContainerObject { Type.IsValueType: true } && item.Find(member) is { } cell ? before.Read(cell) : ObjectSet.Of(item));
        }

        return part;
    }

    /// <summary>What hangs on objects that the caller itself was given.</summary>
    private ObjectSet Below(ObjectSet roots)
    {
        var below = ObjectSet.Empty;
        foreach (var root in roots)
        {
            if (root is InitialObject && caller.Body.Model.Heap(root, Everything) is { IsExternal: true } all)
            {
                below = below.Union(ObjectSet.Of(caller.Body.Model.Initial(all)));
            }
        }

        return below;
    }

    private ObjectSet This()
    {
        if (callee.Method.MethodKind is MethodKind.AnonymousFunction or MethodKind.LocalFunction)
        {
            return SymbolEqualityComparer.Default.Equals(Outermost(callee.Method), Outermost(caller.Body.Method))
                ? ObjectSet.Of(caller.Body.Model.Initial(caller.Body.Model.This))
                : default;
        }

        // The fields of a struct are looked for one by one: there is no object around them.
        return call.Delegate is null ? StructReceiver() is null ? call.Receiver : default : Receiver();
    }

    /// <summary>What a delegate or an iterator keeps as its receiver.</summary>
    private ObjectSet Receiver() => before.Read(caller.Body.Model.Heap(call.Delegate!, call.Delegate!.Target.ContainingType.OriginalDefinition));

    private static ISymbol? Outermost(ISymbol? symbol)
    {
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction, ContainingSymbol: { } outer })
        {
            symbol = outer;
        }

        return symbol;
    }
}
