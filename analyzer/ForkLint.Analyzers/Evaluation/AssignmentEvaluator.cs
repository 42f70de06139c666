using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Assignments: of a value, of a reference, and of the parts of a tuple or an object.</summary>
internal sealed class AssignmentEvaluator(Evaluators all) : Evaluator(all)
{
    /// <summary>Assigns the parts of a value.</summary>
    public ObjectSet Deconstruct(IDeconstructionAssignmentOperation deconstruction)
    {
        var target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        var source = Unconverted(deconstruction.Value);
        if (target is not ITupleOperation targets)
        {
            return All.Expressions.EvaluateUnknown(deconstruction);
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

        var from = Places.CellsOfQuietly(source);
        var whole = Evaluate(source);
        var type = source.Type as INamedTypeSymbol;
        if (ImplicitCalls.DeconstructMethod(source.Type, targets.Elements.Length) is { } method)
        {
            CallSource(source, method, source, whole, []);
        }

        for (var i = 0; i < targets.Elements.Length; i++)
        {
            var part = type is { IsTupleType: true } && from.Length == 1 && i < type.TupleElements.Length
                ? State.Read(Model.Component(from[0], TupleField(type, i)))
                : type is { IsTupleType: true } ? whole.Where(item => MayRefer(targets.Elements[i].Type, item))
                : DeconstructedPart(whole, type, i);
            AssignPart(targets.Elements[i], part);
        }

        return default;
    }

    /// <summary>Whether a variable may refer to an object, by what is plain of its type: a text is no array of numbers.</summary>
    private static bool MayRefer(ITypeSymbol? variable, MemoryObject item) => variable is not { TypeKind: TypeKind.Class, SpecialType: not (SpecialType.System_Object or SpecialType.System_Array), Name: not "Task" }
        || (item is not AllocationObject { Allocation.Operation.Type: IArrayTypeSymbol }
            && (item is not ContainerObject { IsExact: true, Type: INamedTypeSymbol made } || TypeRelations.IsOrDerivesFrom(made, variable as INamedTypeSymbol)));

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
            Body.Store(CellsOf(target), value);
        }
    }

    /// <summary>A record's part is the property of its parameter's name; for any other type, all that hangs off it.</summary>
    private ObjectSet DeconstructedPart(ObjectSet whole, INamedTypeSymbol? type, int index)
    {
        Body.Use(whole);
        if (type is { IsRecord: true }
            && type.InstanceConstructors.FirstOrDefault(constructor => constructor.Parameters.Length > index) is { } constructor
            && type.GetMembers(constructor.Parameters[index].Name).FirstOrDefault() is IPropertySymbol property)
        {
            return Body.Read(Body.MembersOf(whole, Storage(property)));
        }

        return State.Closure(whole).Where(item => !whole.Contains(item));
    }

    /// <summary>Makes a local, or a field that is a reference, refer to storage.</summary>
    public ObjectSet BindReference(ISimpleAssignmentOperation binding)
    {
        var cells = CellsOf(binding.Value);
        if (binding.Target is IFieldReferenceOperation { Field.RefKind: not RefKind.None } field)
        {
            Body.Store(Places.FieldCells(field), Body.ReferencesTo(cells));
        }
        else if (binding.Target is ILocalReferenceOperation { Local: var local } && cells.Length > 0)
        {
            Body.AddReference(local, cells);

            // A reference into an object keeps the object.
            Body.Write(Model.Variable(local), BodyState.OwnersOf(cells));
        }
        else
        {
            Evaluate(binding.Value);
        }

        return Body.Read(cells);
    }

    /// <summary>Whether the index is the variable of a counting loop, give or take a constant.</summary>
    private static bool NamesAnotherElementEachRound(IOperation target)
    {
        var index = target switch
        {
            IArrayElementReferenceOperation { Indices: [var only] } => only,
            IPropertyReferenceOperation { Arguments: [var only] } => only.Value,
            _ => null,
        };
        index = index is null ? null : Unconverted(index);
        index = index is IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract, RightOperand.ConstantValue.HasValue: true } sum
            ? Unconverted(sum.LeftOperand)
            : index;
        return index is ILocalReferenceOperation { Local: var local }
            && local.DeclaringSyntaxReferences is [var reference]
            && reference.GetSyntax() is ForEachStatementSyntax or VariableDeclaratorSyntax { Parent.Parent: ForStatementSyntax };
    }

    /// <summary>A property with code of its own, an element through an indexer of the compilation, a place behind a pointer.</summary>
    private void AssignElsewhere(IOperation target, ObjectSet stored)
    {
        if (target is IPropertyReferenceOperation { Property.SetMethod: { } setter } property && IsSource(property.Property))
        {
            var receiver = property.Instance is null ? default : Evaluate(property.Instance);
            var arguments = property.Arguments.Select(argument => new PassedArgument(argument.Parameter?.Ordinal ?? 0, Evaluate(argument.Value), argument.Value))
                .Append(new PassedArgument(setter.Parameters.Length - 1, stored, target)).ToArray();
            CallSource(target, setter, property.Instance, receiver, arguments);
            return;
        }

        foreach (var child in target.ChildOperations)
        {
            Body.Use(Evaluate(child));
        }

        UseDeep(stored);
    }

    /// <summary>Whether code outside of the body may read what is stored there at any time.</summary>
    private static bool LeavesBody(IOperation target) => target is IPropertyReferenceOperation { Property.IsIndexer: false } or IFieldReferenceOperation
        ? target is IMemberReferenceOperation { Instance: null }
        : target is IParameterReferenceOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out };

    /// <summary>Assigns a struct or tuple field by field where both sides show their fields, and anything else whole.</summary>
    public ObjectSet Assign(IOperation target, IOperation value)
    {
        var source = Unconverted(value);
        if (source is ITupleOperation tuple)
        {
            var elements = tuple.Elements.Select(Evaluate).ToList();
            var destinations = CellsOf(target);
            if (destinations.Length == 1 && target.Type is INamedTypeSymbol { IsTupleType: true } type && type.TupleElements.Length == elements.Count)
            {
                Body.Write(destinations[0], default);
                for (var i = 0; i < elements.Count; i++)
                {
                    Body.Write(Model.Component(destinations[0], TupleField(type, i)), elements[i]);
                }
            }
            else
            {
                Body.Store(destinations, elements.Aggregate(ObjectSet.Empty, (all, element) => all.Union(element)));
            }

            return default;
        }

        if (value.Type is { IsValueType: true } && Places.CellsOfQuietly(source) is [var from] && CellsOf(target) is [var to] && from.Components.Count > 0)
        {
            Evaluate(value);
            Body.CopyStruct(from, to);
            return State.Read(to);
        }

        // The storage is found before the value is computed, as C# does it.
        var cells = CellsOf(target);
        if (target is ILocalReferenceOperation { Local: { IsRef: true } alias } && Body.References?.ContainsKey(alias) == true)
        {
            Body.Use(State.Read(Model.Variable(alias)));
        }

        var stored = Evaluate(value);
        if (cells.Length > 0)
        {
            Body.Store(cells, stored);
            Body.Spread(cells, stored, target.Type);
            if (Facts is not null && StructOf(target) is ILocalReferenceOperation { Local: { IsRef: true } unknown } && Body.References?.ContainsKey(unknown) != true)
            {
                // A reference that a method returned which was not followed: what it names may be anywhere.
                Facts.Handed.UnionWith(stored.Items);
            }

            if (source.ConstantValue.HasValue && NamesAnotherElementEachRound(target))
            {
                // "all[i] = null": where such a loop ends, nothing is left.
                foreach (var collection in BodyState.OwnersOf(cells))
                {
                    Lifetimes.Clear(collection);
                }
            }
            else if (Facts is not null && NamesAnotherElementEachRound(target))
            {
                Lifetimes.Collected(BodyState.OwnersOf(cells), stored);
            }
        }
        else if (target is not IDiscardOperation)
        {
            AssignElsewhere(target, stored);
        }

        if (LeavesBody(target))
        {
            UseDeep(stored);
        }

        return stored;
    }

    /// <summary>The variable whose struct a field, or a field of a field, is part of; any other storage itself.</summary>
    private static IOperation StructOf(IOperation place)
    {
        while (place is IFieldReferenceOperation { Instance: { Type.IsValueType: true } whole })
        {
            place = whole;
        }

        return place;
    }
}
