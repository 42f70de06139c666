using System.Numerics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>
/// The value of a readonly field or get-only property from its initializer. It stands in another body, often in
/// another file, where no operation tree can be asked for (a semantic model of one's own is what makes an analyzer
/// slow), so it is read from the syntax: literals, constants, other such fields, and the operators between them.
/// </summary>
internal static class ReadonlyFields
{
    private const int MaximumDepth = 16;

    /// <summary>The value of <paramref name="member"/>, a field or property; <see langword="null"/> where it cannot be read or can change.</summary>
    public static ConstantRange? Evaluate(ISymbol member) => Evaluate(member, 0);

    private static ConstantRange? Evaluate(ISymbol member, int depth)
    {
        if (depth > MaximumDepth)
        {
            return null;
        }

        ITypeSymbol type;
        switch (member)
        {
            case IFieldSymbol { HasConstantValue: true } constant:
                return IntegerType.FromConstant(constant.ConstantValue);
            case IFieldSymbol { IsReadOnly: true } field:
                type = field.Type;
                break;
            case IPropertySymbol { SetMethod: null, IsIndexer: false, IsAbstract: false, IsVirtual: false, IsOverride: false } property:
                type = property.Type;
                break;
            default:
                return null;
        }

        return IntegerType.TryGet(type, out var integer)
            && Initializer(member) is { } initializer
            && !IsAssignedInConstructor(member)
            && Evaluate(initializer, member.ContainingType, depth + 1) is { } value
            ? integer.Fit(value.Range, isChecked: false)
            : null;
    }

    private static ExpressionSyntax? Initializer(ISymbol member) => member.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax() switch
    {
        VariableDeclaratorSyntax variable => variable.Initializer?.Value,
        PropertyDeclarationSyntax property => property.Initializer?.Value ?? property.ExpressionBody?.Expression,
        _ => null,
    }).FirstOrDefault(static value => value is not null);

    /// <summary>A constructor runs after the initializers and has the last word.</summary>
    private static bool IsAssignedInConstructor(ISymbol member) =>
        (member.IsStatic ? member.ContainingType.StaticConstructors : member.ContainingType.InstanceConstructors)
            .SelectMany(static constructor => constructor.DeclaringSyntaxReferences)
            .SelectMany(static reference => reference.GetSyntax().DescendantNodes()).OfType<IdentifierNameSyntax>()
            .Any(name => name.Identifier.ValueText == member.Name
                && IsWritten(name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name));

    private static bool IsWritten(ExpressionSyntax expression) => expression.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == expression,
        PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax => true,
        ArgumentSyntax argument => !argument.RefKindKeyword.IsKind(SyntaxKind.None) || argument.Parent is TupleExpressionSyntax,
        RefExpressionSyntax => true,
        _ => false,
    };

    private static Typed? Evaluate(ExpressionSyntax expression, INamedTypeSymbol scope, int depth)
    {
        if (depth > MaximumDepth)
        {
            return null;
        }

        return expression switch
        {
            ParenthesizedExpressionSyntax parenthesized => Evaluate(parenthesized.Expression, scope, depth + 1),
            CheckedExpressionSyntax wrapping when wrapping.IsKind(SyntaxKind.UncheckedExpression) => Evaluate(wrapping.Expression, scope, depth + 1),
            LiteralExpressionSyntax literal => Literal(literal.Token.Value),
            CastExpressionSyntax { Type: PredefinedTypeSyntax predefined } cast =>
                Predefined(predefined.Keyword.Kind()) is { } target && Evaluate(cast.Expression, scope, depth + 1) is { } operand
                ? Typed.Of(target.Fit(operand.Range, isChecked: false), target)
                : null,
            SizeOfExpressionSyntax { Type: PredefinedTypeSyntax measured } =>
                Predefined(measured.Keyword.Kind()) is { } sized ? Typed.Of(ConstantRange.Exact(sized.Bits / 8), IntegerType.Int32) : null,
            PrefixUnaryExpressionSyntax unary => Unary(unary, scope, depth),
            BinaryExpressionSyntax binary => Binary(binary, scope, depth),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Math" }, Name.Identifier.ValueText: var function }, ArgumentList.Arguments: var arguments } =>
                Bounded(function, arguments, scope, depth + 1),
            IdentifierNameSyntax name => Named(scope, name.Identifier.ValueText, depth),
            MemberAccessExpressionSyntax access => Member(access, scope, depth),
            _ => null,
        };
    }

    /// <summary><c>Math.Max(options.Size, 1 &lt;&lt; 20)</c> is at least the larger of what is known.</summary>
    private static Typed? Bounded(string function, SeparatedSyntaxList<ArgumentSyntax> arguments, INamedTypeSymbol scope, int depth)
    {
        var known = arguments.Select(argument => Evaluate(argument.Expression, scope, depth)).ToList();
        return (function, known) switch
        {
            ("Max", [var left, var right]) when (left ?? right) is { } some => new Typed(
                new ConstantRange(
                    BigInteger.Max(left?.Range.Minimum ?? some.Range.Minimum, right?.Range.Minimum ?? some.Range.Minimum),
                    left is { } one && right is { } two ? BigInteger.Max(one.Range.Maximum, two.Range.Maximum) : some.Type.Range.Maximum),
                some.Type),
            ("Clamp", [_, { } low, { } high]) => new Typed(new ConstantRange(low.Range.Minimum, high.Range.Maximum), low.Type),
            _ => null,
        };
    }

    private static Typed? Literal(object? value) => value switch
    {
        int or char => Typed.Of(IntegerType.FromConstant(value), IntegerType.Int32),
        uint => Typed.Of(IntegerType.FromConstant(value), new IntegerType(32, false)),
        long => Typed.Of(IntegerType.FromConstant(value), new IntegerType(64, true)),
        ulong => Typed.Of(IntegerType.FromConstant(value), new IntegerType(64, false)),
        _ => null,
    };

    private static Typed? Unary(PrefixUnaryExpressionSyntax unary, INamedTypeSymbol scope, int depth)
    {
        UnaryOperatorKind? kind = unary.Kind() switch
        {
            SyntaxKind.UnaryPlusExpression => UnaryOperatorKind.Plus,
            SyntaxKind.UnaryMinusExpression => UnaryOperatorKind.Minus,
            SyntaxKind.BitwiseNotExpression => UnaryOperatorKind.BitwiseNegation,
            _ => null,
        };
        return kind is { } known && Evaluate(unary.Operand, scope, depth + 1) is { } operand && Promote(operand.Type, operand.Type) is var type
            ? Typed.Of(IntegerArithmetic.Unary(known, operand.Range, type, isChecked: false), type)
            : null;
    }

    private static Typed? Binary(BinaryExpressionSyntax binary, INamedTypeSymbol scope, int depth)
    {
        BinaryOperatorKind? kind = binary.Kind() switch
        {
            SyntaxKind.AddExpression => BinaryOperatorKind.Add,
            SyntaxKind.SubtractExpression => BinaryOperatorKind.Subtract,
            SyntaxKind.MultiplyExpression => BinaryOperatorKind.Multiply,
            SyntaxKind.DivideExpression => BinaryOperatorKind.Divide,
            SyntaxKind.ModuloExpression => BinaryOperatorKind.Remainder,
            SyntaxKind.LeftShiftExpression => BinaryOperatorKind.LeftShift,
            SyntaxKind.RightShiftExpression => BinaryOperatorKind.RightShift,
            SyntaxKind.UnsignedRightShiftExpression => BinaryOperatorKind.UnsignedRightShift,
            SyntaxKind.BitwiseAndExpression => BinaryOperatorKind.And,
            SyntaxKind.BitwiseOrExpression => BinaryOperatorKind.Or,
            SyntaxKind.ExclusiveOrExpression => BinaryOperatorKind.ExclusiveOr,
            _ => null,
        };
        if (kind is not { } known
            || Evaluate(binary.Left, scope, depth + 1) is not { } left
            || Evaluate(binary.Right, scope, depth + 1) is not { } right)
        {
            return null;
        }

        var isShift = known is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift;
        var type = Promote(left.Type, isShift ? left.Type : right.Type);
        return Typed.Of(IntegerArithmetic.Binary(known, left.Range, right.Range, type, isChecked: false), type);
    }

    /// <summary>Binary numeric promotion: at least int, the wider type, and long where int meets uint.</summary>
    private static IntegerType Promote(IntegerType left, IntegerType right)
    {
        var bits = Math.Max(32, Math.Max(left.Bits, right.Bits));
        var isSigned = (left.IsSigned || left.Bits < bits) && (right.IsSigned || right.Bits < bits);
        return isSigned ? new IntegerType(bits, true)
            : left.IsSigned != right.IsSigned && bits == 32 && left.Bits == right.Bits ? new IntegerType(64, true)
            : new IntegerType(bits, false);
    }

    private static Typed? Member(MemberAccessExpressionSyntax access, INamedTypeSymbol scope, int depth)
    {
        var name = access.Name.Identifier.ValueText;
        switch (access.Expression)
        {
            case PredefinedTypeSyntax predefined when name is "MaxValue" or "MinValue":
                return Predefined(predefined.Keyword.Kind()) is { } type
                    ? Typed.Of(ConstantRange.Exact(name == "MaxValue" ? type.Range.Maximum : type.Range.Minimum), type)
                    : null;
            case IdentifierNameSyntax owner:
                // A type of the same namespace or an enclosing one; a using directive is not looked through.
                var ownerName = owner.Identifier.ValueText;
                for (INamespaceOrTypeSymbol? container = scope; container is not null; container = (INamespaceOrTypeSymbol?)container.ContainingType ?? container.ContainingNamespace)
                {
                    if (container is INamedTypeSymbol named && named.Name == ownerName)
                    {
                        return Named(named, name, depth);
                    }

                    if (container.GetTypeMembers(ownerName, 0) is [var found])
                    {
                        return Named(found, name, depth);
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static Typed? Named(INamedTypeSymbol scope, string name, int depth)
    {
        for (var type = scope; type is not null; type = type.ContainingType)
        {
            if (type.SelfAndBases().Select(declaring => declaring.GetMembers(name)).Where(static members => members.Length == 1).Select(static members => members[0]).FirstOrDefault() is { } member)
            {
                var memberType = (member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type;
                return IntegerType.TryGet(memberType, out var integer) ? Typed.Of(Evaluate(member, depth + 1), integer) : null;
            }
        }

        return null;
    }

    private static IntegerType? Predefined(SyntaxKind keyword) => keyword switch
    {
        SyntaxKind.SByteKeyword => new IntegerType(8, true),
        SyntaxKind.ByteKeyword => new IntegerType(8, false),
        SyntaxKind.ShortKeyword => new IntegerType(16, true),
        SyntaxKind.UShortKeyword or SyntaxKind.CharKeyword => new IntegerType(16, false),
        SyntaxKind.IntKeyword => IntegerType.Int32,
        SyntaxKind.UIntKeyword => new IntegerType(32, false),
        SyntaxKind.LongKeyword => new IntegerType(64, true),
        SyntaxKind.ULongKeyword => new IntegerType(64, false),
        _ => null,
    };

    private readonly record struct Typed(ConstantRange Range, IntegerType Type)
    {
        public static Typed? Of(ConstantRange? range, IntegerType type) => range is { } known ? new Typed(known, type) : null;
    }
}
