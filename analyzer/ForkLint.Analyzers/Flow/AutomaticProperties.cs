using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Analyzers.Flow;

/// <summary>Tells properties that are storage from properties that are code.</summary>
internal static class AutomaticProperties
{
    /// <summary>The field behind an automatic (or <c>field</c>-backed) property of the compilation, or <see langword="null"/>.</summary>
    public static IFieldSymbol? BackingField(IPropertySymbol property)
    {
        var definition = property.OriginalDefinition;
        return definition.ContainingType.GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, definition));
    }

    /// <summary>Whether a property of the compilation is nothing but storage. One that says <c>field</c> is code around it.</summary>
    public static bool IsAutomatic(IPropertySymbol property) => IsReadAsStored(property) && IsStoredAsWritten(property);

    /// <summary>Whether reading a property of the compilation reads its storage, and no more.</summary>
    public static bool IsReadAsStored(IPropertySymbol property) => !HasCode(property.GetMethod) && BackingField(property) is not null;

    /// <summary>Whether assigning to a property of the compilation stores the value, and no more. One without <c>set</c> is assigned in a constructor.</summary>
    public static bool IsStoredAsWritten(IPropertySymbol property) => !HasCode(property.SetMethod) && BackingField(property) is not null;

    private static bool HasCode(IMethodSymbol? accessor) => accessor is not null && accessor.OriginalDefinition.DeclaringSyntaxReferences.Any(
        static reference => reference.GetSyntax() is AccessorDeclarationSyntax { Body: not null } or AccessorDeclarationSyntax { ExpressionBody: not null } or ArrowExpressionClauseSyntax);
}
