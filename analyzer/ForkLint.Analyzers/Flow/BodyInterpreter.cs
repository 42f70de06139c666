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
    private readonly Dictionary<FlowNode, FlowState> _before = [];
    private readonly Dictionary<IOperation, int> _allocationNumbers = [];
    private readonly SortedSet<(int Order, int Id)> _pending = [];
    private readonly Dictionary<int, FlowNode> _pendingNodes = [];
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
        Enqueue(_graph.Entry);
        _before[_graph.Entry] = new FlowState(_model);

        // Every state only ever grows, so this ends; the bound is for what nobody thought of.
        for (var steps = 0; _pending.Count > 0 && steps < 100_000; steps++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var next = _pending.Min;
            _pending.Remove(next);
            Walk(_pendingNodes[next.Id]);
        }

        var facts = new BodyFacts(_model, _environment, _graph);
        _facts = facts;
        var events = new Dictionary<FlowNode, List<FlowEvent>>();
        foreach (var node in _before.Keys.OrderBy(node => node.Block.Ordinal).ThenBy(node => node.Id).ToList())
        {
            _cancellationToken.ThrowIfCancellationRequested();
            events.Add(node, _events = []);
            Walk(node);
        }

        facts.AllocationCount = _allocationNumbers.Count;
        (facts.UsedFromEntry, facts.Waits) = UseAnalysis.Run(_graph, events, _model.Objects.Count, _model.Objects);
        foreach (var node in _before)
        {
            if (node.Key.Block.Kind == BasicBlockKind.Exit)
            {
                facts.Exit = node.Value;
            }
        }

        // What was added to a collection before the collection came into the field, or after.
        foreach (var cell in facts.Exit?.Cells ?? [])
        {
            if (Holders.FieldOf(cell.Key) is not null && !cell.Value.IsEmpty)
            {
                facts.RecordStore(cell.Key, facts.Exit!.Closure(cell.Value));
            }
        }

        return facts;
    }

    private bool IsExternal(ISymbol symbol) => symbol switch
    {
        ILocalSymbol or IParameterSymbol => symbol is IParameterSymbol || !SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, _method),
        _ => true,
    };

    private void Walk(FlowNode node)
    {
        _node = node;
        _state = _before[node].Clone();
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

        if (branch is not null && (edges.Any(edge => edge.Returns) || node.Block.FallThroughSuccessor?.Semantics == ControlFlowBranchSemantics.Throw))
        {
            UseDeep(value);
            if (edges.Any(edge => edge.Returns))
            {
                Write(_model.Result, _state.Read(_model.Result).Union(value));
            }
        }
        else if (branch is not null && TestsForNull(branch, out _, out _) is false)
        {
            Use(value);
        }

        foreach (var edge in edges)
        {
            var leaving = _state.Clone();
            if (edge.WhenTrue is { } taken && branch is not null && TestsForNull(branch, out var tested, out var nullWhenTrue) && taken == nullWhenTrue)
            {
                AssumeNull(leaving, tested!);
            }

            foreach (var region in edge.Ended)
            {
                EndScope(leaving, region);
            }

            Arrive(edge.Target, leaving, keep: null);
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
        foreach (var handler in _graph.Handlers(_node))
        {
            Arrive(handler, _state, cell => cell is not CaptureCell
                && (Root(cell) is not VariableCell { Symbol: ILocalSymbol local } || _graph.IsInScope(local, handler.Block)));
        }
    }

    private void Arrive(FlowNode target, FlowState state, Func<Cell, bool>? keep)
    {
        if (_events is not null)
        {
            return;
        }

        if (!_before.TryGetValue(target, out var known))
        {
            known = state.Clone();
            if (keep is not null)
            {
                known.RemoveWhere(cell => !keep(cell));
            }

            _before.Add(target, known);
            Enqueue(target);
        }
        else if (known.MergeFrom(state, keep))
        {
            Enqueue(target);
        }
    }

    private void Enqueue(FlowNode node)
    {
        _pendingNodes[node.Id] = node;
        _pending.Add((node.Block.Ordinal, node.Id));
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
            var reachable = _state.Reachable();
            _events.Add(new FlowEvent(FlowEventKind.Wait, ObjectSet.Of(_model.Allocations.Where(allocation =>
                (_state.FateOf(allocation) & Fates.Charged) != 0 && (!allocation.IsManaged || reachable.Contains(allocation))))));
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
