using System.Numerics;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>The integer operators of C#, on ranges. A result that can be anything is <see langword="null"/>.</summary>
internal static class IntegerArithmetic
{
    /// <summary>The result of a binary operator in <paramref name="type"/>, which wraps or is checked.</summary>
    public static ConstantRange? Binary(
        BinaryOperatorKind kind, ConstantRange left, ConstantRange right, IntegerType type, bool isChecked)
    {
        ConstantRange? result = kind switch
        {
            BinaryOperatorKind.Add => new ConstantRange(left.Minimum + right.Minimum, left.Maximum + right.Maximum),
            BinaryOperatorKind.Subtract => new ConstantRange(left.Minimum - right.Maximum, left.Maximum - right.Minimum),
            BinaryOperatorKind.Multiply => Corners(left, right, static (a, b) => a * b),
            BinaryOperatorKind.Divide when right.Minimum.Sign * right.Maximum.Sign > 0 => Corners(left, right, BigInteger.Divide),
            BinaryOperatorKind.LeftShift when ShiftCount(right, type) is { } count => new ConstantRange(left.Minimum << count, left.Maximum << count),
            BinaryOperatorKind.RightShift when ShiftCount(right, type) is { } count =>
                new ConstantRange(left.Minimum >> count, left.Maximum >> count),
            BinaryOperatorKind.UnsignedRightShift when ShiftCount(right, type) is { } count && Unsigned(left, type) is { } bits =>
                new ConstantRange(bits.Minimum >> count, bits.Maximum >> count),
            BinaryOperatorKind.Remainder when left.IsExact && right.IsExact && !right.Minimum.IsZero =>
                ConstantRange.Exact(BigInteger.Remainder(left.Minimum, right.Minimum)),
            BinaryOperatorKind.And when left.IsExact && right.IsExact => ConstantRange.Exact(left.Minimum & right.Minimum),
            BinaryOperatorKind.Or when left.IsExact && right.IsExact => ConstantRange.Exact(left.Minimum | right.Minimum),
            BinaryOperatorKind.ExclusiveOr when left.IsExact && right.IsExact => ConstantRange.Exact(left.Minimum ^ right.Minimum),
            _ => null,
        };

        // A shift never overflows; it drops bits, checked or not.
        return result is { } value ? type.Fit(value, isChecked && kind != BinaryOperatorKind.LeftShift) ?? LowerBound(value, left, right, type) : null;
    }

    /// <summary>
    /// Math.Max(options.Size, 16) * 1024 * 1024: a size that makes this overflow is not realistic, so what is known of its lower bound stays.
    /// Where the upper bound is one that a machine can have, it does overflow.
    /// </summary>
    private static ConstantRange? LowerBound(ConstantRange value, ConstantRange left, ConstantRange right, IntegerType type) =>
        value.Minimum.Sign > 0 && value.Minimum <= type.Range.Maximum && (left.Maximum == type.Range.Maximum || right.Maximum == type.Range.Maximum)
            ? new ConstantRange(value.Minimum, type.Range.Maximum)
            : null;

    /// <summary>The result of a unary operator.</summary>
    public static ConstantRange? Unary(UnaryOperatorKind kind, ConstantRange operand, IntegerType type, bool isChecked) => kind switch
    {
        UnaryOperatorKind.Plus => operand,
        UnaryOperatorKind.Minus => type.Fit(new ConstantRange(-operand.Maximum, -operand.Minimum), isChecked),
        UnaryOperatorKind.BitwiseNegation => type.Fit(new ConstantRange(-operand.Maximum - 1, -operand.Minimum - 1), isChecked: false),
        _ => null,
    };

    private static ConstantRange Corners(ConstantRange left, ConstantRange right, Func<BigInteger, BigInteger, BigInteger> apply)
    {
        var one = apply(left.Minimum, right.Minimum);
        var two = apply(left.Minimum, right.Maximum);
        var three = apply(left.Maximum, right.Minimum);
        var four = apply(left.Maximum, right.Maximum);
        return new ConstantRange(
            BigInteger.Min(BigInteger.Min(one, two), BigInteger.Min(three, four)),
            BigInteger.Max(BigInteger.Max(one, two), BigInteger.Max(three, four)));
    }

    /// <summary>C# takes the low five bits of the count for 32-bit values, the low six for 64-bit ones.</summary>
    private static int? ShiftCount(ConstantRange count, IntegerType type) =>
        count.IsExact ? (int)(count.Minimum & (type.Bits == 64 ? 63 : 31)) : null;

    private static ConstantRange? Unsigned(ConstantRange value, IntegerType type) =>
        value.Minimum.Sign >= 0 ? value : new IntegerType(type.Bits, IsSigned: false).Fit(value, isChecked: false);
}
