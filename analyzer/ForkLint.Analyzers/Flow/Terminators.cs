using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>Methods that never return.</summary>
internal static class Terminators
{
    /// <summary>Whether a call ends the path: it leaves the program, or says of itself that it never returns.</summary>
    public static bool NeverReturns(IMethodSymbol method)
    {
        if (method.Name is "Exit" or "FailFast" && MetadataNames.Is(method.ContainingType, "System", "Environment"))
        {
            return true;
        }

        if (method.ReturnsVoid || method.ReturnType.TypeKind != TypeKind.Struct)
        {
            foreach (var attribute in method.OriginalDefinition.GetAttributes())
            {
                if (MetadataNames.Is(attribute.AttributeClass, "System.Diagnostics.CodeAnalysis", "DoesNotReturnAttribute"))
                {
                    return true;
                }
            }
        }

        return Native.LibcFunction.EntryPoint(method) is "_exit" or "_Exit" or "exit" or "quick_exit" or "abort";
    }
}
