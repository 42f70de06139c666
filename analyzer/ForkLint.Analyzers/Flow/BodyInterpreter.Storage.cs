using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>Where an expression's value is stored.</summary>
internal sealed partial class BodyInterpreter
{
    private const int FewCells = 8;

    private static readonly Cell[] NoCells = [];

    // Which storage a ref local, or a temporary for the target of a later assignment, stands for.
    private Dictionary<object, HashSet<Cell>>? _references;

    /// <summary>The storage an expression names; none for a value that is stored nowhere.</summary>
    private Cell[] CellsOf(IOperation? operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation { Local: var local }:
                return _references is not null && _references.TryGetValue(local, out var aliased) ? [.. aliased] : _model.Variable(local).Alone;
            case IParameterReferenceOperation { Parameter: var parameter }:
                return IsCapturedByType(parameter)
                    ? MembersOf(ObjectSet.Of(_model.Initial(_model.This)), parameter)
                    : _model.Variable(parameter).Alone;
            case IFieldReferenceOperation { Field: var field } reference:
                var member = field.CorrespondingTupleField ?? field;
                return field.IsConst ? NoCells : MemberCells(reference.Instance, member.OriginalDefinition, field.IsStatic);
            case IEventReferenceOperation { Event: var @event } reference:
                return MemberCells(reference.Instance, @event.OriginalDefinition, @event.IsStatic);
            case IPropertyReferenceOperation { Arguments.Length: 0 } reference when IsStored(reference.Property):
                return MemberCells(reference.Instance, Storage(reference.Property), reference.Property.IsStatic);
            case IPropertyReferenceOperation { Instance: { } collection, Arguments.Length: > 0 } reference when !IsSource(reference.Property):
                return ElementsOf(collection, reference.Arguments.Select(argument => argument.Value));
            case IArrayElementReferenceOperation element:
                return ElementsOf(element.ArrayReference, element.Indices);
            case IFlowCaptureReferenceOperation capture:
                return _references is not null && _references.TryGetValue(capture.Id, out var captured) ? [.. captured] : _model.Capture(capture.Id).Alone;
            case IDeclarationExpressionOperation declaration:
                return CellsOf(declaration.Expression);
            case IConversionOperation { OperatorMethod: null } conversion:
                return CellsOf(conversion.Operand);
            case IParenthesizedOperation parenthesized:
                return CellsOf(parenthesized.Operand);
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance }:
                return _model.This.Alone;
            default:
                return NoCells;
        }
    }

    private Cell[] MemberCells(IOperation? instance, ISymbol member, bool isStatic)
    {
        if (isStatic)
        {
            return _model.Variable(member).Alone;
        }

        if (instance is null)
        {
            return NoCells;
        }

        if (instance.Type is { IsValueType: true } && instance is not IInstanceReferenceOperation)
        {
            return ComponentsOf(CellsOf(instance), member);
        }

        var owners = Evaluate(instance);
        Use(owners);
        return MembersOf(owners, member);
    }

    private Cell[] ComponentsOf(Cell[] parents, ISymbol member)
    {
        if (parents.Length == 1)
        {
            return _model.Component(parents[0], member).Alone;
        }

        var parts = new Cell[parents.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = _model.Component(parents[i], member);
        }

        return parts;
    }

    private Cell[] ElementsOf(IOperation collection, IEnumerable<IOperation> indices)
    {
        var owners = Evaluate(collection);
        var element = Element(indices);
        Use(owners);
        MayThrow();
        return MembersOf(owners, element);
    }

    private Cell[] MembersOf(ObjectSet owners, object member)
    {
        if (owners.Count <= 1)
        {
            return owners.Single is { } only ? _model.Heap(only, member).Alone : NoCells;
        }

        var cells = new Cell[owners.Count];
        var count = 0;
        foreach (var owner in owners)
        {
            cells[count++] = _model.Heap(owner, member);
        }

        return cells;
    }

    private ElementKey Element(IEnumerable<IOperation> indices)
    {
        object? constant = null;
        foreach (var index in indices)
        {
            Use(Evaluate(index));
            if (!index.ConstantValue.HasValue || constant is not null)
            {
                return ElementKey.Unknown;
            }

            constant = index.ConstantValue.Value;
        }

        return new ElementKey(constant);
    }

    private ObjectSet Read(Cell[] cells) => Read(cells, _state);

    /// <summary>What is stored there. An element nobody can tell from others may be any of them.</summary>
    private static ObjectSet Read(Cell[] cells, FlowState state)
    {
        if (cells.Length <= FewCells)
        {
            var all = ObjectSet.Empty;
            foreach (var cell in cells)
            {
                all = all.Union(Read(cell, state));
            }

            return all;
        }

        // One by one, the union of many sets takes the square of their number.
        var values = new HashSet<MemoryObject>();
        foreach (var cell in cells)
        {
            var value = Read(cell, state);
            state.Spend(1 + value.Count);
            values.UnionWith(value.Items);
        }

        return ObjectSet.Of(values);
    }

    private static ObjectSet Read(Cell cell, FlowState state)
    {
        var value = state.Read(cell);
        if (cell is HeapCell { Member: ElementKey { Index: var index }, Owner: var owner })
        {
            foreach (var other in owner.Members)
            {
                if (other.Member is ElementKey key && (index is null || key.Index is null) && state.Knows(other))
                {
                    value = value.Union(state.Read(other));
                }
            }
        }

        return value;
    }

    private ObjectSet ReadElements(ObjectSet collections) => Read(MembersOf(collections, ElementKey.Unknown));

    /// <summary>Stores a value: instead of the old one where the storage is certain, beside it otherwise.</summary>
    private void Store(Cell[] cells, ObjectSet value)
    {
        foreach (var cell in cells)
        {
            var isCertain = cells.Length == 1 && cell is not HeapCell { Member: ElementKey { Index: null } };
            if (!isCertain && value.IsEmpty)
            {
                continue;
            }

            Write(cell, isCertain ? value : _state.Read(cell).Union(value));
        }
    }

    /// <summary>Assigns a struct or tuple field by field where both sides show their fields, and anything else whole.</summary>
    private ObjectSet Assign(IOperation target, IOperation value)
    {
        var source = Unconverted(value);
        if (source is ITupleOperation tuple)
        {
            var elements = tuple.Elements.Select(Evaluate).ToList();
            var destinations = CellsOf(target);
            if (destinations.Length == 1 && target.Type is INamedTypeSymbol { IsTupleType: true } type && type.TupleElements.Length == elements.Count)
            {
                Write(destinations[0], default);
                for (var i = 0; i < elements.Count; i++)
                {
                    Write(_model.Component(destinations[0], TupleField(type, i)), elements[i]);
                }
            }
            else
            {
                Store(destinations, elements.Aggregate(ObjectSet.Empty, (all, element) => all.Union(element)));
            }

            return default;
        }

        if (value.Type is { IsValueType: true } && CellsOfQuietly(source) is [var from] && CellsOf(target) is [var to] && from.Components.Count > 0)
        {
            var parts = from.Components.Select(part => (part.Member, Value: _state.Read(part))).ToList();
            Evaluate(value);
            Write(to, _state.ReadWhole(from));
            foreach (var (member, part) in parts)
            {
                Write(_model.Component(to, member), part);
            }

            return _state.Read(to);
        }

        // The storage is found before the value is computed, as C# does it.
        var cells = CellsOf(target);
        if (target is ILocalReferenceOperation { Local: { IsRef: true } alias } && _references?.ContainsKey(alias) == true)
        {
            Use(_state.Read(_model.Variable(alias)));
        }

        var stored = Evaluate(value);
        if (cells.Length > 0)
        {
            Store(cells, stored);
            if (_facts is not null && NamesAnotherElementEachRound(target))
            {
                Collected(OwnersOf(cells), stored);
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

    /// <summary>The objects that some storage is part of.</summary>
    private static ObjectSet OwnersOf(Cell[] cells)
    {
        var owners = ObjectSet.Empty;
        foreach (var cell in cells)
        {
            owners = cell is HeapCell heap ? owners.Union(ObjectSet.Of(heap.Owner)) : owners;
        }

        return owners;
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
            Use(Evaluate(child));
        }

        UseDeep(stored);
    }

    /// <summary>Whether somebody outside of the body reads what is stored there at any time.</summary>
    private static bool LeavesBody(IOperation target) => target is IPropertyReferenceOperation { Property.IsIndexer: false } or IFieldReferenceOperation
        ? target is IMemberReferenceOperation { Instance: null }
        : target is IParameterReferenceOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out };

    private Cell[] CellsOfQuietly(IOperation operation) =>
        operation is ILocalReferenceOperation or IParameterReferenceOperation or IFlowCaptureReferenceOperation ? CellsOf(operation) : NoCells;

    private static IFieldSymbol TupleField(INamedTypeSymbol type, int index)
    {
        var field = type.TupleElements[index];
        return (field.CorrespondingTupleField ?? field).OriginalDefinition;
    }

    private static IOperation Unconverted(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } or IParenthesizedOperation)
        {
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)operation).Operand;
        }

        return operation;
    }

    /// <summary>A primary constructor's parameter, read outside of the constructor: a field in all but name.</summary>
    private bool IsCapturedByType(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor } constructor)
        {
            return false;
        }

        for (ISymbol? symbol = _method; symbol is IMethodSymbol method; symbol = method.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(method.OriginalDefinition, constructor.OriginalDefinition))
            {
                return false;
            }
        }

        return _method is not null;
    }

    /// <summary>Whether a property is storage: an automatic one, or one of a library, which is taken for one.</summary>
    private static bool IsStored(IPropertySymbol property) => !IsSource(property) || property.ContainingType.IsAnonymousType || AutomaticProperties.BackingField(property) is not null;

    private static ISymbol Storage(IPropertySymbol property) =>
        property.OriginalDefinition is { OverriddenProperty: { } overridden } ? Storage(overridden) : property.OriginalDefinition;

    private static bool IsSource(ISymbol symbol) => !symbol.DeclaringSyntaxReferences.IsEmpty;

    private sealed class ReferenceKeys : IEqualityComparer<object>
    {
        bool IEqualityComparer<object>.Equals(object x, object y) => x is ISymbol symbol
            ? SymbolEqualityComparer.Default.Equals(symbol, y as ISymbol)
            : x is CaptureId id && y is CaptureId other && id.Equals(other);

        int IEqualityComparer<object>.GetHashCode(object key) =>
            key is ISymbol symbol ? SymbolEqualityComparer.Default.GetHashCode(symbol) : key.GetHashCode();
    }
}
