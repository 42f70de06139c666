using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Methods of the base library that return a new array whose length stands in the call.</summary>
internal static class ArrayCalls
{
    /// <summary>Whether one of them has this name.</summary>
    public static bool IsName(string name) =>
        name is "AllocateArray" or "AllocateUninitializedArray" or "CreateInstance" or "GetBytes" or "ToArray" or "ToList" or "ToHashSet" or "Clone"
            or "ToCharArray" or "PadLeft" or "PadRight" or "Create" or "EnsureCapacity" or "SetCount" or "SetLength";

    /// <summary>The argument that is the number of elements; <see langword="null"/> where the call is none of these.</summary>
    public static IOperation? ElementCount(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var type = method.ContainingType;
        return method.Name switch
        {
            "AllocateArray" or "AllocateUninitializedArray" when MetadataNames.Is(type, "System", "GC") => call.Argument(0),
            "CreateInstance" when method.Parameters.Length == 2 && type.SpecialType == SpecialType.System_Array => call.Argument(1),
            "GetBytes" when method.Parameters is [{ Type.SpecialType: SpecialType.System_Int32 }]
                && MetadataNames.Is(type, "System.Security.Cryptography", "RandomNumberGenerator") => call.Argument(0),
            "ToArray" or "ToList" or "ToHashSet" when IsEnumerable(method) && call.Argument(0) is { } source => GeneratedCount(source),
            "PadLeft" or "PadRight" or "Create" when type.SpecialType == SpecialType.System_String && method.Parameters[0].Type.SpecialType == SpecialType.System_Int32 => call.Argument(0),
            _ => null,
        };
    }

    /// <summary>The array or string that a call makes a copy of, where only the copy holds what is in it: of elements without references; <see langword="null"/> where it copies none.</summary>
    public static IOperation? Copied(IInvocationOperation call)
    {
        var source = call.TargetMethod.Name switch
        {
            "ToArray" or "ToList" when IsEnumerable(call.TargetMethod) => call.Argument(0),
            "Clone" or "ToCharArray" when call.Arguments.IsEmpty => call.Instance,
            _ => null,
        };
        source = source?.WithoutConversions();
        return source?.Type is IArrayTypeSymbol { ElementType.IsUnmanagedType: true } || (source?.Type?.SpecialType == SpecialType.System_String && call.TargetMethod.Name != "Clone")
            ? source
            : null;
    }

    /// <summary>The count of <c>Enumerable.Repeat(value, count)</c> and <c>Range(start, count)</c>, and of a query of them that leaves nothing out.</summary>
    public static IOperation? GeneratedCount(IOperation source) =>
        source.WithoutConversions() is not IInvocationOperation { TargetMethod: var method } generator || !IsEnumerable(method) ? null
        : method.Name is "Repeat" or "Range" ? generator.Argument(1)
        : method.Name is "Select" or "Cast" or "Order" or "OrderBy" or "OrderDescending" or "OrderByDescending" or "Reverse" && generator.Argument(0) is { } inner ? GeneratedCount(inner)
        : null;

    private static bool IsEnumerable(IMethodSymbol method) => MetadataNames.Is(method.ContainingType, "System.Linq", "Enumerable");
}
