using System.Collections.Immutable;
using ForkLint.Analyzers.Configuration;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>Calls: spawns, releases, allocations, and everything else that receives something.</summary>
internal sealed partial class BodyInterpreter
{
    // No threshold is below this, and most objects are.
    internal const long SmallBytes = ForkLintOptions.LeastThresholdBytes;

    // What "with" calls; the compiler writes it into every record class.
    private const string RecordCloneName = "<Clone>$";

    /// <summary>What a spawn does, or <see langword="null"/> for any other operation.</summary>
    private ObjectSet? Spawned(IOperation operation)
    {
        if (operation is not (IInvocationOperation or IObjectCreationOperation or IPropertyReferenceOperation)
            || _catalogs.Spawns.Classify(operation, _environment) is not { } site)
        {
            return null;
        }

        foreach (var child in operation.ChildOperations)
        {
            UseDeep(Evaluate(child));
        }

        Spawn(operation, site);
        return CanHold(operation.Type) ? ObjectSet.Of(_model.Container(operation, null, operation.Type)) : default;
    }

    private void Spawn(IOperation operation, SpawnSite site)
    {
        MayThrow();
        if (_events is not null)
        {
            RecordSpawn(operation, new ReachedSpawn(site, ImmutableArray.Create(site.DisplayName)), _state, default, default, waitsAfter: false);
        }

        if (site.WaitsForChild)
        {
            Wait();
        }
    }

    private ObjectSet Invoke(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke || (method.Name is "BeginInvoke" && method.ContainingType?.TypeKind == TypeKind.Delegate))
        {
            var delegates = Evaluate(call.Instance);
            var passed = EvaluateArguments(call.Arguments);
            return RunDelegates(call, delegates, passed);
        }

        // A delegate of an extension method's receiver is an argument like any other.
        var kind = ReleaseCatalog.Classify(call, out var released);
        if (kind != ReleaseKind.None && !(IsSource(method) && kind is ReleaseKind.Clears or ReleaseKind.Drops))
        {
            return Release(call, kind, released);
        }

        var receiver = Evaluate(call.Instance);
        var arguments = EvaluateArguments(call.Arguments);
        if (method.Name == RecordCloneName)
        {
            return Clone(call, receiver);
        }

        if (WaitCatalog.WaitsForChild(call))
        {
            Wait();
        }

        // An allocation that fails has allocated nothing.
        if (_catalogs.Allocations.Classify(call, _environment) is not null)
        {
            UseArguments(receiver, arguments);
            MayThrow();
            return Allocated(call, call) ?? default;
        }

        return IsSource(method) || _catalogs.Summaries.MayHaveSourceTargets(method)
            ? CallSource(call, method, call.Instance, receiver, arguments)
            : CallLibrary(call, method, call.Instance, receiver, arguments);
    }

    private PassedArgument[] EvaluateArguments(ImmutableArray<IArgumentOperation> arguments)
    {
        if (arguments.IsEmpty)
        {
            return [];
        }

        var values = new PassedArgument[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var argument = arguments[i];
            var value = argument.Parameter?.RefKind == RefKind.Out ? default : Evaluate(argument.Value);
            if (argument.Parameter?.RefKind == RefKind.Out && argument.Value is IDeclarationExpressionOperation declaration)
            {
                Evaluate(declaration.Expression);
            }

            values[i] = new PassedArgument(argument.Parameter?.Ordinal ?? i, value, argument.Value);
        }

        return values;
    }

    private void UseArguments(ObjectSet receiver, PassedArgument[] arguments)
    {
        Use(receiver);
        foreach (var argument in arguments)
        {
            UseDeep(argument.Value);
        }
    }

    private static ObjectSet AllOf(ObjectSet receiver, PassedArgument[] arguments)
    {
        var all = receiver;
        foreach (var argument in arguments)
        {
            all = all.Union(argument.Value);
        }

        return all;
    }

    private ObjectSet Release(IInvocationOperation call, ReleaseKind kind, IOperation? released)
    {
        var target = Evaluate(released);
        if (call.Instance is not null && !ReferenceEquals(call.Instance, released))
        {
            Evaluate(call.Instance);
        }

        foreach (var argument in call.Arguments)
        {
            if (!ReferenceEquals(argument.Value, released))
            {
                UseDeep(Evaluate(argument.Value));
            }
        }

        var result = Allocated(call, call);
        switch (kind)
        {
            case ReleaseKind.Frees or ReleaseKind.Advises:
                End(target, Fates.Gone);
                break;
            case ReleaseKind.Pools:
                End(target, Fates.Pooled);
                break;
            case ReleaseKind.Drops:
                End(target, Fates.Dropped);
                break;
            case ReleaseKind.Clears:
                foreach (var collection in target)
                {
                    collection.AddRemoval(call.Syntax);
                    Write(_model.Heap(collection, ElementKey.Unknown), default);
                    foreach (var member in collection.Members.Where(member => member.Member is ElementKey).ToList())
                    {
                        Write(member, default);
                    }
                }

                break;
            case ReleaseKind.Collects:
                Collect(_state, default);
                _state.Collected = true;
                _version++;
                break;
            default:
                break;
        }

        return result ?? default;
    }

    private void End(ObjectSet objects, Fates fate)
    {
        foreach (var item in objects)
        {
            if (_state.FateOf(item) != Fates.None)
            {
                SetFate(item, fate);
            }
        }
    }

    /// <summary>An aggressive collection gives back what nothing holds.</summary>
    private void Collect(FlowState state, ObjectSet alsoHeld)
    {
        var reachable = state.Reachable(alsoHeld);
        foreach (var item in _model.Objects)
        {
            var fate = state.FateOf(item);
            if (item is AllocationObject { IsManaged: true } && (fate & (Fates.Charged | Fates.Dropped)) != 0)
            {
                if (!reachable.Contains(item))
                {
                    fate = (fate & ~Fates.Charged) | Fates.Gone;
                }

                state.SetFate(item, (fate & Fates.Dropped) == 0 ? fate : (fate & ~Fates.Dropped) | Fates.Gone);
            }
            else if (item is InitialObject && !reachable.Contains(item) && (fate & (Fates.Charged | Fates.Dropped)) != 0)
            {
                state.SetFate(item, (fate & ~(Fates.Charged | Fates.Dropped)) | Fates.GoneUnlessHeldByCaller);
            }
        }
    }

    /// <summary>The object that an expression allocates, if it does and this run follows it.</summary>
    private ObjectSet? Allocated(IOperation operation, IOperation site)
    {
        if (_catalogs.Allocations.Classify(operation, _environment) is not { } allocation)
        {
            return null;
        }

        if (allocation.Receiver is null && !_catalogs.Candidates.Contains(operation))
        {
            return ObjectSet.Of(_model.Container(site, null, site.Type, isExact: operation is IObjectCreationOperation));
        }

        _allocationNumbers ??= [];
        if (!_allocationNumbers.TryGetValue(operation, out var number))
        {
            _allocationNumbers.Add(operation, number = _allocationNumbers.Count);
        }

        if (number / WindowSize != _window)
        {
            return ObjectSet.Of(_model.Container(site, null, site.Type));
        }

        var made = _model.Allocation(site, null, allocation, _environment, ImmutableArray<CallFrame>.Empty);
        var result = ObjectSet.Of(made);
        if (allocation.Replaces is { } replaced)
        {
            End(Read(CellsOf(replaced)), allocation.Kind is AllocationKind.Native or AllocationKind.Mapped ? Fates.Gone : Fates.Charged);
        }

        Born(made, Fates.Charged);
        if (allocation.Receiver is { } receiver)
        {
            Store(CellsOf(receiver), result);
            return default(ObjectSet);
        }

        return result;
    }

    private void Born(AllocationObject made, Fates fate)
    {
        // The one that the last round of a loop made is another object, whatever is read from here on.
        Record(FlowEventKind.Birth, ObjectSet.Of(made));
        SetFate(made, fate);
    }

    private ObjectSet EvaluateProperty(IPropertyReferenceOperation property)
    {
        if (IsStored(property.Property) && property.Arguments.IsEmpty && IsSource(property.Property))
        {
            return EvaluateReference(property);
        }

        if (property.Property.GetMethod is { } getter && IsSource(property.Property))
        {
            return CallSource(property, getter, property.Instance, Evaluate(property.Instance), EvaluateArguments(property.Arguments));
        }

        if (property.Instance is not { } instance)
        {
            return Allocated(property, property) ?? EvaluateReference(property);
        }

        if (!property.Arguments.IsEmpty)
        {
            return EvaluateReference(property);
        }

        var owner = Evaluate(instance);
        Use(owner);
        if (Allocated(property, property) is { } allocated)
        {
            return allocated;
        }

        if (property.Property.Name == "Value" && MetadataNames.Is(property.Property.ContainingType, "System", "Lazy"))
        {
            return RunDelegates(property, ReadElements(owner), []).Union(owner);
        }

        return LibraryModel.IsElement(property.Property) ? ReadElements(owner)
            : LibraryModel.IsSameMemory(property.Property) ? owner
            : CanHold(property.Type) ? Read(instance.Type is { IsValueType: true } ? CellsOf(property) : MembersOf(owner, Storage(property.Property)))
            : default;
    }

    /// <summary>Anything but plain reads and writes can throw, and the handlers see what holds then.</summary>
    private void MayThrow() => SeedHandlers();
}
