namespace ForkLint.Analyzers.Flow;

/// <summary>
/// The backward half: for each spawn, which objects are read on some path from it on. Back edges, handlers and the
/// child's branch are paths like any other.
/// </summary>
internal static class UseAnalysis
{
    /// <summary>Fills in what is used after each spawn, and returns what is used from the beginning of the body.</summary>
    /// <param name="graph">The body.</param>
    /// <param name="events">What happens in each node.</param>
    /// <param name="objectCount">The number of objects that <paramref name="events"/> speak of.</param>
    /// <param name="objects">The objects by id.</param>
    public static (HashSet<MemoryObject> Used, bool Waits) Run(
        FlowGraph graph, Dictionary<FlowNode, List<FlowEvent>> events, int objectCount, List<MemoryObject> objects)
    {
        // Three sets in one row of bits: what is used, what is held while the method waits, and whether it waits at all.
        var words = (2 * objectCount / 64) + 1;
        var before = new Dictionary<FlowNode, ulong[]>();
        var predecessors = Predecessors(graph, events);
        var pending = new SortedSet<(int Order, int Id)>(Comparer<(int Order, int Id)>.Create(
            (x, y) => x.Order != y.Order ? y.Order.CompareTo(x.Order) : x.Id.CompareTo(y.Id)));
        var byId = new Dictionary<int, FlowNode>();
        foreach (var node in events.Keys)
        {
            byId.Add(node.Id, node);
            pending.Add((node.Block.Ordinal, node.Id));
        }

        while (pending.Count > 0)
        {
            var next = pending.Min;
            pending.Remove(next);
            var node = byId[next.Id];
            var live = Walk(graph, node, events[node], before, words, objectCount, null);
            if (before.TryGetValue(node, out var old) && old.SequenceEqual(live))
            {
                continue;
            }

            before[node] = live;
            if (predecessors.TryGetValue(node, out var sources))
            {
                foreach (var source in sources)
                {
                    pending.Add((source.Block.Ordinal, source.Id));
                }
            }
        }

        foreach (var node in events)
        {
            if (node.Value.Exists(item => item.Kind == FlowEventKind.Spawn))
            {
                Walk(graph, node.Key, node.Value, before, words, objectCount, objects);
            }
        }

        if (!before.TryGetValue(graph.Entry, out var first))
        {
            return ([], false);
        }

        return ([.. objects.Where(item => item.Id < objectCount && IsSet(first, item.Id))], IsSet(first, 2 * objectCount));
    }

    private static ulong[] Walk(
        FlowGraph graph,
        FlowNode node,
        List<FlowEvent> events,
        Dictionary<FlowNode, ulong[]> before,
        int words,
        int objectCount,
        List<MemoryObject>? fillIn)
    {
        var live = new ulong[words];
        foreach (var edge in graph.Successors(node))
        {
            Add(live, before, edge.Target);
        }

        var thrown = new ulong[words];
        foreach (var handler in graph.Handlers(node))
        {
            Add(thrown, before, handler);
        }

        Or(live, thrown);
        for (var i = events.Count - 1; i >= 0; i--)
        {
            var item = events[i];
            switch (item.Kind)
            {
                case FlowEventKind.Use:
                    foreach (var used in item.Objects)
                    {
                        live[used.Id / 64] |= 1UL << (used.Id % 64);
                    }

                    break;
                case FlowEventKind.Birth:
                    foreach (var born in item.Objects)
                    {
                        live[born.Id / 64] &= ~(1UL << (born.Id % 64));
                        live[(born.Id + objectCount) / 64] &= ~(1UL << ((born.Id + objectCount) % 64));
                    }

                    // An exception may come before the new one is there.
                    Or(live, thrown);
                    break;
                case FlowEventKind.Wait:
                    live[2 * objectCount / 64] |= 1UL << (2 * objectCount % 64);
                    foreach (var held in item.Objects)
                    {
                        live[(held.Id + objectCount) / 64] |= 1UL << ((held.Id + objectCount) % 64);
                    }

                    break;
                case FlowEventKind.Spawn when fillIn is not null && item.Spawn is { } spawn:
                    foreach (var known in fillIn)
                    {
                        if (known.Id < objectCount && IsSet(live, known.Id))
                        {
                            spawn.UsedAfter.Add(known);
                        }

                        if (known.Id < objectCount && (spawn.WaitsAfter || IsSet(live, known.Id + objectCount)))
                        {
                            spawn.HeldWhileWaiting.Add(known);
                        }
                    }

                    spawn.WaitsAfter |= IsSet(live, 2 * objectCount);
                    break;
                default:
                    break;
            }
        }

        return live;
    }

    private static Dictionary<FlowNode, List<FlowNode>> Predecessors(FlowGraph graph, Dictionary<FlowNode, List<FlowEvent>> events)
    {
        var predecessors = new Dictionary<FlowNode, List<FlowNode>>();
        foreach (var node in events.Keys)
        {
            foreach (var target in graph.Successors(node).Select(edge => edge.Target).Concat(graph.Handlers(node)))
            {
                if (!predecessors.TryGetValue(target, out var sources))
                {
                    predecessors.Add(target, sources = []);
                }

                sources.Add(node);
            }
        }

        return predecessors;
    }

    private static bool IsSet(ulong[] bits, int bit) => (bits[bit / 64] & (1UL << (bit % 64))) != 0;

    private static void Add(ulong[] live, Dictionary<FlowNode, ulong[]> before, FlowNode node)
    {
        if (before.TryGetValue(node, out var bits))
        {
            Or(live, bits);
        }
    }

    private static void Or(ulong[] live, ulong[] bits)
    {
        for (var i = 0; i < live.Length; i++)
        {
            live[i] |= bits[i];
        }
    }
}
