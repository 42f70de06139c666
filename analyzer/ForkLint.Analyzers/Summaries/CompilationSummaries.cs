using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// The summaries of the whole compilation, made when first asked for and closed over the call graph: a method that
/// met its own unfinished summary is done again until nothing changes, or a few times.
/// </summary>
internal sealed class CompilationSummaries : ISummaries
{
    private const int MaxRounds = 4;

    private readonly Dictionary<IMethodSymbol, MemberBody> _bodies = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IMethodSymbol, MethodSummary> _known = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<MethodSummary>> _initializers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<MemberBody>> _initializerBodies = new(SymbolEqualityComparer.Default);
    private readonly HashSet<MemberBody> _running = [];
    private readonly HashSet<MemberBody> _done = [];
    private readonly List<MemberBody> _unfinished = [];
    private readonly HashSet<IMethodSymbol> _interesting = new(SymbolEqualityComparer.Default);
    private readonly HashSet<IParameterSymbol> _captured = new(SymbolEqualityComparer.Default);
    private readonly DispatchTargets _dispatch;
    private readonly FlowCatalogs _catalogs;
    private readonly CancellationToken _cancellationToken;
    private bool _metUnfinished;
    private long _work;

    /// <summary>Knows every body of the compilation.</summary>
    public CompilationSummaries(
        Compilation compilation, IReadOnlyCollection<MemberBody> bodies, SpawnCatalog spawns, AllocationCatalog allocations, CancellationToken cancellationToken)
    {
        _dispatch = new DispatchTargets(compilation);
        _catalogs = new FlowCatalogs(spawns, allocations, this);
        _cancellationToken = cancellationToken;
        foreach (var body in bodies)
        {
            _captured.UnionWith(body.CapturedParameters);
            if (body.Member is IMethodSymbol method)
            {
                _bodies[method.OriginalDefinition] = body;
            }
            else if (!body.Member.IsStatic && body.Member.ContainingType is { } type)
            {
                if (!_initializerBodies.TryGetValue(type.OriginalDefinition, out var list))
                {
                    _initializerBodies.Add(type.OriginalDefinition, list = []);
                }

                list.Add(body);
            }
        }
    }

    /// <summary>Says which methods do, or reach, anything that could matter to a caller.</summary>
    public void SetInteresting(IEnumerable<MemberBody> bodies) =>
        _interesting.UnionWith(bodies.Select(body => body.Member).OfType<IMethodSymbol>());

    /// <summary>Analyses a body, and whatever it calls, unless that was done.</summary>
    public void Analyse(MemberBody body)
    {
        if (_work > WorkLimitException.Compilation || _done.Contains(body) || !_running.Add(body))
        {
            return;
        }

        var outer = _metUnfinished;
        _metUnfinished = false;
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            Run(body);
        }
        catch (InsufficientExecutionStackException)
        {
            // A chain of calls deeper than the stack: whatever is below stays unknown.
        }
        catch (WorkLimitException)
        {
            GiveUp(body);
        }

        _running.Remove(body);
        _done.Add(body);
        if (_metUnfinished)
        {
            _unfinished.Add(body);
        }

        _metUnfinished |= outer;
    }

    /// <summary>Does again what met a summary that was not finished.</summary>
    public void Close()
    {
        for (var round = 0; round < MaxRounds && _unfinished.Count > 0; round++)
        {
            foreach (var body in _unfinished.ToList())
            {
                if (_work > WorkLimitException.Compilation)
                {
                    return;
                }

                _running.Add(body);
                try
                {
                    Run(body);
                }
                catch (WorkLimitException)
                {
                    GiveUp(body);
                }

                _running.Remove(body);
            }
        }
    }

    /// <inheritdoc/>
    public bool MayHaveSourceTargets(IMethodSymbol method) =>
        (method.IsAbstract || method.IsVirtual || method.IsOverride) && method.DeclaringSyntaxReferences.IsEmpty;

    /// <inheritdoc/>
    public bool IsWorthFollowing(IMethodSymbol method)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        return method.IsAbstract || method.IsVirtual || method.IsOverride
            || method.MethodKind is MethodKind.Constructor or MethodKind.LocalFunction or MethodKind.AnonymousFunction
            || _interesting.Contains(definition)
            || !_bodies.TryGetValue(definition.PartialImplementationPart ?? definition, out var body)
            || body.IsShort;
    }

    /// <inheritdoc/>
    public bool IsCaptured(IParameterSymbol parameter) => _captured.Contains(parameter);

    /// <inheritdoc/>
    public ImmutableArray<MethodSummary> Of(IMethodSymbol method, ImmutableArray<ITypeSymbol> receiverTypes, bool isExact)
    {
        var targets = _dispatch.Of(method, receiverTypes, isExact);
        if (targets.IsDefault)
        {
            return default;
        }

        var summaries = ImmutableArray.CreateBuilder<MethodSummary>(targets.Length);
        foreach (var target in targets)
        {
            if (Of(target) is not { } summary)
            {
                return default;
            }

            summaries.Add(summary);
        }

        return summaries.ToImmutable();
    }

    /// <inheritdoc/>
    public IReadOnlyList<MethodSummary> InitializersOf(INamedTypeSymbol type)
    {
        var definition = type.OriginalDefinition;
        if (_initializers.TryGetValue(definition, out var summaries))
        {
            return summaries;
        }

        _initializers.Add(definition, summaries = []);
        if (_initializerBodies.TryGetValue(definition, out var bodies)
            && (PrimaryConstructors.Of(definition) ?? definition.InstanceConstructors.FirstOrDefault()) is { } constructor)
        {
            foreach (var body in bodies)
            {
                Analyse(body);
                foreach (var (function, facts) in body.Results.Where(result => result.Body.Method is null && result.Facts.IsFirstWindow))
                {
                    summaries.Add(SummaryBuilder.Of(constructor, isIterator: false, facts));
                }
            }
        }

        return summaries;
    }

    private MethodSummary? Of(IMethodSymbol method)
    {
        if (_known.TryGetValue(method, out var known))
        {
            _metUnfinished |= _bodies.TryGetValue(method, out var again) && _running.Contains(again);
            return known;
        }

        if (!_bodies.TryGetValue(method, out var body))
        {
            return null;
        }

        if (_running.Contains(body))
        {
            // Not known yet: a call that never returns and does nothing is what the first round starts from.
            _metUnfinished = true;
            return new MethodSummary(method, new MemoryModel(static _ => true), SizeEnvironment.Empty);
        }

        Analyse(body);
        return _known.TryGetValue(method, out known) ? known : null;
    }

    /// <summary>What is too large to follow is unknown to its callers, and nothing is said of it.</summary>
    private void GiveUp(MemberBody body)
    {
        _work += WorkLimitException.Body;
        body.Results = [];
    }

    private void Run(MemberBody body)
    {
        var rounds = body.Functions.Count > 2 ? 2 : 1;
        for (var round = 0; round < rounds; round++)
        {
            body.Results = [];
            foreach (var function in body.Functions)
            {
                foreach (var facts in BodyAnalyses.Windows(function, _catalogs, _cancellationToken))
                {
                    _work += facts.Model.Work;
                    body.Results.Add((function, facts));
                    if (facts.IsFirstWindow && function.Method is { } method)
                    {
                        _known[method.OriginalDefinition] = SummaryBuilder.Of(method.OriginalDefinition, function.IsIterator, facts);
                    }
                }
            }
        }
    }
}
