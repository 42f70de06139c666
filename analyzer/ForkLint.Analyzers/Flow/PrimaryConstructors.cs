using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Analyzers.Flow;

/// <summary>Finds the constructor that is declared with its type.</summary>
internal static class PrimaryConstructors
{
    /// <summary>The primary constructor of a type, or <see langword="null"/>.</summary>
    public static IMethodSymbol? Of(INamedTypeSymbol type) => type.InstanceConstructors.FirstOrDefault(IsPrimary);

    /// <summary>Whether a primary constructor says what it passes to the one of its type's base.</summary>
    public static bool NamesBase(IMethodSymbol constructor) => constructor.DeclaringSyntaxReferences.Any(
        static reference => reference.GetSyntax() is TypeDeclarationSyntax { BaseList.Types: [PrimaryConstructorBaseTypeSyntax, ..] });

    /// <summary>Whether a constructor is declared with its type.</summary>
    public static bool IsPrimary(IMethodSymbol constructor) =>
        !constructor.IsImplicitlyDeclared && constructor.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax() is TypeDeclarationSyntax);
}
