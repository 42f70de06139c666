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
        foreach (var member in definition.ContainingType.GetMembers())
        {
            if (member is IFieldSymbol { AssociatedSymbol: IPropertySymbol owner } field && SymbolEqualityComparer.Default.Equals(owner, definition))
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>Whether a property of the compilation is nothing but storage. One that says <c>field</c> is code around it.</summary>
    public static bool IsAutomatic(IPropertySymbol property) => IsReadAsStored(property) && IsStoredAsWritten(property);

    /// <summary>Whether reading a property of the compilation reads its storage, and no more.</summary>
    public static bool IsReadAsStored(IPropertySymbol property) => !HasCode(property.GetMethod) && BackingField(property) is not null;

    /// <summary>Whether assigning to a property of the compilation stores the value, and no more. One without <c>set</c> is assigned in a constructor.</summary>
    public static bool IsStoredAsWritten(IPropertySymbol property) => !HasCode(property.SetMethod) && BackingField(property) is not null;

    private static bool HasCode(IMethodSymbol? accessor)
    {
        if (accessor is null)
        {
            return false;
        }

        foreach (var reference in accessor.OriginalDefinition.DeclaringSyntaxReferences)
        {
            switch (reference.GetSyntax())
            {
                case AccessorDeclarationSyntax { Body: null, ExpressionBody: null }:
                    break;
                case AccessorDeclarationSyntax or ArrowExpressionClauseSyntax:
                    return true;
                default:
                    break;
            }
        }

        return false;
    }
}
