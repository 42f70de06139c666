using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Flow;

/// <summary>Which conditions say that nothing is left to visit.</summary>
internal static class LoopConditions
{
    /// <summary>The collection of which nothing is left to visit where a condition has an outcome; <see langword="null"/> where it does not say so.</summary>
    public static IOperation? Visited(IOperation condition, bool outcome)
    {
        while (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } or IParenthesizedOperation)
        {
            outcome ^= condition is IUnaryOperation;
            condition = condition is IUnaryOperation not ? not.Operand : ((IParenthesizedOperation)condition).Operand;
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
            _ => null,
        };
        return collection is not null && IsPlainPath(Unconverted(collection)) ? collection : null;
    }

    private static IOperation? Counted(IOperation count) =>
        count is IPropertyReferenceOperation { Property.Name: "Count" or "Length", Instance: { } collection } ? collection : null;
}
