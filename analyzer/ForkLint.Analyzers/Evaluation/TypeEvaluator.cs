using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>What is known of the types of objects and of type parameters, here and by callers.</summary>
internal sealed class TypeEvaluator(Evaluators all) : Evaluator(all)
{
    /// <summary>What is known of the type of the object that a method is called on.</summary>
    public ReceiverTypes Of(IOperation? instance, ObjectSet receiver)
    {
        if (!receiver.IsEmpty && receiver.Items.All(static item => item is ContainerObject { IsExact: true, Type: not null }))
        {
            return new(receiver.Items.Select(static item => ((ContainerObject)item).Type!).Distinct<ITypeSymbol>(SymbolEqualityComparer.Default).ToImmutableArray(), true);
        }

        // What becomes of a struct is known where it is, and not where a generic method has a copy of it.
        var declared = receiver.Single is InitialObject { Cell: ThisCell } ? Method?.ContainingType : instance is null ? null : Unconverted(instance).Type;
        return receiver.Single is InitialObject given && Body.TypesOf(given) is { Types.IsDefault: false } known ? known
            : (ArgumentOf(declared) is { IsValueType: false } argument ? argument : declared) is { } type ? new(ImmutableArray.Create(type), type.IsSealed)
            : default;
    }

    /// <summary>The type that a type parameter of this method, or of its type, stands for where its callers are known; any other type itself.</summary>
    public ITypeSymbol? ArgumentOf(ITypeSymbol? type)
    {
        if (type is not ITypeParameterSymbol parameter)
        {
            return type;
        }

        var given = ObjectSet.Of(Model.Initial(Model.Variable(parameter)));
        DependOn(given);
        return Of(null, given).Only ?? type;
    }

    /// <summary>Callers that know the types of these objects know better what the body does.</summary>
    public void DependOn(ObjectSet objects) =>
        Facts?.DependsOn.UnionWith(objects.Items.OfType<InitialObject>().Where(static item => item.IsOne && item.Cell.IsFoundAgain));

    /// <summary>What a callee does with objects of the types that the call passes.</summary>
    public MethodSummary Where(MethodSummary summary, CallMapping mapping)
    {
        var types = new List<KnownType>();
        foreach (var item in summary.DependsOn)
        {
            var cell = ((InitialObject)item).Cell;
            if (cell is VariableCell { Symbol: ITypeParameterSymbol parameter })
            {
                if (ArgumentOf(mapping.TypeArgument(parameter)) is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } argument)
                {
                    types.Add(new KnownType(cell, new ReceiverTypes(ImmutableArray.Create<ITypeSymbol>(argument), true)));
                }

                continue;
            }

            var objects = mapping.Map(ObjectSet.Of(item));
            DependOn(objects);
            var declared = cell is ThisCell ? summary.Method.ContainingType : Declared(cell);
            var known = Of(mapping.Operand(cell), objects);
            if (known.Types.IsDefault && declared is ITypeParameterSymbol unknown && ArgumentOf(mapping.TypeArgument(unknown)) is INamedTypeSymbol type)
            {
                known = new ReceiverTypes(ImmutableArray.Create<ITypeSymbol>(type), type.IsSealed);
            }

            if (known.Types.IsDefault || declared is null || known.Types.Any(static type => type.TypeKind is not (TypeKind.Class or TypeKind.Struct)))
            {
                continue;
            }

            // Of several the method may be one of some only.
            var possible = declared.TypeKind is TypeKind.Class or TypeKind.Struct ? known.Types.RemoveAll(type => !TypeRelations.IsOrDerivesFrom(type as INamedTypeSymbol, declared as INamedTypeSymbol)) : known.Types;
            if (!possible.IsEmpty && (known.IsExact || !SymbolEqualityComparer.Default.Equals(possible[0].OriginalDefinition, declared.OriginalDefinition)))
            {
                types.Add(new KnownType(cell, known with { Types = possible }));
            }
        }

        return types.Count == 0 ? summary : Catalogs.Summaries.Where(summary, types);
    }

    /// <summary>The type of the sequence of the compilation that an object is, as far as it is known; <see langword="null"/> for any other object.</summary>
    public ITypeSymbol? SequenceOf(MemoryObject item)
    {
        var type = item is InitialObject given ? Of(null, ObjectSet.Of(given)).Only ?? Declared(given.Cell) : item is ContainerObject { IsExact: true } made ? made.Type : null;
        return ImplicitCalls.IsSequence(type) ? type : null;
    }

    private static ITypeSymbol? Declared(Cell cell) => ((cell as VariableCell)?.Symbol ?? (cell as HeapCell)?.Member) switch
    {
        IParameterSymbol given => given.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    /// <summary>The type parameter through which a static member of an interface is called.</summary>
    public static ITypeSymbol? ConstrainedTo(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.ConstrainedToType,
        IMemberReferenceOperation member => member.ConstrainedToType,
        IBinaryOperation binary => binary.ConstrainedToType,
        IUnaryOperation unary => unary.ConstrainedToType,
        IIncrementOrDecrementOperation increment => increment.ConstrainedToType,
        ICompoundAssignmentOperation compound => compound.ConstrainedToType,
        IConversionOperation conversion => conversion.ConstrainedToType,
        _ => null,
    };
}
