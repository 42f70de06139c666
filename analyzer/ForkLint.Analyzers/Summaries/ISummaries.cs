using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>What the methods of the compilation do, as far as somebody looked.</summary>
internal interface ISummaries
{
    /// <summary>Whether a method of a library may run code of the compilation: an interface or virtual member of the base library.</summary>
    public bool MayHaveSourceTargets(IMethodSymbol method);

    /// <summary>
    /// The methods that a call can run, each with its summary; default where one of them is not known. A summary that is
    /// <see langword="null"/> belongs to a method without a body.
    /// </summary>
    /// <param name="method">The method that is named.</param>
    /// <param name="receiverTypes">The exact types of the receiver where they are known; otherwise its static type alone.</param>
    /// <param name="isExact">Whether <paramref name="receiverTypes"/> are exact.</param>
    public ImmutableArray<MethodSummary> Of(IMethodSymbol method, ImmutableArray<ITypeSymbol> receiverTypes, bool isExact);
}
