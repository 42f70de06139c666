using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>Tells properties that are storage from properties that are code.</summary>
internal static class AutomaticProperties
{
    /// <summary>The field behind an automatic (or <c>field</c>-backed) property of the compilation, or <see langword="null"/>.</summary>
    public static IFieldSymbol? BackingField(IPropertySymbol property)
    {
        var definition = property.OriginalDefinition;
        foreach (var member in definition.ContainingType.GetMembers())
        {
            if (member is IFieldSymbol { AssociatedSymbol: IPropertySymbol owner } field && SymbolEqualityComparer.Default.Equals(owner, definition))
            {
                return field;
            }
        }

        return null;
    }
}
