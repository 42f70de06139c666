namespace ForkLint.Analyzers.Flow;

/// <summary>
/// The backward half: for each spawn, which objects are read on some path from it on. Back edges, handlers and the
/// child's branch are paths like any other.
/// </summary>
internal sealed class UseAnalysis
{
    private readonly FlowGraph _graph;
    private readonly List<FlowEvent>?[] _events;
    private readonly List<MemoryObject> _objects;
    private readonly int _objectCount;

    // By node: what is live before it. Three sets in one row of bits: what is used, what is held while the method waits, and
    // whether it waits at all.
    private readonly ulong[]?[] _before;

    // A node at a time is walked, into the same rows each time.
    private readonly ulong[] _live;
    private readonly ulong[] _thrown;

    private UseAnalysis(FlowGraph graph, List<FlowEvent>?[] events, List<MemoryObject> objects)
    {
        _graph = graph;
        _events = events;
        _objects = objects;
        _objectCount = objects.Count;
        _live = new ulong[(2 * _objectCount / 64) + 1];
        _thrown = new ulong[_live.Length];
        _before = new ulong[graph.Nodes.Count][];
    }

    /// <summary>Fills in what is used after each spawn, and returns what is used from the beginning of the body.</summary>
    /// <param name="graph">The body.</param>
    /// <param name="nodes">The nodes that anything leads to.</param>
    /// <param name="events">What happens in each node, by its id; <see langword="null"/> where nothing does.</param>
    /// <param name="objects">The objects that <paramref name="events"/> speak of, by id.</param>
    public static (ObjectSet Used, bool Waits) Run(FlowGraph graph, FlowNode[] nodes, List<FlowEvent>?[] events, List<MemoryObject> objects)
    {
        // Asked first: a handler that nothing was known to lead to is one more node.
        var predecessors = Predecessors(graph, nodes);
        var analysis = new UseAnalysis(graph, events, objects);
        analysis.Close(nodes, predecessors);
        foreach (var node in nodes)
        {
            if (events[node.Id] is { } happening && happening.Exists(static item => item.Kind == FlowEventKind.Spawn))
            {
                analysis.Walk(node, fillsIn: true);
            }
        }

        return analysis._before[graph.Entry.Id] is { } first ? (analysis.UsedIn(first), IsSet(first, 2 * analysis._objectCount)) : default;
    }

    private void Close(FlowNode[] nodes, List<FlowNode>?[] predecessors)
    {
        var pending = new NodeQueue(backwards: true);
        foreach (var node in nodes)
        {
            pending.Add(node);
        }

        while (!pending.IsEmpty)
        {
            var node = pending.Take();
            Walk(node, fillsIn: false);
            if (_before[node.Id] is { } old)
            {
                if (AreSame(old, _live))
                {
                    continue;
                }

                _live.CopyTo(old, 0);
            }
            else
            {
                _before[node.Id] = (ulong[])_live.Clone();
            }

            foreach (var source in predecessors[node.Id] ?? [])
            {
                pending.Add(source);
            }
        }
    }

    private void Walk(FlowNode node, bool fillsIn)
    {
        Array.Clear(_live, 0, _live.Length);
        foreach (var edge in _graph.Successors(node))
        {
            Or(_live, _before[edge.Target.Id]);
        }

        Array.Clear(_thrown, 0, _thrown.Length);
        foreach (var handler in _graph.Handlers(node))
        {
            Or(_thrown, _before[handler.Id]);
        }

        Or(_live, _thrown);
        var events = _events[node.Id];
        for (var i = (events?.Count ?? 0) - 1; i >= 0; i--)
        {
            Pass(events![i], fillsIn);
        }
    }

    private void Pass(FlowEvent item, bool fillsIn)
    {
        switch (item.Kind)
        {
            case FlowEventKind.Use:
                foreach (var used in item.Objects)
                {
                    Set(used.Id);
                }

                break;
            case FlowEventKind.Birth:
                foreach (var born in item.Objects)
                {
                    Unset(born.Id);
                    Unset(born.Id + _objectCount);
                }

                // An exception may come before the new one is there.
                Or(_live, _thrown);
                break;
            case FlowEventKind.Wait:
                Set(2 * _objectCount);
                foreach (var held in item.Objects)
                {
                    Set(held.Id + _objectCount);
                }

                break;
            case FlowEventKind.Spawn when fillsIn && item.Spawn is { } spawn:
                FillIn(spawn);
                break;
            default:
                break;
        }
    }

    private void FillIn(SpawnEvent spawn)
    {
        for (var id = 0; id < _objectCount; id++)
        {
            if (IsSet(_live, id))
            {
                spawn.UsedAfter.Add(_objects[id]);
            }

            if (spawn.WaitsAfter || IsSet(_live, id + _objectCount))
            {
                spawn.HeldWhileWaiting.Add(_objects[id]);
            }
        }

        spawn.WaitsAfter |= IsSet(_live, 2 * _objectCount);
    }

    private ObjectSet UsedIn(ulong[] bits)
    {
        var used = new List<MemoryObject>();
        for (var id = 0; id < _objectCount; id++)
        {
            if (IsSet(bits, id))
            {
                used.Add(_objects[id]);
            }
        }

        return ObjectSet.Of(used);
    }

    private static List<FlowNode>?[] Predecessors(FlowGraph graph, FlowNode[] nodes)
    {
        // Asking for its ways out can add to the nodes.
        foreach (var node in nodes)
        {
            graph.Successors(node);
            graph.Handlers(node);
        }

        var predecessors = new List<FlowNode>?[graph.Nodes.Count];
        foreach (var node in nodes)
        {
            foreach (var edge in graph.Successors(node))
            {
                (predecessors[edge.Target.Id] ??= new List<FlowNode>(2)).Add(node);
            }

            foreach (var handler in graph.Handlers(node))
            {
                (predecessors[handler.Id] ??= new List<FlowNode>(2)).Add(node);
            }
        }

        return predecessors;
    }

    private void Set(int bit) => _live[bit / 64] |= 1UL << (bit % 64);

    private void Unset(int bit) => _live[bit / 64] &= ~(1UL << (bit % 64));

    private static bool IsSet(ulong[] bits, int bit) => (bits[bit / 64] & (1UL << (bit % 64))) != 0;

    private static bool AreSame(ulong[] one, ulong[] other)
    {
        for (var i = 0; i < one.Length; i++)
        {
            if (one[i] != other[i])
            {
                return false;
            }
        }

        return true;
    }

    private static void Or(ulong[] live, ulong[]? bits)
    {
        for (var i = 0; i < (bits?.Length ?? 0); i++)
        {
            live[i] |= bits![i];
        }
    }
}
