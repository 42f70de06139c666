using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Analyzers.Summaries;

/// <summary>What a tree declares for other trees to use, read from its syntax without a symbol.</summary>
internal static class SharedNames
{
    /// <summary>
    /// The static fields, properties and events of a tree that can hold memory. Whoever stores in one writes its name, in this tree or
    /// in another.
    /// </summary>
    public static IEnumerable<string> StaticMembers(SyntaxNode root)
    {
        var pending = new Stack<SyntaxList<MemberDeclarationSyntax>>();
        if (root is CompilationUnitSyntax unit)
        {
            pending.Push(unit.Members);
        }

        while (pending.Count > 0)
        {
            foreach (var member in pending.Pop())
            {
                switch (member)
                {
                    case BaseNamespaceDeclarationSyntax space:
                        pending.Push(space.Members);
                        break;
                    case TypeDeclarationSyntax type:
                        pending.Push(type.Members);
                        break;
                    case BaseFieldDeclarationSyntax field when field.Modifiers.Any(SyntaxKind.StaticKeyword) && MayHold(field.Declaration.Type):
                        foreach (var variable in field.Declaration.Variables)
                        {
                            yield return variable.Identifier.ValueText;
                        }

                        break;
                    case PropertyDeclarationSyntax property when property.Modifiers.Any(SyntaxKind.StaticKeyword) && MayHold(property.Type):
                        yield return property.Identifier.ValueText;
                        break;
                    default:
                        break;
                }
            }
        }
    }

    /// <summary>The names that <c>global using Name = Type;</c> gives to types in all trees, each with the last name of its type.</summary>
    public static IEnumerable<(string Alias, TypeSyntax Target)> GlobalAliases(SyntaxNode root)
    {
        if (root is not CompilationUnitSyntax unit)
        {
            yield break;
        }

        foreach (var directive in unit.Usings)
        {
            if (directive is { Alias: { } alias } && directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword))
            {
                yield return (alias.Name.Identifier.ValueText, directive.NamespaceOrType);
            }
        }
    }

    /// <summary>All but numbers: a text may be large too.</summary>
    private static bool MayHold(TypeSyntax type) =>
        type is not PredefinedTypeSyntax predefined || predefined.Keyword.IsKind(SyntaxKind.StringKeyword) || predefined.Keyword.IsKind(SyntaxKind.ObjectKeyword);
}
