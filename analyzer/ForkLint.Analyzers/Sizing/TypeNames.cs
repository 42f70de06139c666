using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Types as a message shows them.</summary>
internal static class TypeNames
{
    /// <summary><c>byte[]</c>, <c>List&lt;long&gt;</c>: as the source would say it, without namespaces.</summary>
    public static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
