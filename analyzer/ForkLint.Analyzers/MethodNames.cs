using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

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

    /// <summary>The full name of a method as the first step of a path: of a lambda, with the member that it stands in.</summary>
    public static string First(ISymbol? member) => member is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } ? "lambda in " + Of(Owner(member)) : Of(member);

    /// <summary>The name of a method within its own type, as the first step of a path.</summary>
    public static string Short(ISymbol? member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } => "lambda in " + Short(Owner(member)),
        IFieldSymbol or IPropertySymbol => member.Name,
        IMethodSymbol { MethodKind: MethodKind.Ordinary, Name: not "<Main>$" } => member.Name,
        IMethodSymbol { AssociatedSymbol: { } owner } => owner.Name,
        _ => Of(member),
    };

    /// <summary>The member that a lambda stands in.</summary>
    private static ISymbol Owner(ISymbol lambda)
    {
        var owner = lambda;
        while (owner is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction, ContainingSymbol: { } outer })
        {
            owner = outer;
        }

        return owner is IFieldSymbol { AssociatedSymbol: { } property } ? property : owner;
    }

    /// <summary>A member with its type: that of an extension block is the class around it.</summary>
    public static string Qualified(ISymbol member)
    {
        var name = member is IMethodSymbol { ExplicitInterfaceImplementations: [var implemented, ..] } ? implemented.Name : member.Name;
        var type = member.ContainingType is { Name.Length: 0, ContainingType: { } outer } ? outer : member.ContainingType;
        return type is { Name.Length: > 0 } ? type.Name + "." + name : name;
    }

    /// <summary>The name without the interface that an explicit implementation says.</summary>
    public static string Simple(ISymbol member) => member.Name.Substring(member.Name.LastIndexOf('.') + 1);
}
