using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>How messages, and calls, name a method.</summary>
internal static class MethodNames
{
    /// <summary><c>Git.Exec</c>, <c>Cache.Table</c> for an accessor, <c>new Cache</c> for a constructor, <c>a lambda</c>.</summary>
    public static string Of(ISymbol? member) => member switch
    {
        null => "an initializer",
        IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } => "lambda",
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } => member.Name,
        IMethodSymbol { MethodKind: MethodKind.Constructor } => "new " + member.ContainingType.Name,
        IMethodSymbol { MethodKind: MethodKind.StaticConstructor } => member.ContainingType.Name + ".static",
        IMethodSymbol { AssociatedSymbol: { } owner } => Qualified(owner),
        IMethodSymbol { Name: "<Main>$" } => "Main",
        _ => Qualified(member),
    };

    /// <summary>The name of a method within its own type, as the first step of a path.</summary>
    public static string Short(ISymbol? member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Ordinary, Name: not "<Main>$" } => member.Name,
        IMethodSymbol { AssociatedSymbol: { } owner } => owner.Name,
        _ => Of(member),
    };

    private static string Qualified(ISymbol member)
    {
        var name = member is IMethodSymbol { ExplicitInterfaceImplementations: [var implemented, ..] } ? implemented.Name : member.Name;
        return member.ContainingType is { Name.Length: > 0 } type ? type.Name + "." + name : name;
    }

    /// <summary>The name without the interface that an explicit implementation says.</summary>
    public static string Simple(ISymbol member) => member.Name.Substring(member.Name.LastIndexOf('.') + 1);
}
