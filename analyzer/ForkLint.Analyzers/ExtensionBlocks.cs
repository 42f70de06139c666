using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

/// <summary>
/// C# 14's extension blocks, which the compiler that the analyzers are built against does not know: a block is a type without a name, and its
/// receiver a parameter of that type.
/// </summary>
internal static class ExtensionBlocks
{
    // TypeKind.Extension of Roslyn 5.0 and later.
    private const int Kind = 14;

    /// <summary>Whether a method is a member of a block that is called on a receiver.</summary>
    public static bool HasReceiver(IMethodSymbol method) => !method.IsStatic && (int?)method.ContainingType?.TypeKind == Kind;

    /// <summary>
    /// The member of an extension block that a method is, which the compiler writes as a static method of the class around the block:
    /// <c>Extensions.Shrink(list)</c> calls what <c>list.Shrink()</c> does. Both stand at the same place. Any other method is itself.
    /// </summary>
    public static IMethodSymbol Member(IMethodSymbol method)
    {
        if (method is { IsImplicitlyDeclared: true, IsStatic: true, MethodKind: MethodKind.Ordinary, DeclaringSyntaxReferences: [var written], ContainingType: { IsStatic: true } type })
        {
            foreach (var block in type.GetTypeMembers(string.Empty))
            {
                foreach (var member in block.GetMembers())
                {
                    if (member is IMethodSymbol { DeclaringSyntaxReferences: [var own] } declared && own.Span == written.Span && ReferenceEquals(own.SyntaxTree, written.SyntaxTree))
                    {
                        return declared;
                    }
                }
            }
        }

        return method;
    }

    /// <summary>Whether a parameter is the receiver of an extension block.</summary>
    public static bool IsReceiver(IParameterSymbol parameter) => parameter.ContainingSymbol is INamedTypeSymbol;

    /// <summary>Whether a parameter is the receiver that <paramref name="method"/>, a member of the block, is called on.</summary>
    public static bool IsReceiverOf(IParameterSymbol parameter, IMethodSymbol method) =>
        parameter.ContainingSymbol is INamedTypeSymbol block
        && SymbolEqualityComparer.Default.Equals(block.OriginalDefinition, method.ContainingType?.OriginalDefinition);
}
