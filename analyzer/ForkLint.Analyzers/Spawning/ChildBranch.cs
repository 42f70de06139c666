using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>A piece of what the child runs.</summary>
/// <param name="Operation">A statement or an expression.</param>
/// <param name="IsAllThatFollows">Whether it is not <paramref name="Operation"/> that the child runs, but all statements of its block that follow.</param>
internal readonly record struct ChildCode(IOperation Operation, bool IsAllThatFollows);

/// <summary>
/// Finds the code that only the child of a fork runs: what is behind <c>fork() == 0</c>, directly or through the
/// variable that holds the result, in an <c>if</c>, a conditional expression or a <c>switch</c>; and everything after
/// the call where the result is not looked at.
/// </summary>
internal static class ChildBranch
{
    // A body with many forks is read once for all of them: time must stay linear in its length.
    private static readonly ConditionalWeakTable<IOperation, ILookup<ISymbol, IOperation>> References = new();

    /// <summary>The child's statements and expressions, in source order; empty where they cannot be told from the parent's.</summary>
    public static IReadOnlyList<ChildCode> Of(IOperation fork)
    {
        var result = new List<ChildCode>();
        var value = Unconverted(fork);
        if (value.Parent is IExpressionStatementOperation statement)
        {
            result.Add(new ChildCode(statement, IsAllThatFollows: true));
            return result;
        }

        if (Variable(value) is { } variable)
        {
            AddTests(variable, fork, result);
            value = value.Parent is ISimpleAssignmentOperation assignment ? Unconverted(assignment) : value;
        }

        AddTest(value, result);
        return result;
    }

    /// <summary>The variable that the value is stored in.</summary>
    private static ISymbol? Variable(IOperation value) => value.Parent switch
    {
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation local } => local.Local,
        ISimpleAssignmentOperation { Target: IParameterReferenceOperation parameter } => parameter.Parameter,
        ISimpleAssignmentOperation { Target: IFieldReferenceOperation field } => field.Field,
        _ => null,
    };

    private static void AddTests(ISymbol variable, IOperation fork, List<ChildCode> result)
    {
        var end = fork.Syntax.Span.End;
        foreach (var operation in References.GetValue(fork.Root(), ReferencesOf)[variable])
        {
            if (operation.Syntax.SpanStart >= end)
            {
                AddTest(Unconverted(operation), result);
            }
        }
    }

    private static ILookup<ISymbol, IOperation> ReferencesOf(IOperation root) => root.Descendants()
        .Where(operation => Referenced(operation) is not null)
        .ToLookup(operation => Referenced(operation)!, (IEqualityComparer<ISymbol>)SymbolEqualityComparer.Default);

    private static ISymbol? Referenced(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        _ => null,
    };

    /// <summary>Adds what runs only where <paramref name="value"/> is 0, if its parent asks for that.</summary>
    private static void AddTest(IOperation value, List<ChildCode> result)
    {
        switch (value.Parent)
        {
            case IBinaryOperation comparison when IsChildWhenTrue(comparison, value) is { } isChildWhenTrue:
                AddBranch(comparison, isChildWhenTrue, result);
                break;
            case IIsPatternOperation { Pattern: IConstantPatternOperation { Value: var constant } } pattern when IsZero(constant):
                AddBranch(pattern, isChildWhenTrue: true, result);
                break;
            case IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation { Value: var constant } } } pattern when IsZero(constant):
                AddBranch(pattern, isChildWhenTrue: false, result);
                break;
            case ISwitchOperation switchStatement:
                foreach (var section in switchStatement.Cases)
                {
                    if (section.Clauses.Any(clause => clause is ISingleValueCaseClauseOperation { Value: var single } && IsZero(single)))
                    {
                        result.AddRange(section.Body.Select(statement => new ChildCode(statement, IsAllThatFollows: false)));
                    }
                }

                break;
            case ISwitchExpressionOperation switchExpression:
                foreach (var arm in switchExpression.Arms)
                {
                    if (arm.Pattern is IConstantPatternOperation { Value: var single } && IsZero(single))
                    {
                        result.Add(new ChildCode(arm.Value, IsAllThatFollows: false));
                    }
                }

                break;
        }
    }

    /// <summary>Whether 0 makes the comparison true; <see langword="null"/> where it says nothing of the child.</summary>
    private static bool? IsChildWhenTrue(IBinaryOperation comparison, IOperation value)
    {
        var isLeft = comparison.LeftOperand == value;
        var other = isLeft ? comparison.RightOperand : comparison.LeftOperand;
        if (!IsZero(other))
        {
            return null;
        }

        return comparison.OperatorKind switch
        {
            BinaryOperatorKind.Equals => true,
            BinaryOperatorKind.NotEquals => false,

            // pid > 0 is the parent's; the other side is the child's and the failure's.
            BinaryOperatorKind.GreaterThan => isLeft ? false : null,
            BinaryOperatorKind.LessThan => isLeft ? null : false,
            BinaryOperatorKind.LessThanOrEqual => isLeft ? true : null,
            BinaryOperatorKind.GreaterThanOrEqual => isLeft ? null : true,
            _ => null,
        };
    }

    private static void AddBranch(IOperation condition, bool isChildWhenTrue, List<ChildCode> result)
    {
        while (true)
        {
            switch (condition.Parent)
            {
                case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } negation:
                    condition = negation;
                    isChildWhenTrue = !isChildWhenTrue;
                    break;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both when isChildWhenTrue:
                    condition = both;
                    break;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either when !isChildWhenTrue:
                    condition = either;
                    break;
                case IConditionalOperation conditional when conditional.Condition == condition:
                    if ((isChildWhenTrue ? conditional.WhenTrue : conditional.WhenFalse) is { } branch)
                    {
                        result.Add(new ChildCode(branch, IsAllThatFollows: false));
                    }
                    else if (!isChildWhenTrue && Leaves(conditional.WhenTrue))
                    {
                        // if (pid != 0) { return; } … the child goes on.
                        result.Add(new ChildCode(conditional, IsAllThatFollows: true));
                    }

                    return;
                default:
                    return;
            }
        }
    }

    private static bool Leaves(IOperation? statement) => statement switch
    {
        IBlockOperation { Operations: [.., var last] } => Leaves(last),
        IReturnOperation or IBranchOperation or IThrowOperation => true,
        IExpressionStatementOperation { Operation: IThrowOperation } => true,
        _ => false,
    };

    private static IOperation Unconverted(IOperation value)
    {
        while (value.Parent is IConversionOperation)
        {
            value = value.Parent;
        }

        return value;
    }

    private static bool IsZero(IOperation operation) =>
        operation.ConstantValue is { HasValue: true, Value: 0 or 0L or 0u or 0ul or (short)0 or (byte)0 };
}
