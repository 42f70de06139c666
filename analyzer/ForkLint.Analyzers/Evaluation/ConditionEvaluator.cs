using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.NullTests;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>What a condition says of the ways behind it: patterns, and tests for null, which guard most releases and are not a use by themselves.</summary>
internal sealed class ConditionEvaluator(Evaluators all) : Evaluator(all)
{
    /// <summary>Tests a value against a pattern.</summary>
    public ObjectSet Match(IIsPatternOperation match)
    {
        var value = Evaluate(match.Value);
        Tested = value;
        if (!TestsForNull(match, out _, out _) && match.Pattern is not (IDeclarationPatternOperation or ITypePatternOperation or IDiscardPatternOperation))
        {
            Body.Use(value);
        }

        BindPattern(match.Pattern, value);
        return default;
    }

    private void BindPattern(IOperation pattern, ObjectSet value)
    {
        var declared = pattern switch
        {
            IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
            IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
            IListPatternOperation list => list.DeclaredSymbol,
            _ => null,
        };

        if (declared is ILocalSymbol local && CanHold(local.Type))
        {
            Body.Write(Model.Variable(local), value);
        }

        foreach (var method in ImplicitCalls.Of(pattern))
        {
            if (method is { IsStatic: false } && IsSource(method))
            {
                CallSource(pattern, method, null, value, []);
            }
        }

        foreach (var child in pattern.ChildOperations)
        {
            switch (child)
            {
                case IPropertySubpatternOperation { Member: IMemberReferenceOperation { Member: var member } } property:
                    var part = member is IPropertySymbol { GetMethod: { } getter } code && IsSource(code) && !AutomaticProperties.IsReadAsStored(code)
                        ? CallSource(child, getter, null, value, [])
                        : Body.Read(Body.MembersOf(value, member is IPropertySymbol symbol ? Storage(symbol) : member.OriginalDefinition));
                    BindPattern(property.Pattern, part);
                    break;
                case IPatternOperation nested when pattern is IListPatternOperation:
                    BindPattern(nested, Body.ReadElements(value));
                    break;
                case IPatternOperation nested:
                    BindPattern(nested, value);
                    break;
            }
        }
    }

    /// <summary>
    /// On the way where <paramref name="tested"/> is null it holds nothing; what only it could hold was not made on any
    /// path that leads here, or is gone already.
    /// </summary>
    public void AssumeNull(FlowState state, IOperation tested)
    {
        var operand = Unconverted(tested);
        if (operand is IInvocationOperation { TargetMethod: { Name: "Read", ContainingType.Name: "Volatile" or "Interlocked" }, Arguments: [var read] })
        {
            operand = Unconverted(read.Value);
        }

        var cells = IsPlainPath(operand) ? CellsOf(operand) : Cell.None;
        if (cells.Length == 0)
        {
            // The value of a call: Interlocked.Exchange(ref _owner, null) is { } owner.
            Forget(state, Tested);
        }
        else
        {
            AssumeNull(state, cells);
        }
    }

    /// <summary>The same of storage: where there are several places, which one is null is not known.</summary>
    public static void AssumeNull(FlowState state, Cell[] cells)
    {
        if (cells.Length != 1)
        {
            return;
        }

        var value = state.Read(cells[0]);
        state.Write(cells[0], default);
        if (cells[0] is CaptureCell { Sources: [var source] } && state.Read(source).Equals(value))
        {
            state.Write(source, default);
        }

        Forget(state, value);
    }

    /// <summary>What a variable that is null would hold was not made on the paths that lead here, nor was what hangs on it.</summary>
    private static void Forget(FlowState state, ObjectSet value)
    {
        var held = state.Closure(value);
        if (value.Single is InitialObject { IsOne: true } missing)
        {
            state.SetFate(missing, Fates.None);
            foreach (var member in missing.Cell is HeapCell { Member: ElementKey } ? [] : missing.Members)
            {
                state.Write(member, default);
            }
        }

        // An owner is named by several variables, but there is only one of it.
        var isOwner = value.Single is ContainerObject;
        ObjectMarks? reachable = null;
        foreach (var item in held)
        {
            if (item is InitialObject || (!isOwner && (reachable ??= state.Reachable()).Contains(item)))
            {
                continue;
            }

            if (item is AllocationObject)
            {
                state.SetFate(item, state.FateOf(item) & ~Fates.Charged);
            }

            foreach (var member in item.Members)
            {
                state.Forget(member);
            }
        }
    }

    /// <summary>Whether an object of a known type is certainly one of the type that a pattern asks for.</summary>
    public bool IsCertain(IOperation condition, out IOperation? tested)
    {
        tested = null;
        if (condition is IIsPatternOperation { Pattern: IDeclarationPatternOperation or ITypePatternOperation } match
            && Tested.Single is ContainerObject { IsExact: true, Type: { } type }
            && (SymbolEqualityComparer.Default.Equals(type, match.Pattern.NarrowedType)
                || type.AllInterfaces.Contains(match.Pattern.NarrowedType, SymbolEqualityComparer.Default)
                || TypeRelations.IsOrDerivesFrom(type as INamedTypeSymbol, match.Pattern.NarrowedType as INamedTypeSymbol)))
        {
            tested = match.Value;
        }

        return tested is not null;
    }
}
