using System.Numerics;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Sizing;

/// <summary>The values an integer expression can have: one, or all between two bounds.</summary>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
internal readonly record struct ConstantRange(BigInteger Minimum, BigInteger Maximum)
{
    /// <summary>Whether it is one value.</summary>
    public bool IsExact => Minimum == Maximum;

    /// <summary>One value.</summary>
    public static ConstantRange Exact(BigInteger value) => new(value, value);

    /// <summary>Every value that one of both can have.</summary>
    public static ConstantRange Union(ConstantRange left, ConstantRange right) =>
        new(BigInteger.Min(left.Minimum, right.Minimum), BigInteger.Max(left.Maximum, right.Maximum));

    /// <summary>The smallest value, if it fits.</summary>
    public bool TryGetInt64(out long value)
    {
        var fits = Minimum >= long.MinValue && Minimum <= long.MaxValue;
        value = fits ? (long)Minimum : 0;
        return fits;
    }
}

/// <summary>An integer type of C#: how many bits it has, and whether one is a sign. Native integers have 64.</summary>
internal readonly record struct IntegerType(int Bits, bool IsSigned)
{
    /// <summary>The range of <c>int</c>, which C# calculates in.</summary>
    public static IntegerType Int32 => new(32, true);

    /// <summary>Everything the type can hold.</summary>
    public ConstantRange Range => IsSigned
        ? new ConstantRange(-(BigInteger.One << (Bits - 1)), (BigInteger.One << (Bits - 1)) - 1)
        : new ConstantRange(BigInteger.Zero, (BigInteger.One << Bits) - 1);

    /// <summary>The integer type behind <paramref name="type"/>: enumerations and nullable integers count as what they hold.</summary>
    public static bool TryGet(ITypeSymbol? type, out IntegerType integer)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] })
        {
            type = inner;
        }

        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying })
        {
            type = underlying;
        }

        integer = type?.SpecialType switch
        {
            SpecialType.System_SByte => new IntegerType(8, true),
            SpecialType.System_Byte => new IntegerType(8, false),
            SpecialType.System_Int16 => new IntegerType(16, true),
            SpecialType.System_UInt16 or SpecialType.System_Char => new IntegerType(16, false),
            SpecialType.System_Int32 => Int32,
            SpecialType.System_UInt32 => new IntegerType(32, false),
            SpecialType.System_Int64 or SpecialType.System_IntPtr => new IntegerType(64, true),
            SpecialType.System_UInt64 or SpecialType.System_UIntPtr => new IntegerType(64, false),
            _ => default,
        };
        return integer.Bits > 0;
    }

    /// <summary>
    /// What is left of <paramref name="value"/> in this type. One value wraps as C# wraps it, or throws where overflow
    /// is checked; a range that leaves the type can be anything.
    /// </summary>
    public ConstantRange? Fit(ConstantRange value, bool isChecked)
    {
        var range = Range;
        if (value.Minimum >= range.Minimum && value.Maximum <= range.Maximum)
        {
            return value;
        }

        if (!value.IsExact || isChecked)
        {
            return null;
        }

        var modulus = BigInteger.One << Bits;
        var wrapped = BigInteger.Remainder(value.Minimum, modulus);
        if (wrapped.Sign < 0)
        {
            wrapped += modulus;
        }

        return ConstantRange.Exact(wrapped > range.Maximum ? wrapped - modulus : wrapped);
    }

    /// <summary>The value of a constant of the compiler's.</summary>
    public static ConstantRange? FromConstant(object? constant) => constant switch
    {
        int value => ConstantRange.Exact(value),
        uint value => ConstantRange.Exact(value),
        long value => ConstantRange.Exact(value),
        ulong value => ConstantRange.Exact(value),
        short value => ConstantRange.Exact(value),
        ushort value => ConstantRange.Exact(value),
        byte value => ConstantRange.Exact(value),
        sbyte value => ConstantRange.Exact(value),
        char value => ConstantRange.Exact(value),
        _ => null,
    };
}
