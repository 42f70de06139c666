using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>A loop that runs a constant number of times.</summary>
/// <param name="Syntax">The statement.</param>
/// <param name="Count">How many times it runs its body, at least.</param>
internal sealed record ConstantLoop(SyntaxNode Syntax, long Count);

/// <summary>How often an expression runs: the loops around it whose bounds are constant.</summary>
internal static class LoopRepetition
{
    /// <summary>
    /// The loops that certainly run <paramref name="expression"/> in each round, the innermost first; those outside of
    /// a condition are left out. A loop with an unknown bound counts once.
    /// </summary>
    /// <param name="expression">An expression of the body.</param>
    /// <param name="environment">What the bounds can be made of.</param>
    /// <param name="known">The loops that were counted before, where many expressions are asked for in one environment.</param>
    public static List<ConstantLoop> Around(SyntaxNode expression, SizeEnvironment environment, Dictionary<SyntaxNode, long>? known = null)
    {
        var loops = new List<ConstantLoop>();
        for (SyntaxNode inner = expression; inner.Parent is { } outer && !IsFunction(outer) && !IsCondition(outer, inner); inner = outer)
        {
            if (outer is ForStatementSyntax or ForEachStatementSyntax
                && ((outer as ForStatementSyntax)?.Statement ?? ((ForEachStatementSyntax)outer).Statement) == inner
                && Counted(outer) is > 1 and var count)
            {
                loops.Add(new ConstantLoop(outer, count));
            }
        }

        return loops;

        long Counted(SyntaxNode loop)
        {
            if (known is null)
            {
                return CountOf(loop, environment);
            }

            if (!known.TryGetValue(loop, out var count))
            {
                known.Add(loop, count = CountOf(loop, environment));
            }

            return count;
        }
    }

    /// <summary>Whether a loop that may count is around an expression. Costs nothing.</summary>
    public static bool IsInLoop(SyntaxNode expression) => Around(expression).Any(static node => node is ForStatementSyntax or ForEachStatementSyntax);

    /// <summary>Whether an expression runs on some paths through its function only, because of a condition.</summary>
    public static bool IsChosen(SyntaxNode expression) =>
        Around(expression).Prepend(expression).Any(static inner => inner.Parent is { } outer && !IsFunction(outer) && IsCondition(outer, inner));

    /// <summary>What is around an expression in its function, from the inside outwards.</summary>
    private static IEnumerable<SyntaxNode> Around(SyntaxNode expression) => expression.Ancestors().TakeWhile(static node => !IsFunction(node));

    private static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax or AccessorDeclarationSyntax;

    private static bool IsCondition(SyntaxNode outer, SyntaxNode inner) => outer switch
    {
        IfStatementSyntax branch => branch.Condition != inner,
        ElseClauseSyntax or SwitchSectionSyntax or SwitchExpressionArmSyntax or CatchClauseSyntax => true,
        ConditionalExpressionSyntax choice => choice.Condition != inner,
        ConditionalAccessExpressionSyntax access => access.Expression != inner,
        BinaryExpressionSyntax binary => binary.Right == inner
            && binary.Kind() is SyntaxKind.CoalesceExpression or SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression,
        AssignmentExpressionSyntax assignment => assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression),
        _ => false,
    };

    private static long CountOf(SyntaxNode loop, SizeEnvironment environment)
    {
        // A jump may end the loop early, or skip what comes after it in the round.
        if (environment.Body?.SemanticModel is null || loop.DescendantNodes(node => node == loop || !IsFunction(node))
            .Any(node => node is BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax && !IsOfNested(node, loop)))
        {
            return 1;
        }

        return environment.Body.SemanticModel.GetOperation(loop) switch
        {
            IForLoopOperation counted => CountOf(counted, environment),
            IForEachLoopOperation each => CountOf(each, environment),
            _ => 1,
        };
    }

    private static bool IsOfNested(SyntaxNode jump, SyntaxNode loop)
    {
        if (jump is GotoStatementSyntax)
        {
            return false;
        }

        var owner = jump.Ancestors().First(node => node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax
            || (node is SwitchStatementSyntax && jump is BreakStatementSyntax));
        return owner != loop;
    }

    private static long CountOf(IForLoopOperation loop, SizeEnvironment environment)
    {
        if (loop.Before is not [IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [{ Symbol: var variable } declarator] }] }]
            || loop.AtLoopBottom is not [IExpressionStatementOperation { Operation: var advance }]
            || loop.Condition?.WithoutConversions() is not IBinaryOperation condition
            || condition.LeftOperand.WithoutConversions() is not ILocalReferenceOperation { Local: var tested }
            || !SymbolEqualityComparer.Default.Equals(variable, tested)
            || ConstantEvaluator.Evaluate(declarator.Initializer?.Value, environment) is not { IsExact: true } first
            || ConstantEvaluator.Evaluate(condition.RightOperand, environment) is not { } bound
            || StepOf(advance, variable, environment) is not { } step
            || IsWritten(loop.Body, variable))
        {
            return 1;
        }

        // Of a choice of bounds, the one that is reached first.
        var distance = condition.OperatorKind switch
        {
            BinaryOperatorKind.LessThan when step > 0 => bound.Minimum - first.Minimum,
            BinaryOperatorKind.LessThanOrEqual when step > 0 => bound.Minimum - first.Minimum + 1,
            BinaryOperatorKind.GreaterThan when step < 0 => first.Minimum - bound.Maximum,
            BinaryOperatorKind.GreaterThanOrEqual when step < 0 => first.Minimum - bound.Maximum + 1,
            BinaryOperatorKind.NotEquals when bound.IsExact && step is 1 or -1 => (bound.Minimum - first.Minimum) * step,
            _ => 1,
        };
        var size = Math.Abs(step);
        return distance <= 1 || distance > int.MaxValue ? 1 : ((long)distance + size - 1) / size;
    }

    /// <summary><c>Enumerable.Range(0, 100)</c>, or an array of a length that is known.</summary>
    private static long CountOf(IForEachLoopOperation loop, SizeEnvironment environment)
    {
        var count = loop.Collection.WithoutConversions() is IInvocationOperation { TargetMethod: { Name: "Range", ContainingType: var type }, Arguments: [_, var range] }
            && MetadataNames.Is(type, "System.Linq", "Enumerable")
            ? ConstantEvaluator.Evaluate(range.Value, environment)
            : ConstantEvaluator.Length(loop.Collection, environment);
        return count is { } known && known.Minimum > 1 && known.Minimum <= int.MaxValue ? (long)known.Minimum : 1;
    }

    private static long? StepOf(IOperation advance, ILocalSymbol variable, SizeEnvironment environment) => advance switch
    {
        IIncrementOrDecrementOperation { Target: ILocalReferenceOperation { Local: var local } } increment when SymbolEqualityComparer.Default.Equals(local, variable) =>
            increment.Kind == OperationKind.Increment ? 1 : -1,
        ICompoundAssignmentOperation { Target: ILocalReferenceOperation { Local: var local }, OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } sum
            when SymbolEqualityComparer.Default.Equals(local, variable)
                && ConstantEvaluator.Evaluate(sum.Value, environment) is { IsExact: true } step && step.Minimum > 0 && step.Minimum <= int.MaxValue =>
            sum.OperatorKind == BinaryOperatorKind.Add ? (long)step.Minimum : -(long)step.Minimum,
        _ => null,
    };

    private static bool IsWritten(IOperation body, ILocalSymbol variable) => body.Descendants().Any(operation =>
        operation is ILocalReferenceOperation reference
        && SymbolEqualityComparer.Default.Equals(reference.Local, variable)
        && (reference.Parent is IIncrementOrDecrementOperation or IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } or IAddressOfOperation or ITupleOperation
            || (reference.Parent is IAssignmentOperation assignment && assignment.Target == reference)
            || (reference.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.RefKind: not RefKind.None } })));
}
