using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using static ForkLint.Analyzers.Flow.LoopConditions;
using static ForkLint.Analyzers.Flow.NullTests;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>
/// The forward half: walks a body's control flow graph until nothing changes, keeping for each point what may hold what
/// and what became of it; then walks it once more and writes down what happens where.
/// </summary>
internal sealed class BodyInterpreter : Evaluator
{
    // Allocations beyond this many in one body wait for the next run over it: the states stay small, and time linear.
    internal const int WindowSize = 128;
    private readonly CancellationToken _cancellationToken;
    private readonly NodeQueue _pending = new(backwards: false);

    // By node: what holds before it, where anything leads to it.
    private FlowState?[] _before;
    private readonly LoopRounds _loops;
    private FlowNode _node;
    private readonly OnceGuard? _guard;
    private Dictionary<FlowNode, FlowState>? _laterCalls;
    private Dictionary<FlowNode, FlowState>? _lastRounds;
    private bool _reachesExit;
    private int _seededVersion = -1;

    private BodyInterpreter(BodyState body, CancellationToken cancellationToken)
        : base(new Evaluators(body))
    {
        var graph = body.Graph;
        _cancellationToken = cancellationToken;
        _guard = OnceGuard.Of(graph.Graph, body.Method);
        _loops = new LoopRounds(All);
        _node = graph.Entry;
        _before = new FlowState?[Math.Max(graph.Nodes.Count, graph.Graph.Blocks.Length)];
        Body.SeedHandlers = SeedHandlers;
    }

    /// <summary>Analyses a body.</summary>
    /// <param name="body">The body, before it is walked.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static BodyFacts Run(BodyState body, CancellationToken cancellationToken) => new BodyInterpreter(body, cancellationToken).Run();

    private BodyFacts Run()
    {
        _before[Graph.Entry.Id] = State;
        _pending.Add(Graph.Entry);

        // Every state only ever grows, so this ends; the bound is for cases that were not foreseen.
        for (var steps = 0; !_pending.IsEmpty && steps < 100_000; steps++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var node = _pending.Take();
            Leave(node, Walk(node));
            if (_pending.IsEmpty)
            {
                TakeLaterWays();
            }
        }

        var facts = new BodyFacts(Model, Sizes, Graph, Body.Method);
        Facts = facts;
        var nodes = ReachedNodes();
        var events = new List<FlowEvent>?[_before.Length];
        foreach (var node in nodes)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            Events = Events is { Count: 0 } ? Events : [];
            Walk(node);
            if (node.Block.Kind == BasicBlockKind.Exit)
            {
                UseDeep(Lifetimes.HandedOut());
            }

            events[node.Id] = Events.Count > 0 ? Events : null;
            facts.Exit = node.Block.Kind == BasicBlockKind.Exit ? _before[node.Id] : facts.Exit;
        }

        facts.AllocationCount = Creations.AllocationCount;
        (facts.UsedFromEntry, facts.Waits) = UseAnalysis.Run(Graph, nodes, events, Model.Objects);
        if (facts.Exit is { } exit)
        {
            // What was added to a collection before the collection came into the field, or after.
            foreach (var stored in exit.Cells)
            {
                if (!stored.Value.IsEmpty
                    && (Holders.FieldOf(stored.Cell) is not null || (stored.Cell is HeapCell { Owner: InitialObject, Member: ElementKey } && Holders.FieldsOf(stored.Cell).Any())))
                {
                    facts.RecordStore(stored.Cell, stored.Value, exit.Closure(stored.Value));
                }
            }
        }

        return facts;
    }

    /// <summary>The nodes that anything leads to, in the order of the body.</summary>
    private FlowNode[] ReachedNodes()
    {
        var nodes = new List<FlowNode>(Graph.Nodes.Count);
        foreach (var node in Graph.Nodes)
        {
            if (node.Id < _before.Length && _before[node.Id] is not null)
            {
                nodes.Add(node);
            }
        }

        var sorted = nodes.ToArray();
        Array.Sort(sorted, FlowNode.Compare);
        return sorted;
    }

    /// <summary>Goes through a node. Returns the edges out of it.</summary>
    private FlowEdge[] Walk(FlowNode node)
    {
        _node = node;
        State = _before[node.Id]!.Clone();
        Version++;
        IsEnded = false;
        foreach (var operation in node.Block.Operations)
        {
            Evaluate(operation);
            if (IsEnded)
            {
                break;
            }
        }

        var branch = IsEnded ? null : node.Block.BranchValue;
        var value = branch is null ? default : Evaluate(branch);
        node.IsEnd = IsEnded;
        if (IsEnded)
        {
            return [];
        }

        var edges = Graph.Successors(node);
        if (node.Block.FallThroughSuccessor?.Semantics is ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow)
        {
            MayThrow();
        }

        var returns = Array.Exists(edges, static edge => edge.Returns);
        if (branch is not null && (returns || node.Block.FallThroughSuccessor?.Semantics == ControlFlowBranchSemantics.Throw))
        {
            UseDeep(value);
            if (returns)
            {
                if (Facts is not null && Places.ReturnsReference)
                {
                    Facts.ReturnedCells.UnionWith(CellsOf(branch));
                }

                Body.Write(Model.Result, State.Read(Model.Result).Union(value));
            }
        }
        else if (branch is not null && TestsForNull(branch, out _, out _) is false)
        {
            Body.Use(value);
        }

        return edges;
    }

    /// <summary>Takes what holds at the end of a node along the edges out of it.</summary>
    private void Leave(FlowNode node, FlowEdge[] edges)
    {
        for (var i = 0; i < edges.Length; i++)
        {
            // The state at the end itself is not read after the last edge.
            var edge = edges[i];
            var leaving = i == edges.Length - 1 ? State : State.Clone();
            if (edge.WhenTrue is { } taken && node.Block.BranchValue is { } branch && TestsForNull(branch, out var tested, out var nullWhenTrue) && taken == nullWhenTrue)
            {
                All.Conditions.AssumeNull(leaving, tested!);
            }
            else if (edge.WhenTrue is { } asked && node.Block.BranchValue is { } guard && MemberTestedBy(guard, out var instance, out var memberNullWhenTrue) is { } member)
            {
                var place = Places.MemberCells(instance, member, member.IsStatic);
                if (asked == memberNullWhenTrue)
                {
                    ConditionEvaluator.AssumeNull(leaving, place);
                }
                else if (member is IPropertySymbol && place is [HeapCell { Owner: var lazy }])
                {
                    // Its factory ran, and does not again.
                    leaving.Write(Model.Heap(lazy, ElementKey.Unknown), default);
                }
            }
            else if (edge.WhenTrue == false && node.Block.BranchValue is { } matched && All.Conditions.IsCertain(matched, out tested))
            {
                All.Conditions.AssumeNull(leaving, tested!);
            }
            else if (edge.WhenTrue is { } left && node.Block.BranchValue is { } last && Visited(last, left, Graph.Graph) is { } visited)
            {
                _loops.AssumeAllVisited(leaving, _before[node.Id]!, node, visited);
            }

            // How a round ends is known before it is asked what holds after the last one.
            var isLastRound = _loops.LeavesTooEarly(edge, node);
            if (edge.Target.Block.Ordinal <= node.Block.Ordinal)
            {
                _loops.ComeBack(edge.Target, leaving);
            }

            foreach (var region in edge.Ended)
            {
                EndScope(leaving, region);
            }

            if (_guard is not null && edge.WhenTrue is { } outcome && node.Block.BranchValue is { } condition && _guard.IsLaterCall(condition, outcome))
            {
                (_laterCalls ??= [])[edge.Target] = leaving;
                continue;
            }

            if (isLastRound)
            {
                (_lastRounds ??= [])[edge.Target] = leaving;
                continue;
            }

            Arrive(edge.Target, leaving, keep: null, isOwn: true);
        }
    }

    /// <summary>An exception at this point takes what is known here to the handlers.</summary>
    private void SeedHandlers()
    {
        if (Version == _seededVersion)
        {
            return;
        }

        _seededVersion = Version;
        if (Events is not null)
        {
            return;
        }

        foreach (var handler in Graph.Handlers(_node))
        {
            Arrive(handler, State, cell => cell is not CaptureCell
                && (Root(cell) is not VariableCell { Symbol: ILocalSymbol local } || Graph.IsInScope(local, handler.Block)), isOwn: false);
        }
    }

    /// <summary>Adds what holds on one way to a node.</summary>
    /// <param name="target">The node.</param>
    /// <param name="state">What holds on the way.</param>
    /// <param name="keep">Which cells are known there; <see langword="null"/> for all.</param>
    /// <param name="isOwn">Whether only this interpreter writes to <paramref name="state"/> from here on.</param>
    private void Arrive(FlowNode target, FlowState state, Func<Cell, bool>? keep, bool isOwn)
    {
        if (target.Id >= _before.Length)
        {
            Array.Resize(ref _before, Math.Max(target.Id + 1, 2 * _before.Length));
        }

        _reachesExit |= target.Block.Kind == BasicBlockKind.Exit;
        if (_before[target.Id] is not { } known)
        {
            known = isOwn ? state : state.Clone();
            if (keep is not null)
            {
                known.KeepWhere(keep);
            }

            _before[target.Id] = known;
            _pending.Add(target);
        }
        else if (known.MergeFrom(state, keep))
        {
            _pending.Add(target);
        }
    }

    private void EndScope(FlowState state, ControlFlowRegion region)
    {
        foreach (var local in region.Locals)
        {
            state.Forget(Model.Variable(local));
        }

        foreach (var temporary in region.CaptureIds)
        {
            state.Forget(Model.Capture(temporary));
        }
    }

    private static Cell Root(Cell cell)
    {
        while (cell is ComponentCell component)
        {
            cell = component.Parent;
        }

        return cell;
    }

    /// <summary>
    /// Takes the ways that were left for later: out of loops that no round comes back from, and, where the first call of a release method
    /// never ends, past guards that are not what they look like.
    /// </summary>
    private void TakeLaterWays()
    {
        Take(ref _lastRounds, static state => state is null);
        if (_pending.IsEmpty && !_reachesExit)
        {
            Take(ref _laterCalls, static _ => true);
        }
    }

    private void Take(ref Dictionary<FlowNode, FlowState>? ways, Func<FlowState?, bool> isTaken)
    {
        var taken = ways;
        ways = null;
        foreach (var way in taken ?? [])
        {
            if (isTaken(way.Key.Id < _before.Length ? _before[way.Key.Id] : null))
            {
                Arrive(way.Key, way.Value, keep: null, isOwn: true);
            }
        }
    }
}
