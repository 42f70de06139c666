namespace ForkLint.Heap.Graph;

/// <summary>
/// Which objects each holder keeps alive on its own. Nodes are numbered in the order of a depth-first walk: 0 is the root of all,
/// then holders and objects as they are met; <see cref="Vertex"/> leads back to the graph (holders stand behind the objects there).
/// </summary>
/// <remarks>
/// Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005): the semidominators of Lengauer and Tarjan,
/// then the nearest common ancestor on the growing tree. All in arrays of integers; no recursion, so depth costs memory only.
/// </remarks>
internal sealed class DominatorTree
{
    private readonly HeapGraph _graph;
    private int[] _firstPredecessor;
    private int[] _predecessors;

    private DominatorTree(HeapGraph graph, int[] vertex, int[] order, int[] immediate, int[] firstPredecessor, int[] predecessors, long[] retained)
    {
        _graph = graph;
        Vertex = vertex;
        Order = order;
        Immediate = immediate;
        _firstPredecessor = firstPredecessor;
        _predecessors = predecessors;
        RetainedBytes = retained;
    }

    /// <summary>The number of nodes, the root of all included.</summary>
    public int Count => Vertex.Length;

    /// <summary>The graph's object of each node; objects' count + holder for a holder; -1 for the root.</summary>
    public int[] Vertex { get; }

    /// <summary>The node of each object and, behind them, of each holder; 0 for what was not reached.</summary>
    public int[] Order { get; }

    /// <summary>The node through which every way to a node leads; always smaller than the node.</summary>
    public int[] Immediate { get; }

    /// <summary>What would go with each node: its own size and that of all it dominates.</summary>
    public long[] RetainedBytes { get; }

    public bool Reached(int index) => Order[index] != 0;

    public bool IsHolder(int node) => Vertex[node] >= _graph.Count;

    public int HolderOf(int node) => Vertex[node] - _graph.Count;

    /// <summary>The nodes that refer to a node.</summary>
    public ReadOnlySpan<int> PredecessorsOf(int node) =>
        _predecessors.AsSpan(_firstPredecessor[node], _firstPredecessor[node + 1] - _firstPredecessor[node]);

    /// <summary>Lets the edges go, which only <see cref="SharedObjects"/> needs.</summary>
    public void ReleasePredecessors() => _firstPredecessor = _predecessors = [];

    /// <summary>
    /// Walks from the holders. <paramref name="claimed"/> objects belong to an earlier tree and are passed over.
    /// </summary>
    /// <param name="graph">The objects.</param>
    /// <param name="holders">For each holder, the objects it refers to.</param>
    /// <param name="claimed">An earlier tree, or null.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static DominatorTree Build(HeapGraph graph, IReadOnlyList<int[]> holders, DominatorTree? claimed, CancellationToken cancellation)
    {
        (int[] vertex, int[] order, int[] parent) = Walk(graph, holders, claimed, cancellation);
        (int[] firstPredecessor, int[] predecessors) = Invert(graph, holders, vertex, order);
        cancellation.ThrowIfCancellationRequested();
        int[] immediate = Dominate(parent, firstPredecessor, predecessors);
        cancellation.ThrowIfCancellationRequested();

        long[] retained = new long[vertex.Length];
        for (int node = vertex.Length - 1; node > 0; node--)
        {
            int index = vertex[node];
            retained[node] += index < graph.Count ? graph.SizeOf(index) : 0;
            retained[immediate[node]] += retained[node];
        }

        return new DominatorTree(graph, vertex, order, immediate, firstPredecessor, predecessors, retained);
    }

    private static (int[] Vertex, int[] Order, int[] Parent) Walk(
        HeapGraph graph, IReadOnlyList<int[]> holders, DominatorTree? claimed, CancellationToken cancellation)
    {
        int[] order = new int[graph.Count + holders.Count];
        int capacity = claimed is null ? order.Length + 1 : Math.Max(holders.Count + 1, 1024);
        int[] vertex = GC.AllocateUninitializedArray<int>(capacity);
        int[] parent = GC.AllocateUninitializedArray<int>(capacity);
        int[] stack = new int[1024];
        int[] cursor = new int[1024];
        vertex[0] = -1;
        parent[0] = 0;
        int next = 1;
        for (int holder = 0; holder < holders.Count; holder++)
        {
            cancellation.ThrowIfCancellationRequested();
            int holderNode = Add(graph.Count + holder, 0);
            foreach (int start in holders[holder])
            {
                if (order[start] != 0 || claimed?.Reached(start) == true)
                {
                    continue;
                }

                int depth = 0;
                stack[0] = Add(start, holderNode);
                cursor[0] = graph.FirstReference[start];
                while (depth >= 0)
                {
                    int from = vertex[stack[depth]];
                    int end = graph.FirstReference[from + 1];
                    int at = cursor[depth];
                    while (at < end && (order[graph.References[at]] != 0 || claimed?.Reached(graph.References[at]) == true))
                    {
                        at++;
                    }

                    if (at == end)
                    {
                        depth--;
                        continue;
                    }

                    cursor[depth] = at + 1;
                    int target = graph.References[at];
                    int node = Add(target, stack[depth]);
                    int first = graph.FirstReference[target];
                    if (first == graph.FirstReference[target + 1])
                    {
                        continue;
                    }

                    if (++depth == stack.Length)
                    {
                        Array.Resize(ref stack, depth * 2);
                        Array.Resize(ref cursor, depth * 2);
                    }

                    stack[depth] = node;
                    cursor[depth] = first;
                }
            }
        }

        Array.Resize(ref vertex, next);
        Array.Resize(ref parent, next);
        return (vertex, order, parent);

        int Add(int index, int from)
        {
            if (next == vertex.Length)
            {
                Array.Resize(ref vertex, next * 2);
                Array.Resize(ref parent, next * 2);
            }

            order[index] = next;
            vertex[next] = index;
            parent[next] = from;
            return next++;
        }
    }

    /// <summary>Every edge turned round, between nodes.</summary>
    private static (int[] First, int[] Predecessors) Invert(HeapGraph graph, IReadOnlyList<int[]> holders, int[] vertex, int[] order)
    {
        int count = vertex.Length;
        int[] first = new int[count + 1];
        for (int node = 1; node < count; node++)
        {
            foreach (int target in Successors(node))
            {
                first[order[target]]++;
            }
        }

        // An object that is not reached has order 0; edges to it (claimed by an earlier tree) are collected there and dropped.
        int total = first[0] = 0;
        for (int node = 0; node <= count; node++)
        {
            int here = node < count ? first[node] : 0;
            first[node] = total;
            total += here;
        }

        int[] predecessors = GC.AllocateUninitializedArray<int>(total);
        for (int node = 1; node < count; node++)
        {
            foreach (int target in Successors(node))
            {
                int to = order[target];
                if (to != 0)
                {
                    predecessors[first[to]++] = node;
                }
            }
        }

        // Filling moved every start to the next one's: move them back.
        Array.Copy(first, 0, first, 1, count);
        first[0] = 0;
        return (first, predecessors);

        ReadOnlySpan<int> Successors(int node)
        {
            int index = vertex[node];
            return index < graph.Count ? graph.ReferencesOf(index) : holders[index - graph.Count];
        }
    }

    private static int[] Dominate(int[] parent, int[] firstPredecessor, int[] predecessors)
    {
        int count = parent.Length;
        int[] immediate = (int[])parent.Clone();
        int[] ancestor = parent;
        int[] semi = GC.AllocateUninitializedArray<int>(count);
        int[] label = GC.AllocateUninitializedArray<int>(count);
        int[] path = new int[64];
        for (int i = 0; i < count; i++)
        {
            semi[i] = label[i] = i;
        }

        for (int node = count - 1; node > 0; node--)
        {
            int best = immediate[node];
            for (int i = firstPredecessor[node]; i < firstPredecessor[node + 1]; i++)
            {
                int from = predecessors[i];
                int candidate = from <= node ? from : semi[Evaluate(from, node + 1)];
                best = candidate < best ? candidate : best;
            }

            semi[node] = best;
        }

        for (int node = 1; node < count; node++)
        {
            int candidate = immediate[node];
            int limit = semi[node];
            while (candidate > limit)
            {
                candidate = immediate[candidate];
            }

            immediate[node] = candidate;
        }

        return immediate;

        // The node with the smallest semidominator on the way up, among those already linked; the way is shortened for the next time.
        int Evaluate(int node, int linked)
        {
            if (ancestor[node] < linked)
            {
                return label[node];
            }

            int depth = 0;
            do
            {
                if (depth == path.Length)
                {
                    Array.Resize(ref path, depth * 2);
                }

                path[depth++] = node;
                node = ancestor[node];
            }
            while (ancestor[node] >= linked);

            int above = node;
            int aboveLabel = label[above];
            while (depth > 0)
            {
                node = path[--depth];
                ancestor[node] = ancestor[above];
                int own = label[node];
                if (semi[aboveLabel] < semi[own])
                {
                    label[node] = aboveLabel;
                }
                else
                {
                    aboveLabel = own;
                }

                above = node;
            }

            return label[node];
        }
    }
}
