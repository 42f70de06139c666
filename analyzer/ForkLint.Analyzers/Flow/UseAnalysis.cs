namespace ForkLint.Analyzers.Flow;

/// <summary>The backward half: for each spawn, which objects are read on some path from it on. Back edges, handlers and the child's branch are paths like any other.</summary>
internal sealed class UseAnalysis(FlowGraph graph, List<FlowEvent>?[] events, List<MemoryObject> objects)
{
    private readonly FlowGraph _graph = graph;
    private readonly List<FlowEvent>?[] _events = events;
    private readonly List<MemoryObject> _objects = objects;
    private readonly int _objectCount = objects.Count;

    // By node: what is live before it. Three sets in one row of bits: what is used, what is held while the method waits, and
    // whether it waits at all.
    private readonly ulong[] _before = new ulong[graph.Nodes.Count * RowLength(objects)];

    // A node at a time is walked, into the same rows each time.
    private readonly ulong[] _live = new ulong[RowLength(objects)];
    private readonly ulong[] _thrown = new ulong[RowLength(objects)];

    private static int RowLength(List<MemoryObject> objects) => (2 * objects.Count / 64) + 1;

    /// <summary>Fills in what is used after each spawn, and returns what is used from the beginning of the body.</summary>
    /// <param name="graph">The body.</param>
    /// <param name="nodes">The nodes that anything leads to.</param>
    /// <param name="events">What happens in each node, by its id; <see langword="null"/> where nothing does.</param>
    /// <param name="objects">The objects that <paramref name="events"/> speak of, by id.</param>
    public static (ObjectSet Used, bool Waits) Run(FlowGraph graph, FlowNode[] nodes, List<FlowEvent>?[] events, List<MemoryObject> objects)
    {
        // Asked first: a handler that nothing was known to lead to is one more node.
        var predecessors = new Predecessors(graph, nodes);
        var analysis = new UseAnalysis(graph, events, objects);
        analysis.Close(nodes, predecessors);
        foreach (var node in nodes)
        {
            if (events[node.Id] is { } happening && happening.Exists(static item => item.Kind == FlowEventKind.Spawn))
            {
                analysis.Walk(node, fillsIn: true);
            }
        }

        Array.Clear(analysis._live, 0, analysis._live.Length);
        analysis.Or(analysis._live, graph.Entry);
        return (analysis.Used(), analysis.IsSet(2 * analysis._objectCount));
    }

    private void Close(FlowNode[] nodes, Predecessors predecessors)
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
            if (Keep(node))
            {
                predecessors.AddTo(pending, node);
            }
        }
    }

    private void Walk(FlowNode node, bool fillsIn)
    {
        Array.Clear(_live, 0, _live.Length);
        foreach (var edge in node.IsEnd ? [] : _graph.Successors(node))
        {
            Or(_live, edge.Target);
        }

        Array.Clear(_thrown, 0, _thrown.Length);
        foreach (var handler in _graph.Handlers(node))
        {
            Or(_thrown, handler);
        }

        AddThrown();
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
                AddThrown();
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
        }
    }

    private void AddThrown()
    {
        for (var i = 0; i < _live.Length; i++)
        {
            _live[i] |= _thrown[i];
        }
    }

    private void FillIn(SpawnEvent spawn)
    {
        for (var id = 0; id < _objectCount; id++)
        {
            if (IsSet(id))
            {
                spawn.UsedAfter.Add(_objects[id]);
            }

            if (spawn.WaitsAfter || IsSet(id + _objectCount))
            {
                spawn.HeldWhileWaiting.Add(_objects[id]);
            }
        }

        spawn.WaitsAfter |= IsSet(2 * _objectCount);
    }

    private ObjectSet Used()
    {
        var used = new List<MemoryObject>();
        for (var id = 0; id < _objectCount; id++)
        {
            if (IsSet(id))
            {
                used.Add(_objects[id]);
            }
        }

        return ObjectSet.Of(used);
    }

    /// <summary>Remembers what is live before a node. Returns whether anything changed.</summary>
    private bool Keep(FlowNode node)
    {
        var changed = false;
        for (int i = 0, row = node.Id * _live.Length; i < _live.Length; i++)
        {
            changed |= _before[row + i] != _live[i];
            _before[row + i] = _live[i];
        }

        return changed;
    }

    private void Set(int bit) => _live[bit / 64] |= 1UL << (bit % 64);

    private void Unset(int bit) => _live[bit / 64] &= ~(1UL << (bit % 64));

    private bool IsSet(int bit) => (_live[bit / 64] & (1UL << (bit % 64))) != 0;

    private void Or(ulong[] bits, FlowNode before)
    {
        for (int i = 0, row = before.Id * bits.Length; i < bits.Length; i++)
        {
            bits[i] |= _before[row + i];
        }
    }

    /// <summary>From where each node is reached.</summary>
    private sealed class Predecessors
    {
        // Those of a node stand together, and end where those of the next begin.
        private readonly int[] _starts;
        private readonly FlowNode[] _sources;

        public Predecessors(FlowGraph graph, FlowNode[] nodes)
        {
            // Asking for the ways out of a node can add to the nodes.
            foreach (var node in nodes)
            {
                graph.Successors(node);
                graph.Handlers(node);
            }

            _starts = new int[graph.Nodes.Count + 1];
            foreach (var node in nodes)
            {
                foreach (var target in Targets(graph, node))
                {
                    _starts[target.Id]++;
                }
            }

            for (var id = 1; id < _starts.Length; id++)
            {
                _starts[id] += _starts[id - 1];
            }

            // Filled from the end of each node's part, so that its end becomes its start.
            _sources = new FlowNode[_starts[_starts.Length - 1]];
            foreach (var node in nodes)
            {
                foreach (var target in Targets(graph, node))
                {
                    _sources[--_starts[target.Id]] = node;
                }
            }
        }

        private static IEnumerable<FlowNode> Targets(FlowGraph graph, FlowNode node) =>
            graph.Successors(node).Select(static edge => edge.Target).Concat(graph.Handlers(node));

        public void AddTo(NodeQueue pending, FlowNode node)
        {
            for (var i = _starts[node.Id]; i < _starts[node.Id + 1]; i++)
            {
                pending.Add(_sources[i]);
            }
        }
    }
}
