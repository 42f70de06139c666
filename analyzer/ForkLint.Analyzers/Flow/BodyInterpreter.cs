using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>The catalogs that tell the interpreter what an operation means.</summary>
/// <param name="Spawns">Which calls spawn.</param>
/// <param name="Allocations">Which expressions allocate.</param>
/// <param name="Candidates">Which allocations may be large enough to count.</param>
/// <param name="Summaries">What the methods of the compilation do.</param>
internal sealed record FlowCatalogs(SpawnCatalog Spawns, AllocationCatalog Allocations, AllocationCandidates Candidates, ISummaries Summaries);

/// <summary>
/// The forward half: walks a body's control flow graph until nothing changes, keeping for each point what may hold what
/// and what became of it; then walks it once more and writes down what happens where.
/// </summary>
internal sealed partial class BodyInterpreter
{
    // Allocations beyond this many in one body wait for the next run over it: the states stay small, and time linear.
    internal const int WindowSize = 128;

    private readonly FlowGraph _graph;
    private readonly FlowCatalogs _catalogs;
    private readonly IMethodSymbol? _method;
    private readonly int _window;
    private readonly MemoryModel _model;
    private readonly SizeEnvironment _environment;
    private readonly CancellationToken _cancellationToken;
    private readonly NodeQueue _pending = new(backwards: false);

    // By node: what holds before it, where anything leads to it.
    private FlowState?[] _before;
    private Dictionary<IOperation, int>? _allocationNumbers;
    private FlowNode _node;
    private FlowState _state;
    private int _version;
    private int _seededVersion = -1;
    private List<FlowEvent>? _events;
    private BodyFacts? _facts;

    private BodyInterpreter(FlowGraph graph, IMethodSymbol? method, FlowCatalogs catalogs, int window, CancellationToken cancellationToken)
    {
        _graph = graph;
        _method = method;
        _catalogs = catalogs;
        _window = window;
        _cancellationToken = cancellationToken;
        _model = new MemoryModel(IsExternal) { WorkLimit = WorkLimitException.Body };
        _environment = SizeEnvironment.ForGraph(graph.Graph);
        _node = graph.Entry;
        _state = new FlowState(_model);
        _before = new FlowState?[Math.Max(graph.Nodes.Count, graph.Graph.Blocks.Length)];
    }

    /// <summary>Analyses a body.</summary>
    /// <param name="graph">Its control flow graph.</param>
    /// <param name="method">The method, lambda or local function; <see langword="null"/> for a field's initializer.</param>
    /// <param name="catalogs">What operations mean.</param>
    /// <param name="window">Which allocations to follow: the first, second … <see cref="WindowSize"/> of the body.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static BodyFacts Run(FlowGraph graph, IMethodSymbol? method, FlowCatalogs catalogs, int window, CancellationToken cancellationToken) =>
        new BodyInterpreter(graph, method, catalogs, window, cancellationToken).Run();

    private BodyFacts Run()
    {
        _before[_graph.Entry.Id] = _state;
        _pending.Add(_graph.Entry);

        // Every state only ever grows, so this ends; the bound is for what nobody thought of.
        for (var steps = 0; !_pending.IsEmpty && steps < 100_000; steps++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var node = _pending.Take();
            Leave(node, Walk(node));
        }

        var facts = new BodyFacts(_model, _environment, _graph);
        _facts = facts;
        var nodes = ReachedNodes();
        var events = new List<FlowEvent>?[_before.Length];
        foreach (var node in nodes)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _events = _events is { Count: 0 } ? _events : [];
            Walk(node);
            events[node.Id] = _events.Count > 0 ? _events : null;
            facts.Exit = node.Block.Kind == BasicBlockKind.Exit ? _before[node.Id] : facts.Exit;
        }

        facts.AllocationCount = _allocationNumbers?.Count ?? 0;
        (facts.UsedFromEntry, facts.Waits) = UseAnalysis.Run(_graph, nodes, events, _model.Objects);
        if (facts.Exit is { } exit)
        {
            // What was added to a collection before the collection came into the field, or after.
            foreach (var stored in exit.Cells)
            {
                if (!stored.Value.IsEmpty && Holders.FieldOf(stored.Cell) is not null)
                {
                    facts.RecordStore(stored.Cell, exit.Closure(stored.Value));
                }
            }
        }

        return facts;
    }

    /// <summary>The nodes that anything leads to, in the order of the body.</summary>
    private FlowNode[] ReachedNodes()
    {
        var nodes = new List<FlowNode>(_graph.Nodes.Count);
        foreach (var node in _graph.Nodes)
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

    private bool IsExternal(ISymbol symbol) => symbol switch
    {
        ILocalSymbol or IParameterSymbol => symbol is IParameterSymbol || !SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, _method),
        _ => true,
    };

    /// <summary>Goes through a node. Returns the edges out of it.</summary>
    private FlowEdge[] Walk(FlowNode node)
    {
        _node = node;
        _state = _before[node.Id]!.Clone();
        _version++;
        foreach (var operation in node.Block.Operations)
        {
            Evaluate(operation);
        }

        var branch = node.Block.BranchValue;
        var value = branch is null ? default : Evaluate(branch);
        var edges = _graph.Successors(node);
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
                Write(_model.Result, _state.Read(_model.Result).Union(value));
            }
        }
        else if (branch is not null && TestsForNull(branch, out _, out _) is false)
        {
            Use(value);
        }

        return edges;
    }

    /// <summary>Takes what holds at the end of a node along the edges out of it.</summary>
    private void Leave(FlowNode node, FlowEdge[] edges)
    {
        for (var i = 0; i < edges.Length; i++)
        {
            // Nobody asks for the state at the end itself after the last edge.
            var edge = edges[i];
            var leaving = i == edges.Length - 1 ? _state : _state.Clone();
            if (edge.WhenTrue is { } taken && node.Block.BranchValue is { } branch && TestsForNull(branch, out var tested, out var nullWhenTrue) && taken == nullWhenTrue)
            {
                AssumeNull(leaving, tested!);
            }

            foreach (var region in edge.Ended)
            {
                EndScope(leaving, region);
            }

            Arrive(edge.Target, leaving, keep: null, isOwn: true);
        }
    }

    /// <summary>An exception at this point takes what is known here to the handlers.</summary>
    private void SeedHandlers()
    {
        if (_version == _seededVersion)
        {
            return;
        }

        _seededVersion = _version;
        if (_events is not null)
        {
            return;
        }

        foreach (var handler in _graph.Handlers(_node))
        {
            Arrive(handler, _state, cell => cell is not CaptureCell
                && (Root(cell) is not VariableCell { Symbol: ILocalSymbol local } || _graph.IsInScope(local, handler.Block)), isOwn: false);
        }
    }

    /// <summary>Adds what holds on one way to a node.</summary>
    /// <param name="target">The node.</param>
    /// <param name="state">What holds on the way.</param>
    /// <param name="keep">Which cells are known there; <see langword="null"/> for all.</param>
    /// <param name="isOwn">Whether nobody else writes to <paramref name="state"/> from here on.</param>
    private void Arrive(FlowNode target, FlowState state, Func<Cell, bool>? keep, bool isOwn)
    {
        if (target.Id >= _before.Length)
        {
            Array.Resize(ref _before, Math.Max(target.Id + 1, 2 * _before.Length));
        }

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
            state.Forget(_model.Variable(local));
        }

        foreach (var temporary in region.CaptureIds)
        {
            state.Forget(_model.Capture(temporary));
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

    private void Record(FlowEventKind kind, ObjectSet objects)
    {
        if (_events is not null && !objects.IsEmpty)
        {
            _events.Add(new FlowEvent(kind, objects));
        }
    }

    /// <summary>The method waits here; what is still held is held for as long as the child takes.</summary>
    private void Wait()
    {
        if (_events is not null)
        {
            var reachable = _model.Allocations.Count == 0 ? null : _state.Reachable();
            var held = new List<MemoryObject>();
            foreach (var allocation in _model.Allocations)
            {
                if ((_state.FateOf(allocation) & Fates.Charged) != 0 && (!allocation.IsManaged || reachable!.Contains(allocation)))
                {
                    held.Add(allocation);
                }
            }

            _events.Add(new FlowEvent(FlowEventKind.Wait, ObjectSet.Of(held)));
        }
    }

    /// <summary>The objects themselves are read.</summary>
    private void Use(ObjectSet objects) => Record(FlowEventKind.Use, objects);

    /// <summary>The objects, and whatever they hold, go where anything can read them.</summary>
    private void UseDeep(ObjectSet objects)
    {
        if (_events is not null && !objects.IsEmpty)
        {
            Record(FlowEventKind.Use, _state.Closure(objects));
            foreach (var item in objects)
            {
                switch (item)
                {
                    case DelegateObject { IsIterator: false } closure:
                        Record(FlowEventKind.Use, ReadByDelegate(closure));
                        break;
                    case InitialObject initial when _model.Heap(initial, Everything) is { IsExternal: true } below:
                        Record(FlowEventKind.Use, ObjectSet.Of(_model.Initial(below)));
                        break;
                    default:
                        break;
                }
            }
        }
    }

    private void Write(Cell cell, ObjectSet value)
    {
        if (cell.IsExternal && !_state.Knows(cell))
        {
            // What it held at first is let go here, though nobody read it: a collection may give it back.
            _model.Initial(cell);
        }

        if (_state.Write(cell, value))
        {
            _version++;
        }

        if (_facts is null || value.IsEmpty || cell is CaptureCell or ResultCell)
        {
            return;
        }

        // Only allocations are recorded, and what hangs off an object can be thousands of others.
        if (_model.Allocations.Count > 0)
        {
            _facts.RecordStore(cell, _state.Closure(value));
        }

        foreach (var item in value)
        {
            if (item is ContainerObject { Type: { } type } lazy && MetadataNames.Is(type, "System", "Lazy"))
            {
                _facts.RecordStore(cell, ValueOf(lazy));
            }
        }
    }

    private void SetFate(MemoryObject item, Fates fate)
    {
        if (_state.SetFate(item, fate))
        {
            _version++;
        }
    }
}
