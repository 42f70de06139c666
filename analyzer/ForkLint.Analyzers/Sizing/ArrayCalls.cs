using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Methods of the base library that return a new array whose length stands in the call.</summary>
internal static class ArrayCalls
{
    /// <summary>Whether one of them has this name.</summary>
    public static bool IsName(string name) =>
        name is "AllocateArray" or "AllocateUninitializedArray" or "CreateInstance" or "GetBytes" or "ToArray" or "ToList" or "Clone";

    /// <summary>The argument that is the number of elements; <see langword="null"/> where the call is none of these.</summary>
    public static IOperation? ElementCount(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var type = method.ContainingType;
        return method.Name switch
        {
            "AllocateArray" or "AllocateUninitializedArray" when MetadataNames.Is(type, "System", "GC") => Argument(call, 0),
            "CreateInstance" when method.Parameters.Length == 2 && type.SpecialType == SpecialType.System_Array => Argument(call, 1),
            "GetBytes" when method.Parameters is [{ Type.SpecialType: SpecialType.System_Int32 }]
                && MetadataNames.Is(type, "System.Security.Cryptography", "RandomNumberGenerator") => Argument(call, 0),
            "ToArray" or "ToList" when IsEnumerable(method) && Argument(call, 0) is { } source => GeneratedCount(source),
            _ => null,
        };
    }

    /// <summary>
    /// The array or string that a call makes a copy of, where only the copy holds what is in it: of elements without references;
    /// <see langword="null"/> where it copies none.
    /// </summary>
    public static IOperation? Copied(IInvocationOperation call)
    {
        var source = call.TargetMethod.Name switch
        {
            "ToArray" or "ToList" when IsEnumerable(call.TargetMethod) => Argument(call, 0),
            "Clone" when call.Arguments.IsEmpty => call.Instance,
            _ => null,
        };
        while (source is IConversionOperation { OperatorMethod: null } conversion)
        {
            source = conversion.Operand;
        }

        return source?.Type is IArrayTypeSymbol { ElementType.IsUnmanagedType: true } ? source : null;
    }

    /// <summary>The argument of the parameter at <paramref name="ordinal"/>.</summary>
    public static IOperation? Argument(IInvocationOperation call, int ordinal)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter?.Ordinal == ordinal)
            {
                return argument.Value;
            }
        }

        return null;
    }

    /// <summary><c>Enumerable.Repeat(value, count)</c> and <c>Enumerable.Range(start, count)</c>.</summary>
    private static IOperation? GeneratedCount(IOperation source)
    {
        while (source is IConversionOperation { OperatorMethod: null } conversion)
        {
            source = conversion.Operand;
        }

        return source is IInvocationOperation { TargetMethod: { Name: "Repeat" or "Range" } method } generator && IsEnumerable(method)
            ? Argument(generator, 1)
            : null;
    }

    private static bool IsEnumerable(IMethodSymbol method) => MetadataNames.Is(method.ContainingType, "System.Linq", "Enumerable");
}
