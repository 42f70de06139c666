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
    /// <param name="receiver">What is known of the object that it is called on.</param>
    /// <param name="isVirtual">Whether the object decides which method runs.</param>
    public ImmutableArray<MethodSummary> Of(IMethodSymbol method, ReceiverTypes receiver = default, bool isVirtual = false);

    /// <summary>What the method of a summary does where the types of some of its <see cref="MethodSummary.DependsOn"/> are known.</summary>
    public MethodSummary Where(MethodSummary summary, List<KnownType> types);
}

/// <summary>What is known of the type of an object that a method was given, beyond its declaration.</summary>
/// <param name="Cell">What held it at first; of any analysis of the method.</param>
/// <param name="Types">The types.</param>
internal sealed record KnownType(Cell Cell, ReceiverTypes Types)
{
    /// <summary>Whether two say the same, type arguments aside.</summary>
    public bool IsSameAs(KnownType other) => Cell.IsSameAs(other.Cell) && Types.IsExact == other.Types.IsExact && Types.Types.Length == other.Types.Types.Length
        && Types.Types.All(type => other.Types.Types.Any(second => SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, second.OriginalDefinition)));
}

/// <summary>What an object is that a method is called on.</summary>
/// <param name="Types">Its type, or those that it may have; default where nothing is known.</param>
/// <param name="IsExact">Whether none of them is only a base of its type.</param>
internal readonly record struct ReceiverTypes(ImmutableArray<ITypeSymbol> Types, bool IsExact)
{
    /// <summary>The one type that it can be; <see langword="null"/> where there are several, or none is known.</summary>
    public ITypeSymbol? Only => Types is { IsDefault: false, Length: 1 } ? Types[0] : null;
}
