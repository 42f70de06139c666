using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Flow;

/// <summary>Which conditions ask whether something is null, and on which way it is.</summary>
internal static class NullTests
{
    /// <summary>
    /// The field that a property of the compilation tests for null or zero, <c>bool IsOpen => _p != 0</c>, or the value that a lazy one may not
    /// have made yet; <see langword="null"/> for any other condition.
    /// </summary>
    /// <param name="condition">The condition.</param>
    /// <param name="instance">Whose property it is.</param>
    /// <param name="nullWhenTrue">What the condition is where the field is null.</param>
    public static ISymbol? MemberTestedBy(IOperation condition, out IOperation? instance, out bool nullWhenTrue)
    {
        (instance, nullWhenTrue) = (null, true);
        condition = OnceGuard.Stripped(condition, ref nullWhenTrue);

        // "lazy.IsValueCreated", "lazy is { IsValueCreated: true, Value: var made }"
        var asked = condition is IPropertyReferenceOperation { Property.Name: "IsValueCreated" } created ? created.Instance
            : condition is IIsPatternOperation { Value: var matched, Pattern: IRecursivePatternOperation { DeconstructionSubpatterns.IsEmpty: true, PropertySubpatterns: { IsEmpty: false } parts } }
                && parts.All(static part => part is { Member: IPropertyReferenceOperation { Property.Name: "IsValueCreated" }, Pattern: IConstantPatternOperation { Value.ConstantValue.Value: true } }
                    or { Pattern: IDeclarationPatternOperation { MatchesNull: true } })
            ? matched : null;
        if (LibraryModel.LazyValue(asked?.Type) is { } value)
        {
            (instance, nullWhenTrue) = (asked, !nullWhenTrue);
            return value;
        }

        if (condition is not IPropertyReferenceOperation { Property: { DeclaringSyntaxReferences: [var declared], ContainingType: { } type } } property
            || Getter(declared.GetSyntax()) is not { } test)
        {
            return null;
        }

        instance = property.Instance;
        var (tested, isEqual) = test switch
        {
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison when IsNull(comparison.Right) =>
                (comparison.Left, comparison.IsKind(SyntaxKind.EqualsExpression)),
            IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax constant } match when IsNull(constant.Expression) => (match.Expression, true),
            IsPatternExpressionSyntax { Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax constant } } match when IsNull(constant.Expression) => (match.Expression, false),
            _ => (null, false),
        };
        nullWhenTrue ^= !isEqual;
        var name = (tested as IdentifierNameSyntax ?? (tested as MemberAccessExpressionSyntax)?.Name)?.Identifier.ValueText;
        return name is null ? null : type.GetMembers(name).FirstOrDefault() as IFieldSymbol;
    }

    private static ExpressionSyntax? Getter(SyntaxNode property) => property switch
    {
        PropertyDeclarationSyntax { ExpressionBody.Expression: var value } => value,
        PropertyDeclarationSyntax { AccessorList.Accessors: [{ RawKind: (int)SyntaxKind.GetAccessorDeclaration } getter] } =>
            getter.ExpressionBody?.Expression ?? (getter.Body?.Statements is [ReturnStatementSyntax { Expression: var returned }] ? returned : null),
        _ => null,
    };

    private static bool IsNull(ExpressionSyntax expression) => expression is LiteralExpressionSyntax { Token.Value: null or 0 }
        or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Zero" };

    public static bool TestsForNull(IOperation condition, out IOperation? tested, out bool nullWhenTrue)
    {
        nullWhenTrue = true;
        tested = null;
        condition = OnceGuard.Stripped(condition, ref nullWhenTrue);

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
