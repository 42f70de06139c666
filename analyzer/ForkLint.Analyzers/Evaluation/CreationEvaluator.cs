using System.Collections.Immutable;
using ForkLint.Analyzers.Configuration;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Evaluation.PassedArguments;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>The creation of objects, arrays and collections, and the allocations that are followed.</summary>
internal sealed class CreationEvaluator(Evaluators all) : Evaluator(all)
{
    // No threshold is below this, and most objects are.
    internal const long SmallBytes = ForkLintOptions.LeastThresholdBytes;
    private Dictionary<IOperation, int>? _allocationNumbers;

    /// <summary>How many allocations were met, those outside of this run's window included.</summary>
    public int AllocationCount => _allocationNumbers?.Count ?? 0;

    /// <summary>The object that an expression allocates, if it does and this run follows it.</summary>
    public ObjectSet? Allocated(IOperation operation, IOperation site)
    {
        if (Catalogs.Allocations.Classify(operation, Sizes) is not { } allocation)
        {
            return null;
        }

        var made = IsFollowed(operation) ? Model.Allocation(site, null, allocation, Sizes, ImmutableArray<CallFrame>.Empty) : null;
        var result = ObjectSet.Of(made ?? (MemoryObject?)Model.Container(site, null, site.Type, isExact: operation is IObjectCreationOperation));
        if (allocation.Replaces is { } replaced)
        {
            var old = Body.Read(CellsOf(replaced));
            if (allocation.Kind == AllocationKind.Collection && old.Items.Any(static item => item is AllocationObject))
            {
                // It may be large enough as it is.
                return default(ObjectSet);
            }

            Lifetimes.End(old, allocation.Kind is AllocationKind.Native or AllocationKind.Mapped ? Fates.Gone : Fates.Charged);
            if (allocation.Kind == AllocationKind.Collection && result.Single is { } grown)
            {
                Body.CopyMembers(old, grown);
            }
        }

        if (made is not null)
        {
            Lifetimes.Born(made, Fates.Charged);
        }

        if (allocation.Receiver is { } receiver)
        {
            Body.Store(CellsOf(receiver), result);
            return default(ObjectSet);
        }

        return result;
    }

    /// <summary>Whether an allocation can be large, and is among those that this run follows.</summary>
    private bool IsFollowed(IOperation operation)
    {
        if (!Catalogs.IsCandidate(operation))
        {
            return false;
        }

        _allocationNumbers ??= [];
        if (!_allocationNumbers.TryGetValue(operation, out var number))
        {
            _allocationNumbers.Add(operation, number = _allocationNumbers.Count);
        }

        return number / BodyInterpreter.WindowSize == Body.Window;
    }

    /// <summary>A new object.</summary>
    public ObjectSet Create(IObjectCreationOperation creation)
    {
        var arguments = Calls.EvaluateArguments(creation.Arguments);
        if (creation.Constructor is not { } constructor)
        {
            Calls.UseArguments(default, arguments);
            return default;
        }

        if (Catalogs.Allocations.Classify(creation, Sizes) is not null)
        {
            Calls.UseArguments(default, arguments);
            MayThrow();
            LibraryCalls.Enumerated(creation, arguments.Length == 1 ? arguments[0].Value : default);
            return Allocated(creation, creation) ?? default;
        }

        var values = AllOf(default, arguments);
        var made = creation.Type is { IsValueType: true } && values.IsEmpty && constructor.IsImplicitlyDeclared
            ? null
            : Model.Container(creation, null, creation.Type, isExact: true);
        var result = ObjectSet.Of(made);
        if (IsSource(constructor) || IsSource(constructor.ContainingType))
        {
            if (made is not null)
            {
                Lifetimes.ForgetMembers(made);
            }

            CallSource(creation, constructor, null, result, arguments);
            return result;
        }

        Calls.UseArguments(default, arguments);
        MayThrow();
        var type = constructor.ContainingType;
        if (LibraryModel.IsView(type) || type.Name is "IntPtr" or "UIntPtr" or "Task" or "ValueTask" or "Nullable")
        {
            return values;
        }

        if (made is not null && LibraryModel.KeepsArguments(type))
        {
            Body.Write(Model.Heap(made, ElementKey.Unknown), values);
            return result;
        }

        if (made is not null && type.AllInterfaces.Any(face => face.SpecialType == SpecialType.System_Collections_IEnumerable))
        {
            Body.Write(Model.Heap(made, ElementKey.Unknown), LibraryCalls.Enumerated(creation, values));
        }
        else if (!LibraryModel.IsWeak(type))
        {
            Body.LetRun(values);
        }

        return result;
    }

    /// <summary>A new object of a type that may be a type parameter: of the type that it stands for, where that is known.</summary>
    public ObjectSet Create(IOperation creation, ITypeSymbol? named)
    {
        var type = Types.ArgumentOf(named);
        var made = Model.Container(creation, null, type, isExact: type is INamedTypeSymbol);
        if (made is not null && ImplicitCalls.Constructor(type) is { } constructor && (IsSource(constructor) || IsSource(constructor.ContainingType)))
        {
            Lifetimes.ForgetMembers(made);
            CallSource(creation, constructor, null, ObjectSet.Of(made), []);
        }

        MayThrow();
        return ObjectSet.Of(made);
    }

    /// <summary>A new object of an anonymous type.</summary>
    public ObjectSet CreateAnonymous(IAnonymousObjectCreationOperation anonymous)
    {
        var made = Model.Container(anonymous, null, anonymous.Type, isExact: true);
        foreach (var initializer in anonymous.Initializers)
        {
            var value = Evaluate(initializer is ISimpleAssignmentOperation assignment ? assignment.Value : initializer);
            if (made is not null && initializer is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } })
            {
                Body.Write(Model.Heap(made, Storage(property)), value);
            }
        }

        return ObjectSet.Of(made);
    }

    /// <summary>A new array.</summary>
    public ObjectSet CreateArray(IArrayCreationOperation array)
    {
        foreach (var size in array.DimensionSizes)
        {
            Evaluate(size);
        }

        MayThrow();
        var result = Allocated(array, array) ?? (CanHold((array.Type as IArrayTypeSymbol)?.ElementType) ? ObjectSet.Of(Model.Container(array, null, array.Type)) : default);
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
                    Body.Store(Body.MembersOf(array, outer.Count == 0 ? new ElementKey(i) : ElementKey.Unknown), value);
                }
            }
        }
    }

    /// <summary>Read by its children: the compiler that the analyzers are built against has no interface for it yet.</summary>
    public ObjectSet CreateCollection(IOperation operation)
    {
        var made = (Allocated(operation, operation) ?? ObjectSet.Of(Model.Container(operation, null, operation.Type))).Single;
        var builder = ImplicitCalls.Builder(operation.Type);
        var add = builder is null ? ImplicitCalls.AddElement(operation.Type) : null;
        var index = 0;
        foreach (var child in operation.ChildOperations)
        {
            if (child is IArgumentOperation argument)
            {
                // What "with(…)" passes to the constructor, and the place of the elements in a builder's call.
                Body.Use(Evaluate(argument));
                continue;
            }

            var isSpread = (int)child.Kind == ExpressionEvaluator.SpreadKind || child.Syntax is SpreadElementSyntax;
            var value = Evaluate(isSpread && child.ChildOperations.Count > 0 ? child.ChildOperations.First() : child);
            if (isSpread)
            {
                Body.Use(value);
                value = LibraryCalls.Enumerated(operation, value);
            }

            if (made is not null && !value.IsEmpty)
            {
                Body.Store([Model.Heap(made, new ElementKey(index))], value);
            }

            if (add is not null)
            {
                CallSource(operation, add, null, ObjectSet.Of(made), [new(0, value, child)]);
            }

            index++;
        }

        var elements = ObjectSet.Of(made);
        return builder is null ? elements : CallSource(operation, builder, null, default, [new(0, elements, operation)]).Union(elements);
    }
}
