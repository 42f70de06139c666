using System.Collections.Concurrent;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Native;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Analyzers.Rules;

/// <summary>The analysis of one compilation: what a body decides alone at once, everything else at the end.</summary>
internal sealed class CompilationAnalysis
{
    private readonly Compilation _compilation;
    private readonly SpawnCatalog _spawns;
    private readonly AllocationCatalog _allocations;
    private readonly HeldDiagnostics _diagnostics;
    private readonly RuleChoice _choice;
    private readonly SpawnWords _words;
    private readonly ConcurrentQueue<MemberBody> _bodies = new();
    private readonly ConcurrentDictionary<SyntaxNode, bool> _decided = new();
    private readonly ConcurrentDictionary<SyntaxTree, bool> _generated = new();
    private long _work;

    /// <summary>The analysis of a compilation in which something spawns.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="spawns">Which calls spawn.</param>
    /// <param name="allocations">Which expressions allocate.</param>
    /// <param name="words">Which words a text has that calls anything that spawns; others are not looked at before it is known that something does.</param>
    public CompilationAnalysis(Compilation compilation, SpawnCatalog spawns, AllocationCatalog allocations, SpawnWords words = SpawnWords.Every)
    {
        _words = words;
        (_compilation, _spawns, _allocations) = (compilation, spawns, allocations);
        _diagnostics = new HeldDiagnostics(new Remedies(compilation), spawns.UserApis, _generated.ContainsKey);
        _choice = new RuleChoice(spawns, allocations);
    }

    /// <summary>Whether every body is looked at, without a search of its file: it must make no difference.</summary>
    public bool IsExhaustive { get; init; }

    /// <summary>The steps that the flow analysis took so far, as <see cref="MemoryModel.Work"/> counts them.</summary>
    public long Work => Interlocked.Read(ref _work);

    /// <summary>How many bodies were looked at so far, and how many there are.</summary>
    public (int LookedAt, int All) Bodies => (_bodies.Count(static body => body.IsKnown), _bodies.Count);

    /// <summary>Reads the blocks of one member, and reports what they decide alone.</summary>
    public void Read(OperationBlockAnalysisContext context)
    {
        // What the generator of a LibraryImport wrote is the import itself: its callers spawn, not the stub.
        if (context.OwningSymbol is IMethodSymbol { PartialDefinitionPart: not null } stub && NativeImport.Of(stub) is not null)
        {
            return;
        }

        IOperation? read = null;
        foreach (var block in context.OperationBlocks)
        {
            if (block.Kind is OperationKind.Attribute or OperationKind.ParameterInitializer)
            {
                continue;
            }

            var root = block.Root();

            // A constructor comes as its body and its initializer, both of one root.
            if (ReferenceEquals(root, read))
            {
                continue;
            }

            read = root;
            if (context.IsGeneratedCode)
            {
                _generated.TryAdd(root.Syntax.SyntaxTree, true);
            }

            var body = new MemberBody(context.OwningSymbol, root, context.IsGeneratedCode);
            _bodies.Enqueue(body);
            if ((SpawnMentions.Of(body.Tree) & _words) != 0)
            {
                body.Glance(_spawns, _allocations, _compilation.Assembly);
                if (body.Spawns && body.Allocates)
                {
                    JudgeAlone(context, body, block);
                }
            }
        }
    }

    /// <summary>Closes the summaries over the call graph, and reports what more than one body decides.</summary>
    public void End(CompilationAnalysisContext context)
    {
        var all = _bodies.ToList();
        if (!all.Exists(body => body.Spawns))
        {
            return;
        }

        var scope = Scope.Of(_compilation, all, body => body.Glance(_spawns, _allocations, _compilation.Assembly), IsExhaustive, context.CancellationToken);
        var (bodies, graph, spawning, storing) = (scope.Bodies, scope.Graph, scope.Spawning, scope.Storing);
        var candidates = new AllocationCandidates(bodies, _spawns, _allocations);
        foreach (var body in graph.CalledBy(spawning.Concat(storing)))
        {
            candidates.LookAt(body);
        }

        if (!(candidates.Any || _spawns.UserApis.HasMeasuredSizes))
        {
            return;
        }

        var allocating = graph.Reaching(candidates.IsIn);
        var summaries = new CompilationSummaries(_compilation, _spawns, _allocations, candidates, context.CancellationToken);
        summaries.Add(bodies);
        summaries.SetInteresting(graph.Reaching(body => body.Spawns || candidates.MayBeIn(body) || body.HasEffects || body.StoresInMembers));

        var judged = graph.CalleesFirst(bodies.Where(body => allocating.Contains(body) && (spawning.Contains(body) || storing.Contains(body))));
        foreach (var body in judged)
        {
            summaries.Analyse(body);
        }

        summaries.Close();
        var fields = new FieldRule(_compilation.Assembly, _spawns, _allocations, candidates, _diagnostics);
        fields.FindHolders(bodies);
        if (fields.HasHolders)
        {
            foreach (var body in graph.CalleesFirst(spawning))
            {
                summaries.Analyse(body);
            }

            summaries.Close();
        }

        Interlocked.Add(ref _work, summaries.Work);
        fields.FindSpawns(bodies);
        foreach (var diagnostic in fields.Diagnostics())
        {
            context.ReportDiagnostic(diagnostic);
        }

        var choice = new RuleChoice(_spawns, _allocations, candidates);
        foreach (var body in bodies)
        {
            if (spawning.Contains(body))
            {
                Report(context, body, fields, choice);
            }
        }
    }

    private void Report(CompilationAnalysisContext context, MemberBody body, FieldRule fields, RuleChoice choice)
    {
        foreach (var (function, facts) in body.Results)
        {
            if (!function.IsData && !facts.IsIncomplete)
            {
                var undecided = choice.Judge(facts, fields.IsReported, fields.IsFound).Where(verdict => !_decided.ContainsKey(verdict.Allocation.Site.Syntax));
                foreach (var verdict in CollectionVerdicts.Join(undecided))
                {
                    context.ReportDiagnostic(_diagnostics.Of(verdict, function, isLive: false));
                }
            }
        }
    }

    private void JudgeAlone(OperationBlockAnalysisContext context, MemberBody body, IOperation block)
    {
        var candidates = new AllocationCandidates([body], _spawns, _allocations);
        candidates.LookAt(body);
        if (!candidates.Any)
        {
            return;
        }

        body.UseGraph(context.GetControlFlowGraph(block));
        var nested = new NestedSummaries();
        var catalogs = new FlowCatalogs(_spawns, _allocations, candidates.Contains, nested);
        List<(FunctionBody Body, BodyFacts Facts)> results;
        try
        {
            results = BodyAnalyses.Alone(body.Functions, catalogs, nested, context.CancellationToken);
        }
        catch (WorkLimitException)
        {
            return;
        }

        foreach (var (function, facts) in results)
        {
            Interlocked.Add(ref _work, facts.Model.Work);
            if (function.IsData)
            {
                continue;
            }

            var decided = _choice.Judge(facts, static _ => true, static _ => true).Where(verdict => verdict.IsDecidedBy(facts)).ToList();
            foreach (var verdict in decided)
            {
                _decided[verdict.Allocation.Site.Syntax] = true;
            }

            foreach (var verdict in CollectionVerdicts.Join(decided))
            {
                context.ReportDiagnostic(_diagnostics.Of(verdict, function, isLive: true));
            }
        }
    }
}
