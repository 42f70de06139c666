using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Where the value of an expression is stored.</summary>
internal sealed class PlaceEvaluator(Evaluators all) : Evaluator(all)
{
    private HashSet<object>? _referenceCaptures;

    /// <summary>The storage that the last call returned a reference to.</summary>
    public Cell[] Returned { get; set; } = Cell.None;

    /// <summary>Whether a temporary stands for storage: what is assigned, passed or returned by reference through it.</summary>
    public bool IsReference(CaptureId id)
    {
        if (_referenceCaptures is null)
        {
            _referenceCaptures = [];
            foreach (var block in Graph.Graph.Blocks)
            {
                foreach (var operation in block.Operations)
                {
                    foreach (var part in operation.DescendantsAndSelf())
                    {
                        Note(part switch
                        {
                            ISimpleAssignmentOperation { IsRef: true, Value: var bound } => bound,
                            IAssignmentOperation { Target: var target } => target,
                            IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out or RefKind.In, Value: var passed } => passed,
                            _ => null,
                        });
                    }
                }

                foreach (var part in block.BranchValue?.DescendantsAndSelf() ?? [])
                {
                    Note(part is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out or RefKind.In, Value: var passed } ? passed : null);
                }

                Note(ReturnsReference ? block.BranchValue : null);
            }
        }

        return _referenceCaptures.Count > 0 && _referenceCaptures.Contains(id);

        void Note(IOperation? place)
        {
            if (place is IFlowCaptureReferenceOperation reference)
            {
                _referenceCaptures.Add(reference.Id);
            }
        }
    }

    /// <summary>Whether the body returns a reference.</summary>
    public bool ReturnsReference => Method is { ReturnsByRef: true } or { ReturnsByRefReadonly: true };

    /// <summary>The reference that a method of a library only gives back: <c>Unsafe.AsRef(in place)</c>.</summary>
    private static IOperation? ReferenceAmong(IInvocationOperation call) =>
        !IsSource(call.TargetMethod) && call is { TargetMethod.Name: "AsRef" or "As" or "UnscopedRef", Arguments: [{ Parameter.RefKind: not RefKind.None, Value: var place }] } ? place : null;

    /// <summary>The storage that a call, or a member of the compilation, returns a reference to.</summary>
    private Cell[] ReturnedCells(IOperation call)
    {
        if (call is IInvocationOperation { TargetMethod: var method, Arguments: [var collection, ..] } && !IsSource(method)
            && method.Name is "GetValueRefOrAddDefault" or "GetValueRefOrNullRef" or "GetReference" or "GetArrayDataReference")
        {
            var owners = Evaluate(collection.Value);
            Evaluate(call);
            return Body.MembersOf(owners, ElementKey.Unknown);
        }

        Returned = Cell.None;
        Evaluate(call);
        return Returned;
    }

    /// <summary>A primary constructor's parameter, read outside of the constructor: a field in all but name.</summary>
    private bool IsCapturedByType(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor } constructor)
        {
            return false;
        }

        for (ISymbol? symbol = Method; symbol is IMethodSymbol method; symbol = method.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(method.OriginalDefinition, constructor.OriginalDefinition))
            {
                return false;
            }
        }

        return Method is not null;
    }

    /// <summary>The storage an expression names; none for a value that is stored nowhere.</summary>
    public Cell[] Of(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation { Local: var local } => Body.References is not null && Body.References.TryGetValue(local, out var aliased) ? [.. aliased] : Model.Variable(local).Alone,
        IParameterReferenceOperation { Parameter: var parameter } => IsCapturedByType(parameter)
            ? Body.MembersOf(ObjectSet.Of(Model.Initial(Model.This)), parameter)
            : Model.Variable(parameter).Alone,
        IFieldReferenceOperation reference =>
            reference.Field.RefKind == RefKind.None ? FieldCells(reference) : Body.MembersOf(Body.ReferencesIn(FieldCells(reference)), ReferenceObject.Referent),
        IEventReferenceOperation { Event: var @event } reference => MemberCells(reference.Instance, @event.OriginalDefinition, @event.IsStatic),
        IPropertyReferenceOperation { Property: { Name: "Value", ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }, Instance: { } nullable } =>
            CellsOf(nullable),
        IInvocationOperation { TargetMethod: { Name: "GetValueOrDefault", ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }, Instance: { } nullable } =>
            CellsOf(nullable),
        IPropertyReferenceOperation { Property: { ReturnsByRef: true } or { ReturnsByRefReadonly: true } } reference when IsSource(reference.Property) => ReturnedCells(reference),
        IPropertyReferenceOperation { Property: { Name: "Current", ReturnsByRef: true } or { Name: "Current", ReturnsByRefReadonly: true }, Instance: { } enumerator } =>
            Body.MembersOf(Body.Read(Body.MembersOf(Evaluate(enumerator), LibraryCallEvaluator.Walked)), ElementKey.Unknown),
        IImplicitIndexerReferenceOperation { IndexerSymbol: IPropertySymbol indexed } indexer =>
            IsSource(indexed) ? ReturnedCells(indexer) : ElementsOf(indexer.Instance, [indexer.Argument]),
        IPropertyReferenceOperation { Arguments.Length: 0 } reference when IsStored(reference.Property) || AutomaticProperties.IsStoredAsWritten(reference.Property) =>
            MemberCells(reference.Instance, Storage(reference.Property), reference.Property.IsStatic),
        IPropertyReferenceOperation { Instance: { } collection, Arguments.Length: > 0 } reference when !IsSource(reference.Property) =>
            ElementsOf(collection, reference.Arguments.Select(argument => argument.Value)),
        IInlineArrayAccessOperation { Instance: { Type: { } inline } buffer } when inline.GetMembers().OfType<IFieldSymbol>().FirstOrDefault() is { } first =>
            Body.ComponentsOf(CellsOf(buffer), first.OriginalDefinition),
        IArrayElementReferenceOperation element => ElementsOf(element.ArrayReference, element.Indices),
        IFlowCaptureReferenceOperation capture =>
            Body.References is not null && Body.References.TryGetValue(capture.Id, out var captured) ? [.. captured] : Model.Capture(capture.Id).Alone,
        IDeclarationExpressionOperation declaration => CellsOf(declaration.Expression),
        IConversionOperation { OperatorMethod: null } conversion => CellsOf(conversion.Operand),
        IInvocationOperation { TargetMethod: { ReturnsByRef: true } or { ReturnsByRefReadonly: true } } call => ReferenceAmong(call) is { } passed ? CellsOf(passed) : ReturnedCells(call),
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } => Model.This.Alone,
        _ => Cell.None,
    };

    /// <summary>The storage of a field itself, of one that is a reference where the reference is kept.</summary>
    public Cell[] FieldCells(IFieldReferenceOperation reference)
    {
        var field = reference.Field;
        ISymbol member = field.AssociatedSymbol is IPropertySymbol automatic ? Storage(automatic) : field.CorrespondingTupleField ?? field;
        return field.IsConst ? Cell.None : MemberCells(reference.Instance, member.OriginalDefinition, field.IsStatic);
    }

    /// <summary>The storage of a member of an object or struct, or of a static one.</summary>
    public Cell[] MemberCells(IOperation? instance, ISymbol member, bool isStatic)
    {
        if (isStatic)
        {
            return Model.Variable(member).Alone;
        }

        if (instance is null)
        {
            return Cell.None;
        }

        if (instance.Type is { IsValueType: true } && instance is not IInstanceReferenceOperation)
        {
            return Body.ComponentsOf(CellsOf(instance), member);
        }

        var owners = Evaluate(instance);
        Body.Use(owners);
        return Body.MembersOf(owners, member);
    }

    private Cell[] ElementsOf(IOperation collection, IEnumerable<IOperation> indices)
    {
        var owners = Evaluate(collection);
        var element = Element(indices);
        Body.Use(owners);
        MayThrow();
        return Body.MembersOf(owners, element);
    }

    private ElementKey Element(IEnumerable<IOperation> indices)
    {
        object? constant = null;
        foreach (var index in indices)
        {
            Body.Use(Evaluate(index));
            if (!index.ConstantValue.HasValue || constant is not null)
            {
                return ElementKey.Unknown;
            }

            constant = index.ConstantValue.Value;
        }

        return new ElementKey(constant);
    }

    /// <summary>The storage of a variable; none where finding it would do something.</summary>
    public Cell[] CellsOfQuietly(IOperation operation) =>
        operation is ILocalReferenceOperation or IParameterReferenceOperation or IFlowCaptureReferenceOperation ? CellsOf(operation) : Cell.None;
}
