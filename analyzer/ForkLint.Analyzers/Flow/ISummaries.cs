using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>What the methods of the compilation do, as far as it was looked at.</summary>
internal interface ISummaries
{
    /// <summary>Whether a method of a library may run code of the compilation: an interface or virtual member of the base library.</summary>
    public bool MayHaveSourceTargets(IMethodSymbol method);

    /// <summary>Whether a call of a method can do more than read its arguments.</summary>
    public bool IsWorthFollowing(IMethodSymbol method);

    /// <summary>Whether members of its type read a primary constructor's parameter.</summary>
    public bool IsCaptured(IParameterSymbol parameter);

    /// <summary>What the instance initializers of a type do, in order.</summary>
    public IReadOnlyList<MethodSummary> InitializersOf(INamedTypeSymbol type);

    /// <summary>
    /// The methods that a call can run, each with its summary; default where one of them is not known. A summary that is
    /// <see langword="null"/> belongs to a method without a body.
    /// </summary>
    /// <param name="method">The method that is named.</param>
    /// <param name="receiverTypes">The exact types of the receiver where they are known; otherwise its static type alone.</param>
    /// <param name="isExact">Whether <paramref name="receiverTypes"/> are exact.</param>
    public ImmutableArray<MethodSummary> Of(IMethodSymbol method, ImmutableArray<ITypeSymbol> receiverTypes, bool isExact);
}
