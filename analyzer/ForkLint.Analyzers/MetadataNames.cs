using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

/// <summary>Compares symbols with the names of well-known types without looking any type up.</summary>
internal static class MetadataNames
{
    /// <summary>
    /// Whether <paramref name="type"/> is the non-nested type of this namespace and name, with any type arguments.
    /// The name is compared first: it differs nearly always.
    /// </summary>
    public static bool Is(ITypeSymbol? type, string containingNamespace, string name) =>
        type is not null
        && type.Name == name
        && type.ContainingType is null
        && IsNamespace(type.ContainingNamespace, containingNamespace);

    /// <summary>Whether <paramref name="type"/> or a class it derives from is the one of this namespace and name.</summary>
    public static bool IsOrDerivesFrom(ITypeSymbol? type, string containingNamespace, string name)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (Is(current, containingNamespace, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The attribute of this namespace and name on a symbol, or <see langword="null"/>.</summary>
    public static AttributeData? Attribute(ISymbol symbol, string containingNamespace, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute => Is(attribute.AttributeClass, containingNamespace, name));

    /// <summary>Whether <paramref name="symbol"/> is the namespace of this dotted name; the empty name is the global one.</summary>
    public static bool IsNamespace(INamespaceSymbol? symbol, string dottedName)
    {
        var end = dottedName.Length;
        while (symbol is { IsGlobalNamespace: false })
        {
            var start = end - symbol.Name.Length;
            if (start < 0
                || string.CompareOrdinal(dottedName, start, symbol.Name, 0, symbol.Name.Length) != 0
                || (start > 0 && dottedName[start - 1] != '.'))
            {
                return false;
            }

            end = Math.Max(0, start - 1);
            symbol = symbol.ContainingNamespace;
            if (start == 0)
            {
                return symbol is null or { IsGlobalNamespace: true };
            }
        }

        return end == 0;
    }
}
