using System.Collections.Immutable;
using System.Numerics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>
/// The value of an integer expression, as far as the source shows it: literals, constants, static readonly fields,
/// locals by what is assigned to them, bound parameters, arithmetic as C# does it, and of a choice all its values.
/// </summary>
internal static class ConstantEvaluator
{
    /// <summary>How many operations one evaluation may visit: shared sub-expressions through locals would otherwise double at each step. No size in real code needs more.</summary>
    private const int MaximumSteps = 500;

    /// <summary>The values of <paramref name="operation"/>; <see langword="null"/> where it can be anything.</summary>
    public static ConstantRange? Evaluate(IOperation? operation, SizeEnvironment environment) =>
        new Evaluation(environment).Value(operation);

    /// <summary>The one value of <paramref name="operation"/>; <see langword="null"/> where it can have several.</summary>
    public static long? Exact(IOperation? operation, SizeEnvironment environment) =>
        Evaluate(operation, environment) is { IsExact: true } range && range.TryGetInt64(out var value) ? value : null;

    /// <summary>The number of elements of the array, or of characters of the string, that <paramref name="operation"/> gives.</summary>
    public static ConstantRange? Length(IOperation? operation, SizeEnvironment environment) =>
        new Evaluation(environment).LengthOf(operation);

    private sealed class Evaluation(SizeEnvironment environment)
    {
        private readonly HashSet<ISymbol> _open = new(SymbolEqualityComparer.Default);
        private int _steps = MaximumSteps;

        public ConstantRange? Value(IOperation? operation)
        {
            if (operation is null || _steps-- <= 0)
            {
                return null;
            }

            if (operation.ConstantValue is { HasValue: true, Value: var constant })
            {
                return IntegerType.FromConstant(constant);
            }

            return operation switch
            {
                IConversionOperation conversion => Convert(conversion),
                ISimpleAssignmentOperation assignment => Value(assignment.Value),
                ILocalReferenceOperation local => Variable(local.Local, local, values => Choice(values)),
                IParameterReferenceOperation parameter => !environment.TryGetParameter(parameter.Parameter, out var argument, out _) ? null
                    : Variable(parameter.Parameter, parameter, values => values.IsEmpty ? argument : argument is null ? null : Choice(values, argument)),
                IFieldReferenceOperation field => ReadonlyFields.Evaluate(field.Field),
                IPropertyReferenceOperation property => Property(property),
                IUnaryOperation { OperatorMethod: null } unary => IntegerType.TryGet(unary.Type, out var unaryType) && Value(unary.Operand) is { } operand
                    ? IntegerArithmetic.Unary(unary.OperatorKind, operand, unaryType, unary.IsChecked)
                    : null,
                IBinaryOperation { OperatorMethod: null } binary => IntegerType.TryGet(binary.Type, out var binaryType)
                    && Value(binary.LeftOperand) is { } left
                    && Value(binary.RightOperand) is { } right
                    ? IntegerArithmetic.Binary(binary.OperatorKind, left, right, binaryType, binary.IsChecked)
                    : null,
                IConditionalOperation conditional => conditional.Condition.ConstantValue is { HasValue: true, Value: bool condition }
                    ? Value(condition ? conditional.WhenTrue : conditional.WhenFalse)
                    : Choice([conditional.WhenTrue, conditional.WhenFalse]),
                ISwitchExpressionOperation switchExpression => Choice(switchExpression.Arms.Select(arm => arm.Value)),
                ICoalesceOperation coalesce => Choice([coalesce.Value, coalesce.WhenNull]),
                IFlowCaptureReferenceOperation capture => Choice(environment.Captured(capture.Id)),
                ISizeOfOperation sizeOf => Size(sizeOf.TypeOperand),
                IInvocationOperation call => Call(call),
                // new IntPtr(n)
                IObjectCreationOperation { Arguments: [var only] } creation when IntegerType.TryGet(creation.Type, out var created) =>
                    Value(only.Value) is { } pointer ? created.Fit(pointer, isChecked: true) : null,
                _ => null,
            };
        }

        public ConstantRange? LengthOf(IOperation? operation)
        {
            if (operation is null || _steps-- <= 0)
            {
                return null;
            }

            if (operation.ConstantValue is { HasValue: true, Value: string text })
            {
                return ConstantRange.Exact(text.Length);
            }

            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    return LengthOf(conversion.Operand);
                case IArrayCreationOperation creation:
                    return Product(creation.DimensionSizes);
                case IInvocationOperation call when (ArrayCalls.ElementCount(call) ?? ArrayCalls.GeneratedCount(call)) is { } count:
                    return Value(count);
                case IInvocationOperation call when ArrayCalls.Copied(call) is { } source:
                    return LengthOf(source);
                case IObjectCreationOperation { Type.SpecialType: SpecialType.System_String, Arguments: [_, var count] }:
                    return Value(count.Value);
                case IConditionalOperation conditional:
                    return Lengths([conditional.WhenTrue, conditional.WhenFalse]);
                case IFlowCaptureReferenceOperation capture:
                    return Lengths(environment.Captured(capture.Id));
                case ILocalReferenceOperation local:
                    return Variable(local.Local, local, values => Lengths(values));
                case IParameterReferenceOperation parameter:
                    var isBound = environment.TryGetParameter(parameter.Parameter, out _, out var length);
                    return Variable(parameter.Parameter, parameter, values => values.IsEmpty ? length : isBound ? null : Lengths(values));
                default:
                    return null;
            }
        }

        private ConstantRange? Product(IEnumerable<IOperation> factors)
        {
            var product = ConstantRange.Exact(BigInteger.One);
            foreach (var factor in factors)
            {
                if (Value(factor) is not { } range || range.Maximum.Sign < 0)
                {
                    return null;
                }

                product = new ConstantRange(
                    product.Minimum * BigInteger.Max(range.Minimum, BigInteger.Zero), product.Maximum * range.Maximum);
            }

            return product;
        }

        private ConstantRange? Convert(IConversionOperation conversion)
        {
            // IntPtr and UIntPtr convert by operators of their own where the framework has no native integers.
            if (conversion.OperatorMethod is { } method
                && method.ContainingType.SpecialType is not (SpecialType.System_IntPtr or SpecialType.System_UIntPtr))
            {
                return null;
            }

            return IntegerType.TryGet(conversion.Type, out var type) && Value(conversion.Operand) is { } value
                ? type.Fit(value, conversion.IsChecked)
                : null;
        }

        /// <summary>A variable has one of the values assigned to it; a parameter also the one it is called with.</summary>
        private ConstantRange? Variable(ISymbol variable, IOperation reference, Func<ImmutableArray<IOperation>, ConstantRange?> range)
        {
            if (!_open.Add(variable))
            {
                return null;
            }

            try
            {
                return environment.TryGetAssignments(variable, reference, out var values) ? range(values) : null;
            }
            finally
            {
                _open.Remove(variable);
            }
        }

        private ConstantRange? Choice(IEnumerable<IOperation?> values, ConstantRange? seed = null) => UnionOf(values, Value, seed);

        private ConstantRange? Lengths(IEnumerable<IOperation?> values) =>
            UnionOf(values.Where(static operation => operation?.ConstantValue is not { HasValue: true, Value: null }), LengthOf, null);

        private static ConstantRange? UnionOf(IEnumerable<IOperation?> values, Func<IOperation?, ConstantRange?> rangeOf, ConstantRange? seed)
        {
            var result = seed;
            foreach (var operation in values)
            {
                if (operation is not (IThrowOperation or IConversionOperation { Operand: IThrowOperation }))
                {
                    if (rangeOf(operation) is not { } range)
                    {
                        return null;
                    }

                    result = result is { } union ? ConstantRange.Union(union, range) : range;
                }
            }

            return result;
        }

        private ConstantRange? Property(IPropertyReferenceOperation property) => property.Property.Name switch
        {
            "Length" or "LongLength" when property.Instance is { Type: { } type }
                && (type is IArrayTypeSymbol || type.SpecialType is SpecialType.System_String or SpecialType.System_Array) => LengthOf(property.Instance),
            "Value" when IsNullable(property.Property) => Value(property.Instance),
            // The collector supports no more (MAX_SUPPORTED_CPUS in src/coreclr/gc/gcpriv.h).
            "ProcessorCount" when IsEnvironment(property.Property) => new ConstantRange(BigInteger.One, 1024),
            "SystemPageSize" when IsEnvironment(property.Property) => new ConstantRange(4096, 65536),
            // Array.MaxLength, which is the limit for bytes: src/libraries/System.Private.CoreLib/src/System/Array.cs
            "MaxLength" when MetadataNames.Is(property.Property.ContainingType, "System", "Array") => ConstantRange.Exact(0x7FFFFFC7),
            _ => ReadonlyFields.Evaluate(property.Property),
        };

        private static bool IsNullable(ISymbol member) => member.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

        private static bool IsEnvironment(ISymbol member) => MetadataNames.Is(member.ContainingType, "System", "Environment");

        private ConstantRange? Call(IInvocationOperation call)
        {
            var method = call.TargetMethod;
            switch (method.Name)
            {
                case "Min" or "Max" when call.Arguments.Length == 2 && IsMath(method):
                    var left = ValueOrAny(call.Arguments[0].Value);
                    var right = ValueOrAny(call.Arguments[1].Value);
                    return left is not { } one || right is not { } two ? null
                        : method.Name == "Min"
                        ? new ConstantRange(BigInteger.Min(one.Minimum, two.Minimum), BigInteger.Min(one.Maximum, two.Maximum))
                        : new ConstantRange(BigInteger.Max(one.Minimum, two.Minimum), BigInteger.Max(one.Maximum, two.Maximum));
                case "Clamp" when call.Arguments.Length == 3 && MetadataNames.Is(method.ContainingType, "System", "Math"):
                    return ValueOrAny(call.Argument(0)) is { } value
                        && Value(call.Argument(1)) is { } low
                        && Value(call.Argument(2)) is { } high
                        ? new ConstantRange(
                            BigInteger.Min(BigInteger.Max(value.Minimum, low.Minimum), high.Minimum),
                            BigInteger.Min(BigInteger.Max(value.Maximum, low.Maximum), high.Maximum))
                        : null;
                case "SizeOf" when method.TypeArguments is [var type]
                    && (MetadataNames.Is(method.ContainingType, "System.Runtime.CompilerServices", "Unsafe")
                        || (MetadataNames.Is(method.ContainingType, "System.Runtime.InteropServices", "Marshal")
                            && environment.Resolve(type).SpecialType is not (SpecialType.System_Boolean or SpecialType.System_Char))):
                    return Size(type);
                // A graph unwraps n ?? 200 with it. Where every value of n is known, none is null.
                case "GetValueOrDefault" when IsNullable(method) && call.Instance is { } nullable:
                    return Value(nullable);
                case "GetLength" when call.Instance is IOperation { Type: IArrayTypeSymbol }:
                    return ((IArrayTypeSymbol)call.Instance.Type!).Rank == 1 ? LengthOf(call.Instance) : null;
                case "RoundUpToPowerOf2" when MetadataNames.Is(method.ContainingType, "System.Numerics", "BitOperations"):
                    return Value(call.Arguments[0].Value) is { IsExact: true, Minimum: var exact } && exact > 0 && exact <= long.MaxValue >> 1
                        ? ConstantRange.Exact(PoolSizes.RoundUpToPowerOfTwo((long)exact))
                        : null;
                default:
                    return null;
            }
        }

        private static bool IsMath(IMethodSymbol method) =>
            MetadataNames.Is(method.ContainingType, "System", "Math")
            || method.ContainingType.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32
                or SpecialType.System_UInt64 or SpecialType.System_IntPtr or SpecialType.System_UIntPtr;

        /// <summary>An unknown value is still one of its type, which is enough for one side of a minimum or maximum.</summary>
        private ConstantRange? ValueOrAny(IOperation? operation) =>
            Value(operation) ?? (IntegerType.TryGet(operation?.Type, out var type) ? type.Range : null);

        private ConstantRange? Size(ITypeSymbol type)
        {
            var size = StructSizeCalculator.ElementSizeOf(type, environment);
            return size.IsExact ? ConstantRange.Exact(size.Bytes) : new ConstantRange(size.Bytes, IntegerType.Int32.Range.Maximum);
        }
    }
}
