using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Under which other names a method is called.</summary>
internal static class Declarations
{
    /// <summary>The interface and base members that a method stands for.</summary>
    public static IEnumerable<IMethodSymbol> Of(IMethodSymbol method)
    {
        var names = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { method };
        for (var overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            names.Add(overridden);
            yield return overridden.OriginalDefinition;
        }

        // Only what is public, or says so, implements an interface.
        if (method.ContainingType is not { } type || (method.DeclaredAccessibility != Accessibility.Public && method.ExplicitInterfaceImplementations.IsEmpty))
        {
            yield break;
        }

        foreach (var face in type.AllInterfaces)
        {
            // Calls of what the base library declares are not noted.
            if (face.DeclaringSyntaxReferences.IsEmpty)
            {
                continue;
            }

            foreach (var member in face.GetMembers())
            {
                if (member is IMethodSymbol declared
                    && (declared.Name == method.Name || !method.ExplicitInterfaceImplementations.IsEmpty)
                    && type.FindImplementationForInterfaceMember(member) is IMethodSymbol found && names.Contains(found))
                {
                    yield return declared.OriginalDefinition;
                }
            }
        }
    }
}
