using System.Runtime.CompilerServices;

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

    private DominatorTree(HeapGraph graph, Numbering numbering, int[] immediate, SharedTops shared, long[] retained)
    {
        _graph = graph;
        Count = numbering.Count;
        Vertex = numbering.Vertex;
        Order = numbering.Order;
        Immediate = immediate;
        Shared = shared;
        RetainedBytes = retained;
    }

    /// <summary>The number of nodes, the root of all included; the arrays by node may be longer.</summary>
    public int Count { get; }

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

    /// <summary>The objects that several holders reach, and who refers to them.</summary>
    public SharedTops Shared { get; }

    /// <summary>
    /// Walks from the holders. <paramref name="claimed"/> objects belong to an earlier tree and are passed over.
    /// </summary>
    /// <param name="graph">The objects.</param>
    /// <param name="holders">For each holder, the objects it refers to.</param>
    /// <param name="claimed">An earlier tree, or null.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static DominatorTree Build(HeapGraph graph, IReadOnlyList<int[]> holders, DominatorTree? claimed, CancellationToken cancellation)
    {
        Numbering numbering = Walk(graph, holders, claimed, cancellation);
        (int[] immediate, SharedTops shared) = Dominate(graph, holders, numbering, cancellation);

        // Half of what is held by now was needed to get here: it goes before more is taken.
        LargeArrays.GiveBack(numbering.Count);
        return new DominatorTree(graph, numbering, immediate, shared, Retain(graph, numbering, immediate));
    }

    private static (int[] Immediate, SharedTops Shared) Dominate(
        HeapGraph graph, IReadOnlyList<int[]> holders, Numbering numbering, CancellationToken cancellation)
    {
        (int[] firstPredecessor, int[] predecessors) = Invert(graph, holders, numbering);
        cancellation.ThrowIfCancellationRequested();
        int[] immediate = Dominate(numbering, firstPredecessor, predecessors);
        cancellation.ThrowIfCancellationRequested();
        return (immediate, SharedTops.Of(graph.Count, numbering, immediate, firstPredecessor, predecessors));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long[] Retain(HeapGraph graph, Numbering numbering, int[] immediate)
    {
        int[] vertex = numbering.Vertex;
        long[] retained = new long[numbering.Count];
        for (int node = retained.Length - 1; node > 0; node--)
        {
            int index = vertex[node];
            retained[node] += index < graph.Count ? graph.SizeOf(index) : 0;
            retained[immediate[node]] += retained[node];
        }

        return retained;
    }

    /// <summary>
    /// The walk needs no stack: the way back is the way the nodes were met, and where each node's references were left stands beside it.
    /// A list of millions of elements is as deep as it is long.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Numbering Walk(HeapGraph graph, IReadOnlyList<int[]> holders, DominatorTree? claimed, CancellationToken cancellation)
    {
        int[] order = new int[graph.Count + holders.Count];
        int[]? taken = claimed?.Order;
        int capacity = claimed is null ? order.Length + 1 : Math.Max(holders.Count + 1, 1024);
        int[] vertex = GC.AllocateUninitializedArray<int>(capacity);
        int[] parent = GC.AllocateUninitializedArray<int>(capacity);
        int[] cursor = GC.AllocateUninitializedArray<int>(capacity);
        int[] firstReference = graph.FirstReference;
        int[] references = graph.References;
        vertex[0] = -1;
        parent[0] = 0;
        int next = 1;
        for (int holder = 0; holder < holders.Count; holder++)
        {
            cancellation.ThrowIfCancellationRequested();
            int holderNode = Add(graph.Count + holder, 0);
            foreach (int start in holders[holder])
            {
                if (order[start] != 0 || (taken is not null && taken[start] != 0))
                {
                    continue;
                }

                int node = Add(start, holderNode);
                cursor[node] = firstReference[start];
                while (node != holderNode)
                {
                    int end = firstReference[vertex[node] + 1];
                    int at = cursor[node];
                    while (at < end && (order[references[at]] != 0 || (taken is not null && taken[references[at]] != 0)))
                    {
                        at++;
                    }

                    if (at == end)
                    {
                        node = parent[node];
                        continue;
                    }

                    cursor[node] = at + 1;
                    int target = references[at];
                    int below = Add(target, node);
                    int first = firstReference[target];
                    if (first != firstReference[target + 1])
                    {
                        cursor[below] = first;
                        node = below;
                    }
                }
            }
        }

        return new Numbering(next, vertex, order, parent, cursor);

        int Add(int index, int from)
        {
            if (next == vertex.Length)
            {
                Array.Resize(ref vertex, next * 2);
                Array.Resize(ref parent, next * 2);
                Array.Resize(ref cursor, next * 2);
            }

            order[index] = next;
            vertex[next] = index;
            parent[next] = from;
            return next++;
        }
    }

    /// <summary>Every edge turned round, between nodes. The references are passed in the order they lie in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int[] First, int[] Predecessors) Invert(HeapGraph graph, IReadOnlyList<int[]> holders, Numbering numbering)
    {
        int count = numbering.Count;
        int[] order = numbering.Order;
        int[] firstReference = graph.FirstReference;
        int[] references = graph.References;
        int[] first = new int[count + 1];
        for (int index = 0; index < graph.Count; index++)
        {
            if (order[index] != 0)
            {
                int end = firstReference[index + 1];
                for (int at = firstReference[index]; at < end; at++)
                {
                    first[order[references[at]]]++;
                }
            }
        }

        foreach (int[] held in holders)
        {
            foreach (int target in held)
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
        for (int index = 0; index < graph.Count; index++)
        {
            int node = order[index];
            if (node != 0)
            {
                int end = firstReference[index + 1];
                for (int at = firstReference[index]; at < end; at++)
                {
                    int to = order[references[at]];
                    if (to != 0)
                    {
                        predecessors[first[to]++] = node;
                    }
                }
            }
        }

        for (int holder = 0; holder < holders.Count; holder++)
        {
            foreach (int target in holders[holder])
            {
                int to = order[target];
                if (to != 0)
                {
                    predecessors[first[to]++] = order[graph.Count + holder];
                }
            }
        }

        // Filling moved every start to the next one's: move them back.
        Array.Copy(first, 0, first, 1, count);
        first[0] = 0;
        return (first, predecessors);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] Dominate(Numbering numbering, int[] firstPredecessor, int[] predecessors)
    {
        int count = numbering.Count;
        int[] immediate = numbering.Parent.AsSpan(0, count).ToArray();
        int[] ancestor = numbering.Parent;
        int[] semi = numbering.Cursor;
        int[] label = GC.AllocateUninitializedArray<int>(count);
        for (int i = 0; i < count; i++)
        {
            semi[i] = label[i] = i;
        }

        for (int node = count - 1; node > 0; node--)
        {
            int best = immediate[node];
            int end = firstPredecessor[node + 1];
            for (int i = firstPredecessor[node]; i < end; i++)
            {
                int from = predecessors[i];
                int candidate = from <= node ? from : semi[Evaluate(ancestor, label, semi, from, node + 1)];
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

        numbering.ReleaseScratch();
        return immediate;
    }

    /// <summary>
    /// The node with the smallest semidominator on the way up, among those already linked; the way is shortened for the next time.
    /// The links are turned round on the way up to find the way back, so a way of any length needs no memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Evaluate(int[] ancestor, int[] label, int[] semi, int node, int linked)
    {
        int top = node;
        int up = ancestor[top];
        if (up < linked)
        {
            return label[node];
        }

        int below = -1;
        do
        {
            ancestor[top] = below;
            below = top;
            top = up;
            up = ancestor[top];
        }
        while (up >= linked);

        int best = label[top];
        int bestSemi = semi[best];
        while (below >= 0)
        {
            int next = ancestor[below];
            ancestor[below] = up;
            int own = label[below];
            int ownSemi = semi[own];
            if (bestSemi < ownSemi)
            {
                label[below] = best;
            }
            else
            {
                best = own;
                bestSemi = ownSemi;
            }

            below = next;
        }

        return label[node];
    }
}
