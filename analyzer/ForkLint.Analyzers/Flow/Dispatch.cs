using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>A call that may run any implementation of a member, and the one it is taken to run.</summary>
/// <param name="Declared">The type or interface that the call names.</param>
/// <param name="Implementing">The type whose implementation runs.</param>
internal sealed record Dispatch(INamedTypeSymbol Declared, INamedTypeSymbol Implementing)
{
    /// <summary>The choice that following <paramref name="call"/> into <paramref name="target"/> makes; <see langword="null"/> where there is none.</summary>
    public static Dispatch? Of(IOperation call, IMethodSymbol target)
    {
        var named = call is IInvocationOperation { IsVirtual: true } or IPropertyReferenceOperation ? call.Callee() : null;
        return named?.ContainingType is { } declared && target.ContainingType is { } implementing
            && !SymbolEqualityComparer.Default.Equals(declared.OriginalDefinition, implementing.OriginalDefinition)
            ? new Dispatch(declared.OriginalDefinition, implementing.OriginalDefinition)
            : null;
    }

    /// <summary>Whether two choices do not go together: a program has one implementation at hand as a rule, so what one of them allocates is hardly held while another spawns.</summary>
    public bool Excludes(Dispatch other) =>
        SymbolEqualityComparer.Default.Equals(Declared, other.Declared) && !SymbolEqualityComparer.Default.Equals(Implementing, other.Implementing);
}
