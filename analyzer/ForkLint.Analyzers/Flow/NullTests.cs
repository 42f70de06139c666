using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Flow;

/// <summary>Which conditions ask whether something is null, and on which way it is.</summary>
internal static class NullTests
{
    public static bool TestsForNull(IOperation condition, out IOperation? tested, out bool nullWhenTrue)
    {
        nullWhenTrue = true;
        tested = null;
        while (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } or IParenthesizedOperation)
        {
            if (condition is IUnaryOperation not)
            {
                nullWhenTrue = !nullWhenTrue;
                condition = not.Operand;
            }
            else
            {
                condition = ((IParenthesizedOperation)condition).Operand;
            }
        }

        switch (condition)
        {
            case IIsNullOperation test:
                tested = test.Operand;
                return true;
            case IPropertyReferenceOperation { Property: { Name: "HasValue", ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }, Instance: { } nullable }:
                nullWhenTrue = !nullWhenTrue;
                tested = nullable;
                return true;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison:
                nullWhenTrue ^= comparison.OperatorKind == BinaryOperatorKind.NotEquals;
                tested = IsNull(comparison.RightOperand) ? comparison.LeftOperand : IsNull(comparison.LeftOperand) ? comparison.RightOperand : null;
                return tested is not null && CanHold(Unconverted(tested).Type);
            case IIsPatternOperation match:
                var pattern = match.Pattern;
                if (pattern is INegatedPatternOperation negated)
                {
                    nullWhenTrue = !nullWhenTrue;
                    pattern = negated.Pattern;
                }

                if (pattern is IConstantPatternOperation constant && IsNull(constant.Value))
                {
                    tested = match.Value;
                    return true;
                }

                // "x is { }", and "x is T t" where every x that is not null is a T.
                if (pattern is IRecursivePatternOperation { PropertySubpatterns.IsEmpty: true, DeconstructionSubpatterns.IsEmpty: true }
                    || (pattern is IDeclarationPatternOperation or ITypePatternOperation
                        && SymbolEqualityComparer.Default.Equals(pattern.NarrowedType, match.Value.Type)))
                {
                    nullWhenTrue = !nullWhenTrue;
                    tested = match.Value;
                    return true;
                }

                return false;
            default:
                return false;
        }
    }

    private static bool IsNull(IOperation operation)
    {
        operation = Unconverted(operation);
        return operation is IDefaultValueOperation
            || operation.ConstantValue is { HasValue: true, Value: null or 0 or 0L or 0u }
            || operation is IFieldReferenceOperation { Field: { Name: "Zero", IsStatic: true, Type.SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } }
            || operation is IPropertyReferenceOperation { Property: { Name: "Zero", IsStatic: true, Type.SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } };
    }
}
