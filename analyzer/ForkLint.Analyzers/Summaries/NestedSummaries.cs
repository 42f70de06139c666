using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>What one body alone knows: its own lambdas and local functions, and no other method.</summary>
internal sealed class NestedSummaries : ISummaries
{
    private readonly Dictionary<IMethodSymbol, MethodSummary> _known = new(SymbolEqualityComparer.Default);

    /// <summary>Makes a nested function's summary known.</summary>
    public void Set(MethodSummary summary) => _known[summary.Method] = summary;

    /// <inheritdoc/>
    public bool MayHaveSourceTargets(IMethodSymbol method) => false;

    /// <inheritdoc/>
    public bool IsWorthFollowing(IMethodSymbol method) => true;

    /// <inheritdoc/>
    public bool IsCaptured(IParameterSymbol parameter) => false;

    /// <inheritdoc/>
    public IReadOnlyList<MethodSummary> InitializersOf(INamedTypeSymbol type) => [];

    /// <inheritdoc/>
    public ImmutableArray<MethodSummary> Of(IMethodSymbol method, ReceiverTypes receiver = default, bool isVirtual = false) =>
        method.MethodKind is MethodKind.AnonymousFunction or MethodKind.LocalFunction && _known.TryGetValue(method.OriginalDefinition, out var summary)
            ? ImmutableArray.Create(summary)
            : default;

    /// <inheritdoc/>
    public MethodSummary Where(MethodSummary summary, List<KnownType> types) => summary;
}
