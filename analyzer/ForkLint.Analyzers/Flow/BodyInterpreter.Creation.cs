using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>The creation of objects, arrays and collections, and taking them apart.</summary>
internal sealed partial class BodyInterpreter
{
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

        var values = AllOf(default, arguments);
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
            Write(_model.Heap(made, ElementKey.Unknown), Enumerated(creation, values));
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
                value = Enumerated(operation, value);
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
            var part = type is { IsTupleType: true } && from.Length == 1 && i < type.TupleElements.Length
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
