using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

internal sealed partial class BodyInterpreter
{
    // Deeper than this, or round and round a recursion, an allocation's size and name mean nothing to a caller.
    private const int MaxFrames = 5;

    /// <summary>Stands for all that hangs off an object a method passed on: whatever reads that, reads everything below.</summary>
    private static readonly ElementKey Everything = new((object)"*");

    /// <summary>Translates a summary's cells and objects into the caller's, as they were when the call began.</summary>
    private sealed class CallMapping(
        BodyInterpreter caller,
        FlowState before,
        IOperation operation,
        MethodSummary callee,
        IOperation? instance,
        ObjectSet receiver,
        PassedArgument[] arguments,
        DelegateObject? @delegate = null)
    {
        // The callee's cells, with what the caller has for what they held at first.
        private CellTable _initials;
        private Dictionary<MemoryObject, ObjectSet>? _made;

        /// <summary>The delegate, iterator or factory that runs, where the method is not called by name.</summary>
        public DelegateObject? Delegate => @delegate;

        /// <summary>What the callee's parameters hold while it runs, whoever else still does.</summary>
        public ObjectSet Passed => AllOf(receiver, arguments);

        /// <summary>An iterator's call: nothing runs, the arguments are kept.</summary>
        public ObjectSet Defer()
        {
            if (caller._model.Delegate(operation, callee.Method, callee.Method, isIterator: true) is not { } deferred)
            {
                return default;
            }

            foreach (var (ordinal, value, _) in arguments)
            {
                if (ordinal < callee.Method.Parameters.Length)
                {
                    caller.Write(caller._model.Heap(deferred, callee.Method.Parameters[ordinal]), value);
                }
            }

            if (!receiver.IsEmpty)
            {
                caller.Write(caller._model.Heap(deferred, callee.Method.ContainingType), receiver);
            }

            return ObjectSet.Of(deferred);
        }

        /// <summary>What the call reads: what the callee reads, and each argument that the callee does not just release.</summary>
        public ObjectSet Used()
        {
            var used = Map(callee.UsedFromEntry);
            foreach (var (ordinal, value, _) in arguments)
            {
                if (ordinal < callee.Method.Parameters.Length && !callee.TakesOver(ordinal))
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

            caller._model.Spend(mapped.Count);
            return ObjectSet.Of(mapped);
        }

        private ObjectSet Names(MemoryObject item)
        {
            if (item is InitialObject initial)
            {
                return Initial(initial.Cell);
            }

            _made ??= [];
            if (!_made.TryGetValue(item, out var names))
            {
                caller._model.Spend(1);
                _made[item] = names = ObjectSet.Of(Map(item));
            }

            return names;
        }

        /// <summary>The caller's name for an object that the callee made.</summary>
        public MemoryObject? Map(MemoryObject item)
        {
            switch (item)
            {
                case AllocationObject made when made.Frames.Length < MaxFrames && caller._window == 0 && !IsRound(made):
                    return caller._model.Allocation(
                        operation,
                        made,
                        made.Allocation,
                        caller._environment,
                        made.Frames.Insert(0, new CallFrame(operation, Constructed(), made.Environment)));
                case DelegateObject known:
                    return caller._model.Delegate(operation, known.Origin.Through(operation), known.Target, known.IsIterator);
                case ContainerObject container:
                    return caller._model.Container(operation, container.Origin.Through(operation), container.Type, container.IsExact);
                default:
                    return null;
            }
        }

        private bool IsRound(AllocationObject made)
        {
            foreach (var frame in made.Frames)
            {
                if (ReferenceEquals(frame.Call, operation))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>The callee with its type arguments, as the call names it.</summary>
        private IMethodSymbol Constructed()
        {
            var named = operation switch
            {
                IInvocationOperation call => call.TargetMethod,
                IObjectCreationOperation creation => creation.Constructor,
                IPropertyReferenceOperation property => property.Property.GetMethod,
                _ => null,
            };
            return named is not null && SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, callee.Method.OriginalDefinition) ? named : callee.Method;
        }

        /// <summary>The caller's storage for a cell of the callee; none for what only the callee sees.</summary>
        public Cell[] Cells(Cell cell)
        {
            switch (cell)
            {
                case VariableCell { Symbol: IParameterSymbol parameter } when IsOwn(parameter):
                    return Argument(parameter) is { } argument ? caller.CellsOf(argument) : NoCells;
                case VariableCell variable:
                    return caller._model.Variable(variable.Symbol).Alone;
                case HeapCell { Owner: InitialObject { Cell: ThisCell }, Member: ISymbol member } when StructReceiver() is { } place:
                    return caller._model.Component(place, member).Alone;
                case HeapCell { Owner: InitialObject owner } heap:
                    return caller.MembersOf(Initial(owner.Cell), heap.Member);
                case HeapCell heap:
                    return Map(heap.Owner) is { } mine ? caller._model.Heap(mine, heap.Member).Alone : NoCells;
                case ComponentCell component:
                    return caller.ComponentsOf(Cells(component.Parent), component.Member);
                default:
                    return NoCells;
            }
        }

        private bool IsOwn(IParameterSymbol parameter) =>
            SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, callee.Method.OriginalDefinition);

        private IOperation? Argument(IParameterSymbol parameter)
        {
            foreach (var (ordinal, _, value) in arguments)
            {
                if (ordinal == parameter.Ordinal)
                {
                    return value;
                }
            }

            return null;
        }

        /// <summary>Where a struct is whose method is called: the method changes it in place.</summary>
        private Cell? StructReceiver() =>
            instance is { Type.IsValueType: true } and not IInstanceReferenceOperation && caller.CellsOfQuietly(Unconverted(instance)) is [var place] ? place : null;

        private ObjectSet Initial(Cell cell)
        {
            if (!_initials.TryGet(cell, out var value))
            {
                caller._model.Spend(1);
                _initials.Set(cell, default);
                _initials.Set(cell, value = FindInitial(cell));
            }

            return value;
        }

        private ObjectSet FindInitial(Cell cell)
        {
            switch (cell)
            {
                case VariableCell { Symbol: IParameterSymbol parameter } when IsOwn(parameter):
                    if (@delegate is { IsIterator: true })
                    {
                        return before.Read(caller._model.Heap(@delegate, parameter));
                    }

                    foreach (var (ordinal, value, _) in arguments)
                    {
                        if (ordinal == parameter.Ordinal)
                        {
                            return value;
                        }
                    }

                    return default;
                case VariableCell variable:
                    return before.Read(caller._model.Variable(variable.Symbol));
                case ThisCell:
                    return This();
                case HeapCell { Member: ElementKey key, Owner: InitialObject owner } when key.Equals(Everything):
                    return before.Closure(Initial(owner.Cell));
                case HeapCell { Owner: InitialObject owner }:
                    return Read(Cells(cell), before);
                case ComponentCell component:
                    if (component.Parent is VariableCell { Symbol: IParameterSymbol { RefKind: RefKind.None } own } && IsOwn(own)
                        && Argument(own) is { } passed && caller.CellsOfQuietly(Unconverted(passed)) is [var place])
                    {
                        return before.Read(caller._model.Component(place, component.Member));
                    }

                    var parts = Cells(component);
                    return parts.Length > 0 ? Read(parts, before) : Initial(component.Parent);
                default:
                    return default;
            }
        }

        private ObjectSet This()
        {
            if (callee.Method.MethodKind is MethodKind.AnonymousFunction or MethodKind.LocalFunction)
            {
                return SymbolEqualityComparer.Default.Equals(Outermost(callee.Method), Outermost(caller._method))
                    ? ObjectSet.Of(caller._model.Initial(caller._model.This))
                    : default;
            }

            return @delegate is null ? receiver : before.Read(caller._model.Heap(@delegate, callee.Method.ContainingType.OriginalDefinition));
        }

        private static ISymbol? Outermost(ISymbol? symbol)
        {
            while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction, ContainingSymbol: { } outer })
            {
                symbol = outer;
            }

            return symbol;
        }
    }
}
