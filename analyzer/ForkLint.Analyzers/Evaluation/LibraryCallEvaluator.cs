using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using static ForkLint.Analyzers.Evaluation.PassedArguments;
using static ForkLint.Analyzers.Flow.OperationFacts;
using static ForkLint.Analyzers.Flow.ReleaseMembers;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>What a call into a library does to the memory that it is given.</summary>
internal sealed class LibraryCallEvaluator(Evaluators all) : Evaluator(all)
{
    /// <summary>Hangs a collection on the enumerator that walks it.</summary>
    internal const string Walked = "collection";

    /// <summary>How far disposing of one object leads on to others that it owns.</summary>
    private const int MaxOwners = 8;

    /// <summary>The objects whose own Dispose is being followed: owners may refer to each other in a circle, and each is disposed of once.</summary>
    private readonly HashSet<MemoryObject> _disposing = [];

    /// <summary>A call of a method that the compiler cannot see into.</summary>
    public ObjectSet CallLibrary(
        IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver, PassedArgument[] arguments)
    {
        if (instance is not null && method.Name is "Dispose" or "DisposeAsync" or "Close")
        {
            // Releasing is not using. What the type itself frees runs in an override that the base class calls.
            if (ReleaseOverride(instance!, receiver) is { } release)
            {
                return CallSource(operation, release, instance, receiver, []);
            }

            Dispose(operation, receiver);
            return default;
        }

        if (method.Name is "SetHandle" && MetadataNames.IsOrDerivesFrom(method.ContainingType, "System.Runtime.InteropServices", "SafeHandle")
            && HandleField(method.ContainingType) is { } handle && arguments is [var set])
        {
            Body.Store(Body.MembersOf(receiver, handle), set.Value);
            return default;
        }

        if (method.Name is "Free" && instance is not null && method.ContainingType.Name is "GCHandle" or "PinnedGCHandle")
        {
            Body.Store(CellsOf(instance), default);
            return default;
        }

        // What is exchanged is moved, and not read.
        var effects = LibraryModel.Of(method);
        Calls.UseArguments(receiver, (effects & LibraryEffects.StoresByReference) == 0 ? arguments : []);
        if (Facts is not null && Model.Allocations.Count > 0)
        {
            Facts.Registered.UnionWith(State.Closure(AllOf(default, arguments).Where(static item => item is ContainerObject)).Items.OfType<AllocationObject>());
        }

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
            // A query is known by the delegates that it runs for each element; in a collection of delegates they are elements.
            var queries = method.Name is "GetEnumerator" or "GetAsyncEnumerator" ? receiver.Where(static item => item is DelegateObject) : default;
            // What is passed as an object is not walked.
            var walked = AllOf(method.Name == "GetEnumerator" ? receiver : default, Array.FindAll(arguments, static argument => argument.Operation.Type is { TypeKind: TypeKind.Interface }));
            var iterators = State.Closure(values.Union(receiver)).Where(item => item is DelegateObject { IsIterator: true } || (Types.SequenceOf(item) is null ? item is InitialObject : walked.Contains(item)));
            var yielded = Delegates.RunDelegates(operation, iterators.Union(queries), []);
            if (method.Name is "GetEnumerator" or "GetAsyncEnumerator")
            {
                return Enumerator(operation, receiver, yielded.Union(Body.ReadElements(collections)));
            }
        }

        if ((effects & LibraryEffects.RunsDelegates) != 0)
        {
            if (LibraryModel.IsThread(method.ContainingType))
            {
                values = Body.ReadElements(receiver);
            }

            result = result.Union(Delegates.RunDelegates(
                operation, values.Where(item => item is DelegateObject), method.Name == "ForEach" && Body.ReadElements(collections) is { IsEmpty: false } each ? [new(0, each, operation)] : [], isUse: false));
            if ((method.Name is "Run" or "StartNew" or "ContinueWith" || LibraryModel.StartsAndReturns(method)) && Waits.IsWaitedForHere(operation, atOnce: true) != true)
            {
                Body.LetRun(values);
            }
        }
        else if ((effects & LibraryEffects.DefersDelegates) == 0 && LibraryModel.MayKeepDelegates(method))
        {
            Body.LetRun(values);
        }

        if ((effects & LibraryEffects.StoresByReference) != 0 && arguments is [var place, ..])
        {
            var cells = CellsOf(place.Operation);
            var stored = arguments.Skip(1).Aggregate(result, (all, argument) => all.Union(argument.Value));
            Body.Store(cells, method.Name is "Write" or "Exchange" ? stored : stored.Union(place.Value));
            return method.Name is "EnsureInitialized" ? stored.Union(place.Value) : place.Value;
        }

        if ((effects & LibraryEffects.BuildsCollection) != 0 && Model.Container(operation, null, method.ReturnType) is { } built)
        {
            Body.Write(Model.Heap(built, ElementKey.Unknown), Body.ReadElements(receiver).Union(values).Union(Body.ReadElements(values)));
            return ObjectSet.Of(built);
        }

        if ((effects & LibraryEffects.KeepsResults) != 0)
        {
            result = result.Union(values.Where(static item => item is not DelegateObject));
            Body.Store(Body.MembersOf(collections, ElementKey.Unknown), result);
        }

        if ((effects & (LibraryEffects.ReturnsSame | LibraryEffects.DefersDelegates)) != 0)
        {
            result = result.Union(receiver).Union(values);
        }

        if ((effects & LibraryEffects.ReturnsElement) != 0)
        {
            var element = Body.ReadElements(collections);
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
            var kept = isSequence ? Enumerated(operation, values).Union(values.Where(static item => item is AllocationObject)) : values;
            Body.Store(Body.MembersOf(receiver, ElementKey.Unknown), kept);
            if (LibraryModel.AddsElement(method) && !(arguments.Length > 1 && arguments[0].Operation.ConstantValue.HasValue && method.Name is not "Insert"))
            {
                Lifetimes.Collected(receiver, kept);
            }
        }

        if ((effects & LibraryEffects.RemovesElement) != 0)
        {
            foreach (var collection in collections)
            {
                collection.AddRemoval(operation.Syntax);
            }

            Lifetimes.RemoveElement(collections, arguments.Length == 1 && (effects & LibraryEffects.ReturnsElement) == 0 ? values : default);
        }

        if (!result.IsEmpty || !CanHold(method.ReturnType))
        {
            return CanHold(method.ReturnType) ? result : default;
        }

        var unknown = Model.Container(operation, null, method.ReturnType);
        if (unknown is not null && WaitCatalog.FindsProcesses(method))
        {
            Body.Write(Model.Heap(unknown, ElementKey.Unknown), ObjectSet.Of(Model.Container(operation, "element", null)));
        }

        return ObjectSet.Of(unknown);
    }

    /// <summary>The elements of some sequences: of a collection those it has, of an iterator or a query those it makes now.</summary>
    public ObjectSet Enumerated(IOperation operation, ObjectSet sequences)
    {
        var deferred = sequences.Where(item => item is DelegateObject or InitialObject || Types.SequenceOf(item) is not null);
        return deferred.IsEmpty ? Body.ReadElements(sequences) : Delegates.RunDelegates(operation, deferred, []).Union(Body.ReadElements(sequences));
    }

    /// <summary>An enumerator keeps its collection, and what it shows are the collection's elements or what the iterator yields.</summary>
    private ObjectSet Enumerator(IOperation operation, ObjectSet collections, ObjectSet elements)
    {
        if ((collections.IsEmpty && elements.IsEmpty) || Model.Container(operation, "enumerator", null) is not { } enumerator)
        {
            return default;
        }

        Body.Write(Model.Heap(enumerator, ElementKey.Unknown), elements);
        Body.Write(Model.Heap(enumerator, Walked), collections);
        return ObjectSet.Of(enumerator);
    }

    /// <summary>A record's copy has the members of the original.</summary>
    public ObjectSet Clone(IOperation operation, ObjectSet original)
    {
        if (Model.Container(operation, null, operation.Type) is not { } copy)
        {
            return original;
        }

        Body.Use(original);
        Lifetimes.ForgetMembers(copy);
        if (ImplicitCalls.CopyConstructor(operation.Type) is { } constructor)
        {
            CallSource(operation, constructor, null, ObjectSet.Of(copy), [new(0, original, operation)]);
            return ObjectSet.Of(copy);
        }

        Body.CopyMembers(original, copy);
        return ObjectSet.Of(copy);
    }

    /// <summary>Stores a value in each <c>out</c> argument.</summary>
    public void AssignOut(IMethodSymbol method, PassedArgument[] arguments, ObjectSet value)
    {
        foreach (var argument in arguments)
        {
            if (argument.Ordinal < method.Parameters.Length && method.Parameters[argument.Ordinal].RefKind is RefKind.Out)
            {
                Body.Store(CellsOf(argument.Operation), value);
            }
        }
    }

    /// <summary>What an inherited <c>Dispose</c> runs of the types of some objects, which its own code calls as any override's.</summary>
    public void CallOverride(IOperation call, IMethodSymbol dispose, ObjectSet disposed, ITypeSymbol? declared)
    {
        foreach (var item in disposed)
        {
            var type = item is ContainerObject { IsExact: true, Type: { } exact } ? exact : item is InitialObject ? declared : null;
            if (type is INamedTypeSymbol own && !SymbolEqualityComparer.Default.Equals(own, dispose.ContainingType) && CalledByDispose(own, dispose) is { } overriding)
            {
                CallSource(call, overriding, null, ObjectSet.Of(item), []);
            }
        }
    }

    /// <summary>Disposes of objects, through any interface or helper: of those whose type is known as the type does it.</summary>
    public void Dispose(IOperation operation, ObjectSet disposed)
    {
        foreach (var item in disposed)
        {
            switch (item)
            {
                case InitialObject when State.FateOf(item) != Fates.None:
                    Body.SetFate(item, Fates.Disposed);
                    break;
                case ContainerObject { Type: INamedTypeSymbol type } when DisposeOf(type) is { } release && _disposing.Count < MaxOwners && _disposing.Add(item):
                    CallOverride(operation, release, ObjectSet.Of(item), type);
                    CallSource(operation, release, null, ObjectSet.Of(item), []);
                    _disposing.Remove(item);
                    break;
                case AllocationObject { Allocation.Operation.Type: { } type } when ReleaseCatalog.Disposed(type) is var kind and not ReleaseKind.None:
                    Lifetimes.End(ObjectSet.Of(item), kind == ReleaseKind.Pools ? Fates.Pooled : Fates.Dropped);
                    break;

                // An image, a model, a session: the library frees what it allocated.
                case AllocationObject { Allocation.Kind: Sizing.AllocationKind.UserDefined or Sizing.AllocationKind.UnboundedRead }:
                    Lifetimes.End(ObjectSet.Of(item), Fates.Gone);
                    break;
            }
        }
    }
}
