using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>What a test for null says. It guards most releases, and is not a use by itself.</summary>
internal sealed partial class BodyInterpreter
{
    private static bool TestsForNull(IOperation condition, out IOperation? tested, out bool nullWhenTrue)
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

    /// <summary>
    /// On the way where <paramref name="tested"/> is null it holds nothing; what only it could hold was not made on any
    /// path that leads here, or is gone already.
    /// </summary>
    private void AssumeNull(FlowState state, IOperation tested)
    {
        var operand = Unconverted(tested);
        var cells = CellsOfQuietly(operand);
        if (operand is IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } or IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Arguments.Length: 0 })
        {
            cells = CellsOf(operand);
        }

        if (cells.Length != 1)
        {
            return;
        }

        var value = state.Read(cells[0]);
        var held = state.Closure(value);
        state.Write(cells[0], default);
        if (cells[0] is CaptureCell { Sources: [var source] } && state.Read(source).Equals(value))
        {
            state.Write(source, default);
        }

        ObjectMarks? reachable = null;
        foreach (var item in held)
        {
            if (item is AllocationObject && !(reachable ??= state.Reachable()).Contains(item))
            {
                state.SetFate(item, state.FateOf(item) & ~Fates.Charged);
            }
        }
    }
}
