using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>Calls into libraries, and the creation of objects, arrays and collections.</summary>
internal sealed partial class BodyInterpreter
{
    private ObjectSet CallLibrary(
        IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver, List<(int Ordinal, ObjectSet Value, IOperation Operation)> arguments)
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
        var collections = method.IsStatic && arguments.Count > 0 ? arguments[0].Value : receiver;
        var values = arguments.Aggregate(ObjectSet.Empty, (all, argument) => all.Union(argument.Value));
        var result = ObjectSet.Empty;

        if ((effects & LibraryEffects.Enumerates) != 0)
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
            foreach (var argument in arguments.Where(argument => IsOut(method, argument.Ordinal)))
            {
                Store(CellsOf(argument.Operation), element);
            }
        }
        else
        {
            foreach (var argument in arguments.Where(argument => IsOut(method, argument.Ordinal)))
            {
                Store(CellsOf(argument.Operation), default);
            }
        }

        if ((effects & LibraryEffects.KeepsArguments) != 0)
        {
            var kept = method.Name.EndsWith("Range", StringComparison.Ordinal) ? ReadElements(values).Union(ElementsOf(values)) : values;
            Store(MembersOf(receiver, ElementKey.Unknown), kept);
            if (LibraryModel.AddsElement(method) && !(arguments.Count > 1 && arguments[0].Operation.ConstantValue.HasValue && method.Name is not "Insert"))
            {
                Collected(receiver, kept);
            }
        }

        if ((effects & LibraryEffects.RemovesElement) != 0)
        {
            foreach (var collection in collections)
            {
                collection.Removals.Add(operation.Syntax);
            }

            RemoveElement(collections, arguments.Count == 1 && (effects & LibraryEffects.ReturnsElement) == 0 ? values : default);
        }

        return result.IsEmpty && CanHold(method.ReturnType) && !method.ReturnsVoid ? ObjectSet.Of(_model.Container(operation, null, method.ReturnType)) : result;
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
                allocation.Collectors.UnionWith(collections.Items);
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

    private ObjectSet Create(IObjectCreationOperation creation)
    {
        var arguments = EvaluateArguments(creation.Arguments);
        if (creation.Constructor is not { } constructor)
        {
            UseArguments(default, arguments);
            return default;
        }

        if (_catalogs.Allocations.Classify(creation, _environment) is not null)
        {
            UseArguments(default, arguments);
            MayThrow();
            return Allocated(creation, creation) ?? default;
        }

        var values = arguments.Aggregate(ObjectSet.Empty, (all, argument) => all.Union(argument.Value));
        var made = creation.Type is { IsValueType: true } && values.IsEmpty && constructor.IsImplicitlyDeclared
            ? null
            : _model.Container(creation, null, creation.Type, isExact: true);
        var result = ObjectSet.Of(made);
        if (IsSource(constructor) || IsSource(constructor.ContainingType))
        {
            if (made is not null)
            {
                ForgetMembers(made);
            }

            CallSource(creation, constructor, null, result, arguments);
            return result;
        }

        UseArguments(default, arguments);
        MayThrow();
        var type = constructor.ContainingType;
        if (LibraryModel.IsView(type) || type.Name is "IntPtr" or "UIntPtr" or "Task" or "ValueTask" or "Nullable")
        {
            return values;
        }

        if (made is not null && LibraryModel.KeepsArguments(type))
        {
            Write(_model.Heap(made, ElementKey.Unknown), values);
            return result;
        }

        if (made is not null && type.AllInterfaces.Any(face => face.SpecialType == SpecialType.System_Collections_IEnumerable))
        {
            Write(_model.Heap(made, ElementKey.Unknown), ReadElements(values));
        }
        else if (!LibraryModel.IsWeak(type))
        {
            LetRun(values);
        }

        return result;
    }

    private ObjectSet CreateAnonymous(IAnonymousObjectCreationOperation anonymous)
    {
        var made = _model.Container(anonymous, null, anonymous.Type, isExact: true);
        foreach (var initializer in anonymous.Initializers)
        {
            var value = Evaluate(initializer is ISimpleAssignmentOperation assignment ? assignment.Value : initializer);
            if (made is not null && initializer is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } })
            {
                Write(_model.Heap(made, Storage(property)), value);
            }
        }

        return ObjectSet.Of(made);
    }

    private void ForgetMembers(MemoryObject made)
    {
        foreach (var member in made.Members)
        {
            if (_state.Knows(member))
            {
                Write(member, default);
            }
        }
    }

    private ObjectSet CreateArray(IArrayCreationOperation array)
    {
        foreach (var size in array.DimensionSizes)
        {
            Evaluate(size);
        }

        MayThrow();
        var result = Allocated(array, array) ?? (CanHold((array.Type as IArrayTypeSymbol)?.ElementType) ? ObjectSet.Of(_model.Container(array, null, array.Type)) : default);
        if (array.Initializer is { } initializer)
        {
            StoreElements(result, initializer, []);
        }

        return result;
    }

    private void StoreElements(ObjectSet array, IArrayInitializerOperation initializer, List<int> outer)
    {
        for (var i = 0; i < initializer.ElementValues.Length; i++)
        {
            if (initializer.ElementValues[i] is IArrayInitializerOperation nested)
            {
                StoreElements(array, nested, [.. outer, i]);
            }
            else
            {
                var value = Evaluate(initializer.ElementValues[i]);
                if (!value.IsEmpty)
                {
                    Store(MembersOf(array, outer.Count == 0 ? new ElementKey(i) : ElementKey.Unknown), value);
                }
            }
        }
    }

    /// <summary>Read by its syntax: the compiler that the analyzers are built against has no operation for it yet.</summary>
    private ObjectSet CreateCollection(IOperation operation, CollectionExpressionSyntax syntax)
    {
        var made = (Allocated(operation, operation) ?? ObjectSet.Of(_model.Container(operation, null, operation.Type))).Single;
        var index = 0;
        foreach (var child in operation.ChildOperations)
        {
            var element = index < syntax.Elements.Count ? syntax.Elements[index] : null;
            var value = Evaluate(child.Syntax is SpreadElementSyntax && child.ChildOperations.Count > 0 ? child.ChildOperations.First() : child);
            if (element is SpreadElementSyntax || child.Syntax is SpreadElementSyntax)
            {
                Use(value);
                value = ReadElements(value);
            }

            if (made is not null && !value.IsEmpty)
            {
                Store([_model.Heap(made, new ElementKey(index))], value);
            }

            index++;
        }

        return ObjectSet.Of(made);
    }

    private ObjectSet Deconstruct(IDeconstructionAssignmentOperation deconstruction)
    {
        var target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        var source = Unconverted(deconstruction.Value);
        if (target is not ITupleOperation targets)
        {
            return EvaluateUnknown(deconstruction);
        }

        if (source is ITupleOperation values && values.Elements.Length == targets.Elements.Length)
        {
            // All values are computed before anything is assigned: "(a, b) = (b, a)" swaps.
            var computed = values.Elements.Select(Evaluate).ToList();
            for (var i = 0; i < computed.Count; i++)
            {
                AssignPart(targets.Elements[i], computed[i]);
            }

            return default;
        }

        var from = CellsOfQuietly(source);
        var whole = Evaluate(source);
        var type = source.Type as INamedTypeSymbol;
        if (DeconstructMethod(source.Type, targets.Elements.Length) is { } method)
        {
            CallSource(source, method, source, whole, []);
        }

        for (var i = 0; i < targets.Elements.Length; i++)
        {
            var part = type is { IsTupleType: true } && from.Count == 1 && i < type.TupleElements.Length
                ? _state.Read(_model.Component(from[0], TupleField(type, i)))
                : type is { IsTupleType: true } ? whole
                : DeconstructedPart(whole, type, i);
            AssignPart(targets.Elements[i], part);
        }

        return default;
    }

    /// <summary>The method of the compilation that takes a value apart; <see langword="null"/> where the compiler or a library does.</summary>
    internal static IMethodSymbol? DeconstructMethod(ITypeSymbol? type, int parts)
    {
        for (; type is not null && IsSource(type); type = type.BaseType)
        {
            foreach (var member in type.GetMembers("Deconstruct"))
            {
                if (member is IMethodSymbol { IsStatic: false, IsImplicitlyDeclared: false } method && method.Parameters.Length == parts)
                {
                    return method;
                }
            }
        }

        return null;
    }

    private void AssignPart(IOperation target, ObjectSet value)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        if (target is ITupleOperation nested)
        {
            foreach (var element in nested.Elements)
            {
                AssignPart(element, value);
            }
        }
        else if (CanHold(target.Type))
        {
            Store(CellsOf(target), value);
        }
    }

    /// <summary>A record's part is the property of its parameter's name; for any other type, whatever hangs off it.</summary>
    private ObjectSet DeconstructedPart(ObjectSet whole, INamedTypeSymbol? type, int index)
    {
        Use(whole);
        if (type is { IsRecord: true }
            && type.InstanceConstructors.FirstOrDefault(constructor => constructor.Parameters.Length > index) is { } constructor
            && type.GetMembers(constructor.Parameters[index].Name).FirstOrDefault() is IPropertySymbol property)
        {
            return Read(MembersOf(whole, Storage(property)));
        }

        return _state.Closure(whole).Where(item => !whole.Contains(item));
    }
}
