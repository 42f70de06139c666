using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Flow;

/// <summary>Which conditions say that nothing is left to visit.</summary>
internal static class LoopConditions
{
    /// <summary>The collection of which nothing is left to visit where a condition has an outcome; <see langword="null"/> where it does not say so.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="outcome">What it is.</param>
    /// <param name="graph">The body: it says where a counting loop begins.</param>
    public static IOperation? Visited(IOperation condition, bool outcome, ControlFlowGraph graph)
    {
        while (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
        {
            outcome = !outcome;
            condition = not.Operand;
        }

        var collection = condition switch
        {
            IInvocationOperation { TargetMethod.Name: "MoveNext" or "MoveNextAsync", Instance: { } enumerator } when !outcome =>
                Unconverted(enumerator) is ILocalReferenceOperation or IParameterReferenceOperation or IFlowCaptureReferenceOperation ? enumerator : null,
            IInvocationOperation { TargetMethod.Name: "TryPop" or "TryDequeue" or "TryTake", Instance: { } taken } when !outcome => taken,
            IPropertyReferenceOperation { Property.Name: "IsEmpty", Instance: { } emptied } when outcome => emptied,

            // "while (all.Count > 0)", and "for (…; i < all.Length; …)".
            IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThan or BinaryOperatorKind.NotEquals, RightOperand.ConstantValue: { HasValue: true, Value: 0 } } some when !outcome =>
                Counted(some.LeftOperand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan, LeftOperand: ILocalReferenceOperation } counting when !outcome => Counted(counting.RightOperand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThanOrEqual, LeftOperand: ILocalReferenceOperation { Local: var index }, RightOperand.ConstantValue: { HasValue: true, Value: 0 } } when !outcome =>
                CountedBackwards(index, graph),
            _ => null,
        };
        return collection is not null && IsPlainPath(Unconverted(collection)) ? collection : null;
    }

    /// <summary>"for (var i = all.Count - 1; i >= 0; i--)".</summary>
    private static IOperation? CountedBackwards(ILocalSymbol index, ControlFlowGraph graph) => graph.Blocks.SelectMany(static block => block.Operations)
        .Select(operation => operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local }, Value: IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract, LeftOperand: var count, RightOperand.ConstantValue: { HasValue: true, Value: 1 } } }
            && SymbolEqualityComparer.Default.Equals(local, index) ? Counted(count) : null)
        .FirstOrDefault(static collection => collection is not null);

    private static IOperation? Counted(IOperation count) =>
        count is IPropertyReferenceOperation { Property.Name: "Count" or "Length", Instance: { } collection } ? collection : null;
}
