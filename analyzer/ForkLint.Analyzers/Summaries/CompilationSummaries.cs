using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ForkLint.Analyzers.Evaluation;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// The summaries of the whole compilation, made when first asked for and closed over the call graph: a method that
/// read a summary which has changed since is done again, a few times at most.
/// </summary>
internal sealed class CompilationSummaries : ISummaries
{
    private const int MaxRounds = 3;

    private readonly Dictionary<IMethodSymbol, MemberBody> _bodies = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IMethodSymbol, MethodSummary> _known = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<MethodSummary>> _initializers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<MemberBody>> _initializerBodies = new(SymbolEqualityComparer.Default);
    private readonly HashSet<MemberBody> _running = [];
    private readonly TypedSummaries _typed;
    private readonly Dictionary<MemberBody, int> _done = [];
    private readonly Dictionary<IMethodSymbol, MemberBody> _owners = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<MemberBody, HashSet<MemberBody>> _readers = [];
    private readonly Dictionary<MemberBody, ulong> _prints = [];
    private readonly Dictionary<MemberBody, int> _rounds = [];
    private readonly HashSet<MemberBody> _outdated = [];
    private readonly HashSet<IMethodSymbol> _interesting = new(SymbolEqualityComparer.Default);
    private readonly HashSet<IParameterSymbol> _captured = new(SymbolEqualityComparer.Default);
    private readonly DispatchTargets _dispatch;
    private readonly FlowCatalogs _catalogs;
    private readonly AllocationCandidates _candidates;
    private readonly CancellationToken _cancellationToken;
    private MemberBody? _reader;

    /// <summary>Of no body, until <see cref="Add"/>.</summary>
    public CompilationSummaries(Compilation compilation, SpawnCatalog spawns, AllocationCatalog allocations, AllocationCandidates candidates, CancellationToken cancellationToken)
    {
        _dispatch = new DispatchTargets(compilation);
        _typed = new TypedSummaries(Analyse);
        _catalogs = new FlowCatalogs(spawns, allocations, candidates.Contains, this);
        _candidates = candidates;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Knows these bodies of the compilation.</summary>
    public void Add(IEnumerable<MemberBody> bodies)
    {
        foreach (var body in bodies)
        {
            _captured.UnionWith(body.CapturedParameters);
            if (body.Member is IMethodSymbol method)
            {
                _bodies[method.OriginalDefinition] = body;
            }
            else if (!body.Member.IsStatic && body.Member.ContainingType is { } type)
            {
                _initializerBodies.GetOrAdd(type.OriginalDefinition).Add(body);
            }
        }
    }

    /// <summary>Says which methods do, or reach, anything that could matter to a caller.</summary>
    public void SetInteresting(IEnumerable<MemberBody> bodies) =>
        _interesting.UnionWith(bodies.Select(body => body.Member).OfType<IMethodSymbol>());

    /// <summary>The steps that all bodies took so far, as <see cref="MemoryModel.Work"/> counts them.</summary>
    public long Work { get; private set; }

    /// <summary>Analyses a body, and all that it calls, unless that was done.</summary>
    public void Analyse(MemberBody body)
    {
        if (!_done.ContainsKey(body) && !_running.Contains(body))
        {
            Run(body);
            _done.Add(body, _done.Count);
        }
    }

    /// <summary>Does again what read a summary that has changed since.</summary>
    public void Close()
    {
        while (_outdated.Count > 0)
        {
            var round = _outdated.OrderBy(body => _done.TryGetValue(body, out var order) ? order : int.MaxValue).ToList();
            _outdated.Clear();
            _typed.Clear();
            foreach (var body in round)
            {
                _rounds.TryGetValue(body, out var rounds);
                if (rounds < MaxRounds)
                {
                    _rounds[body] = rounds + 1;
                    Run(body);
                }
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
    public ImmutableArray<MethodSummary> Of(IMethodSymbol method, ReceiverTypes receiver = default, bool isVirtual = false)
    {
        var targets = isVirtual ? _dispatch.Of(method, receiver.Types, receiver.IsExact) : _dispatch.Of(method, ImmutableArray<ITypeSymbol>.Empty, isExact: true);
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
    public MethodSummary Where(MethodSummary summary, List<KnownType> types) => _typed.Of(summary, types);

    private MethodSummary? Analyse(IMethodSymbol method, List<KnownType> types)
    {
        var definition = method.OriginalDefinition;
        if (Work > WorkLimitException.Compilation || (!_bodies.TryGetValue(definition, out var body) && !_owners.TryGetValue(definition, out body))
            || body.Functions.Find(function => SymbolEqualityComparer.Default.Equals(function.Method?.OriginalDefinition, definition)) is not { } function)
        {
            return null;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        try
        {
            // Another analysis of it may be under way, which marks the nodes of its graph.
            var facts = BodyInterpreter.Run(new BodyState(new FlowGraph(function.Graph.Graph), method, _catalogs, 0, types), _cancellationToken);
            Work += facts.Model.Work;
            return SummaryBuilder.Of(method, function.IsIterator, facts);
        }
        catch (WorkLimitException)
        {
            Work += WorkLimitException.Body;
            return null;
        }
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
        if (_bodies.TryGetValue(method, out var body))
        {
            Analyse(body);
        }
        else
        {
            _owners.TryGetValue(method, out body);
        }

        if (body is not null && _reader is not null)
        {
            _readers.GetOrAdd(body).Add(_reader);
        }

        // Not known yet: a call that never returns and does nothing is what the first round starts from.
        return _known.TryGetValue(method, out var known) ? known : body is null ? null : new MethodSummary(method);
    }

    private void Run(MemberBody body)
    {
        var reader = _reader;
        _reader = body;
        _running.Add(body);
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            _candidates.LookAt(body);
            Interpret(body);
        }
        catch (InsufficientExecutionStackException)
        {
            // A chain of calls deeper than the stack.
            GiveUp(body);
        }
        catch (WorkLimitException)
        {
            Work += WorkLimitException.Body;
            GiveUp(body);
        }

        _running.Remove(body);
        _reader = reader;
        var print = body.Results.Count == 0 ? 1UL : 0;
        foreach (var (function, _) in body.Results)
        {
            if (function.Method is { } method && _known.TryGetValue(method.OriginalDefinition, out var summary))
            {
                print = unchecked((print * 31) + SummaryFingerprint.Of(summary));
            }
        }

        if ((!_prints.TryGetValue(body, out var before) || before != print) && _readers.TryGetValue(body, out var readers))
        {
            _outdated.UnionWith(readers);
        }

        _prints[body] = print;
    }

    /// <summary>A body that is too large to follow has no effects for its callers, and nothing is reported about it or them.</summary>
    private void GiveUp(MemberBody body)
    {
        body.Results = [];
        if (body.Member is IMethodSymbol method)
        {
            _known[method.OriginalDefinition] = new MethodSummary(method.OriginalDefinition) { Exit = CallEffects.TooLarge, IsIncomplete = true };
        }
    }

    private void Interpret(MemberBody body)
    {
        if (Work > WorkLimitException.Compilation)
        {
            GiveUp(body);
            return;
        }

        var rounds = body.Functions.Count > 2 ? 2 : 1;
        for (var round = 0; round < rounds; round++)
        {
            body.Results = [];
            foreach (var function in body.Functions)
            {
                foreach (var facts in BodyAnalyses.Windows(function, _catalogs, _cancellationToken))
                {
                    Work += facts.Model.Work;
                    body.Results.Add((function, facts));
                    if (facts.IsFirstWindow && function.Method is { } method)
                    {
                        _owners[method.OriginalDefinition] = body;
                        _known[method.OriginalDefinition] = SummaryBuilder.Of(method.OriginalDefinition, function.IsIterator, facts);
                    }
                }
            }
        }
    }
}
