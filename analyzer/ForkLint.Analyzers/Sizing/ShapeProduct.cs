using System.Numerics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>The number of elements that a call asks for with a width and a height, or with a shape.</summary>
internal static class ShapeProduct
{
    /// <summary>The product of the integer arguments and of the elements of arrays and collection expressions among them; <see langword="null"/> where one is not known.</summary>
    public static ConstantRange? Of(IReadOnlyList<IArgumentOperation> arguments, SizeEnvironment environment)
    {
        ConstantRange? product = null;
        foreach (var argument in arguments)
        {
            if (IntegerType.TryGet(argument.Parameter?.Type, out _) && argument.Parameter!.Type.TypeKind != TypeKind.Enum)
            {
                if (Times(product, argument.Value, environment) is not { } next)
                {
                    return null;
                }

                product = next;
            }
            else if (Elements(argument.Value) is { } elements)
            {
                foreach (var element in elements)
                {
                    if (Times(product, element, environment) is not { } next)
                    {
                        return null;
                    }

                    product = next;
                }
            }
        }

        return product;
    }

    private static ConstantRange? Times(ConstantRange? product, IOperation factor, SizeEnvironment environment) =>
        ConstantEvaluator.Evaluate(factor, environment) is { Minimum.Sign: >= 0 } range
            ? new ConstantRange((product?.Minimum ?? BigInteger.One) * range.Minimum, (product?.Maximum ?? BigInteger.One) * range.Maximum)
            : null;

    /// <summary><c>[2, 3]</c>, <c>new[] { 2, 3 }</c>, <c>new int[] { 2, 3 }.AsSpan()</c>; <see langword="null"/> for anything else.</summary>
    private static IEnumerable<IOperation>? Elements(IOperation value)
    {
        while (true)
        {
            switch (value)
            {
                case IConversionOperation conversion:
                    value = conversion.Operand;
                    break;
                case IInvocationOperation { TargetMethod.Name: "AsSpan", Arguments: [var array, ..] }:
                    value = array.Value;
                    break;
                case IArrayCreationOperation { Initializer: { } initializer }:
                    return initializer.ElementValues;
                default:
                    return value.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.CollectionExpressionSyntax
                        ? value.ChildOperations.Where(static child => child is not IArgumentOperation)
                        : null;
            }
        }
    }
}
