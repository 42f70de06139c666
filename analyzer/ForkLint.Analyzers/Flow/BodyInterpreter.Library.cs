using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>Calls into libraries.</summary>
internal sealed partial class BodyInterpreter
{
    private ObjectSet CallLibrary(
        IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver, PassedArgument[] arguments)
    {
        if (instance is not null && method.Name is "Dispose" or "DisposeAsync" or "Close")
        {
            // Releasing is not using. What the type itself frees runs in an override that the base class calls.
            return ReleaseOverride(instance!, receiver) is { } release
                ? CallSource(operation, release, instance, receiver, [])
                : default;
        }

        if (method.Name is "SetHandle" && MetadataNames.IsOrDerivesFrom(method.ContainingType, "System.Runtime.InteropServices", "SafeHandle")
            && HandleField(method.ContainingType) is { } handle && arguments is [var set])
        {
            Store(MembersOf(receiver, handle), set.Value);
            return default;
        }

        var effects = LibraryModel.Of(method);
        UseArguments(receiver, arguments);
        if (LibraryModel.ReadsThrough(instance?.Type))
        {
            UseDeep(receiver);
        }

        if (method.Name is "MoveNext" or "MoveNextAsync")
        {
            // What the iterator does was said of it when its enumerator was made.
            effects = LibraryEffects.None;
            UseDeep(receiver);
        }

        MayThrow();
        var collections = method.IsStatic && arguments.Length > 0 ? arguments[0].Value : receiver;
        var values = AllOf(default, arguments);
        var result = ObjectSet.Empty;

        if ((effects & LibraryEffects.Enumerates) != 0 && (effects & LibraryEffects.KeepsArguments) == 0)
        {
            var yielded = RunDelegates(operation, _state.Closure(values.Union(receiver)).Where(item => item is DelegateObject { IsIterator: true } or InitialObject), []);
            if (method.Name is "GetEnumerator" or "GetAsyncEnumerator")
            {
                return Enumerator(operation, receiver, yielded.Union(ReadElements(collections)));
            }
        }

        if ((effects & LibraryEffects.RunsDelegates) != 0)
        {
            result = result.Union(RunDelegates(operation, values.Where(item => item is DelegateObject), []));
            if (method.Name is "Run" or "StartNew" && !IsAwaited(operation))
            {
                LetRun(values);
            }
        }
        else if ((effects & LibraryEffects.DefersDelegates) == 0 && LibraryModel.MayKeepDelegates(method))
        {
            LetRun(values);
        }

        if ((effects & LibraryEffects.StoresByReference) != 0 && arguments is [var place, ..])
        {
            var cells = CellsOf(place.Operation);
            var stored = arguments.Skip(1).Aggregate(result, (all, argument) => all.Union(argument.Value));
            Store(cells, method.Name is "Write" or "Exchange" ? stored : stored.Union(place.Value));
            return method.Name is "EnsureInitialized" ? stored.Union(place.Value) : place.Value;
        }

        if ((effects & (LibraryEffects.ReturnsSame | LibraryEffects.DefersDelegates)) != 0)
        {
            result = result.Union(receiver).Union(values);
        }

        if ((effects & LibraryEffects.ReturnsElement) != 0)
        {
            var element = ReadElements(collections);
            result = result.Union(element);
            AssignOut(method, arguments, element);
        }
        else
        {
            AssignOut(method, arguments, default);
        }

        if ((effects & LibraryEffects.KeepsArguments) != 0)
        {
            var isSequence = method.Name is "UnionWith" || method.Name.EndsWith("Range", StringComparison.Ordinal);
            var kept = isSequence ? Enumerated(operation, values).Union(ElementsOf(values)) : values;
            Store(MembersOf(receiver, ElementKey.Unknown), kept);
            if (LibraryModel.AddsElement(method) && !(arguments.Length > 1 && arguments[0].Operation.ConstantValue.HasValue && method.Name is not "Insert"))
            {
                Collected(receiver, kept);
            }
        }

        if ((effects & LibraryEffects.RemovesElement) != 0)
        {
            foreach (var collection in collections)
            {
                collection.AddRemoval(operation.Syntax);
            }

            RemoveElement(collections, arguments.Length == 1 && (effects & LibraryEffects.ReturnsElement) == 0 ? values : default);
        }

        return result.IsEmpty && CanHold(method.ReturnType) && !method.ReturnsVoid ? ObjectSet.Of(_model.Container(operation, null, method.ReturnType)) : result;
    }

    /// <summary>The elements of some sequences: of a collection those it has, of an iterator or a query those it makes now.</summary>
    private ObjectSet Enumerated(IOperation operation, ObjectSet sequences)
    {
        var deferred = sequences.Where(item => item is DelegateObject or InitialObject);
        return deferred.IsEmpty ? ReadElements(sequences) : RunDelegates(operation, deferred, []).Union(ReadElements(sequences));
    }

    /// <summary>Each run of the allocation adds to these collections.</summary>
    private void Collected(ObjectSet collections, ObjectSet elements)
    {
        if (_facts is null || collections.IsEmpty || elements.IsEmpty)
        {
            return;
        }

        foreach (var item in _state.Closure(elements))
        {
            if (item is AllocationObject allocation)
            {
                allocation.AddCollectors(collections);
            }
        }
    }

    /// <summary>An enumerator keeps its collection, and what it shows are the collection's elements or what the iterator yields.</summary>
    private ObjectSet Enumerator(IOperation operation, ObjectSet collections, ObjectSet elements)
    {
        if ((collections.IsEmpty && elements.IsEmpty) || _model.Container(operation, "enumerator", null) is not { } enumerator)
        {
            return default;
        }

        Write(_model.Heap(enumerator, ElementKey.Unknown), elements);
        Write(_model.Heap(enumerator, "collection"), collections);
        return ObjectSet.Of(enumerator);
    }

    /// <summary>A record's copy has the members of the original.</summary>
    private ObjectSet Clone(IOperation operation, ObjectSet original)
    {
        if (_model.Container(operation, null, operation.Type) is not { } copy)
        {
            return original;
        }

        Use(original);
        ForgetMembers(copy);
        foreach (var item in original.Items.Where(item => item != copy))
        {
            foreach (var member in item.Members.ToList())
            {
                var mine = _model.Heap(copy, member.Member);
                Write(mine, _state.Read(mine).Union(_state.Read(member)));
            }
        }

        return ObjectSet.Of(copy);
    }

    private static ObjectSet ElementsOf(ObjectSet values) => values.Where(item => item is AllocationObject);

    private void RemoveElement(ObjectSet collections, ObjectSet removed)
    {
        foreach (var collection in collections)
        {
            foreach (var member in collection.Members.Where(member => member.Member is ElementKey).ToList())
            {
                // Which one goes is only known where there is but one, or where it is named.
                var value = _state.Read(member);
                Write(member, value.Count <= 1 ? default : value.Where(item => !removed.Contains(item)));
            }
        }
    }

    private void AssignOut(IMethodSymbol method, PassedArgument[] arguments, ObjectSet value)
    {
        foreach (var argument in arguments)
        {
            if (IsOut(method, argument.Ordinal))
            {
                Store(CellsOf(argument.Operation), value);
            }
        }
    }

    private static bool IsOut(IMethodSymbol method, int ordinal) =>
        ordinal < method.Parameters.Length && method.Parameters[ordinal].RefKind is RefKind.Out;

    private static bool IsAwaited(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case IAwaitOperation:
                case IPropertyReferenceOperation { Property.Name: "Result" }:
                case IInvocationOperation { TargetMethod.Name: "Wait" or "GetResult" }:
                    return true;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "WaitAsync" }:
                    continue;
                default:
                    return false;
            }
        }

        return false;
    }

    private static IMethodSymbol? ReleaseOverride(IOperation instance, ObjectSet receiver)
    {
        var type = receiver.Single is ContainerObject { Type: { } exact } ? exact : Unconverted(instance).Type;
        for (; type is not null && !type.DeclaringSyntaxReferences.IsEmpty; type = type.BaseType)
        {
            foreach (var member in type.GetMembers())
            {
                if (member is IMethodSymbol { IsOverride: true } method
                    && ((method.Name == "ReleaseHandle" && method.Parameters.IsEmpty) || (method.Name is "Dispose" && method.Parameters.Length == 1)))
                {
                    return method;
                }
            }
        }

        return null;
    }

    private static ISymbol? HandleField(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (MetadataNames.Is(current, "System.Runtime.InteropServices", "SafeHandle"))
            {
                return current.GetMembers("handle").FirstOrDefault();
            }
        }

        return null;
    }
}
