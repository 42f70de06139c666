using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>Methods that never return, such as <c>Environment.FailFast</c>: a path ends there.</summary>
internal static class Terminators
{
    /// <summary>Whether a call ends the path: it leaves the program, or says of itself that it never returns.</summary>
    public static bool NeverReturns(IMethodSymbol method) =>
        (method.Name is "Exit" or "FailFast" && MetadataNames.Is(method.ContainingType, "System", "Environment"))
        || ((method.ReturnsVoid || method.ReturnType.TypeKind != TypeKind.Struct)
            && MetadataNames.Attribute(method.OriginalDefinition, "System.Diagnostics.CodeAnalysis", "DoesNotReturnAttribute") is not null)
        || Native.LibcFunction.EntryPoint(method) is "_exit" or "_Exit" or "exit" or "quick_exit" or "abort";
}
