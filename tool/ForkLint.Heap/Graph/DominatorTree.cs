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
    /// <summary>In the walk, the node of what belongs to an earlier tree.</summary>
    private const int Claimed = -1;

    private readonly HeapGraph _graph;
    private InverseGraph? _inverse;

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

    /// <summary>The node of a holder; every holder has one.</summary>
    public int NodeOfHolder(int holder) => Order[_graph.Count + holder];

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
        // The two are about as long, and need nothing of each other.
        Task<InverseGraph> turning = claimed?._inverse is { } known ? Task.FromResult(known) : Task.Run(() => InverseGraph.Of(graph), CancellationToken.None);
        Numbering numbering = Walk(graph, holders, claimed, cancellation);
        InverseGraph inverse = turning.GetAwaiter().GetResult();
        (int[] immediate, SharedTops shared) = Dominate(graph, holders, numbering, inverse, cancellation);

        // Half of what is held by now was needed to get here: it goes before more is taken.
        LargeArrays.GiveBack(numbering.Count);
        return new DominatorTree(graph, numbering, immediate, shared, Retain(graph, numbering, immediate)) { _inverse = inverse };
    }

    /// <summary>Lets go of what only another tree of the same graph would need.</summary>
    public void Seal() => _inverse = null;

    private static (int[] Immediate, SharedTops Shared) Dominate(
        HeapGraph graph, IReadOnlyList<int[]> holders, Numbering numbering, InverseGraph inverse, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        HolderEdge[] edges = HolderEdge.Of(graph.Count, holders, numbering.Order);
        int[] immediate = Dominate(graph.Count, numbering, inverse, edges);
        cancellation.ThrowIfCancellationRequested();
        return (immediate, SharedTops.Of(graph.Count, numbering, immediate, inverse, edges));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long[] Retain(HeapGraph graph, Numbering numbering, int[] immediate)
    {
        int[] vertex = numbering.Vertex;
        long[] retained = LargeArrays.MakeZeroed<long>(numbering.Count);
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
    private static unsafe Numbering Walk(HeapGraph graph, IReadOnlyList<int[]> holders, DominatorTree? claimed, CancellationToken cancellation)
    {
        int objects = graph.Count;
        int[] orders = LargeArrays.MakeZeroed<int>(objects + holders.Count);
        int capacity = holders.Count + 1 + (claimed is null ? objects : Unclaimed(claimed.Order, objects));
        int[] vertices = LargeArrays.Make<int>(capacity);
        int[] parents = LargeArrays.Make<int>(capacity);
        int[] cursors = LargeArrays.Make<int>(capacity);
        vertices[0] = -1;
        parents[0] = 0;
        if (claimed is not null)
        {
            Claim(claimed.Order, orders, objects);
        }

        // Every index below is one that the graph was built with, and every node is below the capacity: bounds are not checked again
        // for some hundred million accesses.
        int next = 1;
        int last = graph.FirstReference[objects] - 1;
        fixed (int* order = orders, vertex = vertices, parent = parents, cursor = cursors, firstReference = graph.FirstReference, references = graph.References)
        {
            for (int holder = 0; holder < holders.Count; holder++)
            {
                cancellation.ThrowIfCancellationRequested();
                int holderNode = next++;
                order[objects + holder] = holderNode;
                vertex[holderNode] = objects + holder;
                parent[holderNode] = 0;
                foreach (int start in holders[holder])
                {
                    if (order[start] != 0)
                    {
                        continue;
                    }

                    int node = next++;
                    order[start] = node;
                    vertex[node] = start;
                    parent[node] = holderNode;
                    int at = firstReference[start];
                    int end = firstReference[start + 1];
                    while (true)
                    {
                        for (; at < end; at++)
                        {
                            // Objects that were allocated one after the other are mostly met so, and their references lie one after the other.
                            Ahead.Fetch(order + references[Math.Min(at + Ahead.Distance, last)]);
                            if (order[references[at]] == 0)
                            {
                                break;
                            }
                        }

                        if (at < end)
                        {
                            int target = references[at++];
                            int below = next++;
                            order[target] = below;
                            vertex[below] = target;
                            parent[below] = node;
                            int first = firstReference[target];
                            int firstOfNext = firstReference[target + 1];
                            if (first != firstOfNext)
                            {
                                cursor[node] = at;
                                node = below;
                                at = first;
                                end = firstOfNext;
                            }
                        }
                        else
                        {
                            node = parent[node];
                            if (node == holderNode)
                            {
                                break;
                            }

                            at = cursor[node];
                            end = firstReference[vertex[node] + 1];
                        }
                    }
                }
            }
        }

        if (claimed is not null)
        {
            Unclaim(orders, objects);
        }

        return new Numbering(next, vertices, orders, parents, cursors);
    }

    private static int Unclaimed(int[] order, int objects) => order.AsSpan(0, objects).Count(0);

    /// <summary>Marks what an earlier tree has, so that the walk passes it over.</summary>
    private static void Claim(int[] claimed, int[] order, int objects)
    {
        for (int index = 0; index < objects; index++)
        {
            order[index] = claimed[index] != 0 ? Claimed : 0;
        }
    }

    /// <summary>Takes the marks away: what an earlier tree has was not reached by this one.</summary>
    private static void Unclaim(int[] order, int objects)
    {
        for (int index = 0; index < objects; index++)
        {
            order[index] = order[index] == Claimed ? 0 : order[index];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int[] Dominate(int objects, Numbering numbering, InverseGraph inverse, HolderEdge[] edges)
    {
        int count = numbering.Count;
        int[] immediates = LargeArrays.Make<int>(count);
        numbering.Parent.AsSpan(0, count).CopyTo(immediates);
        int[] labels = LargeArrays.Make<int>(count);
        fixed (int* vertex = numbering.Vertex, order = numbering.Order, ancestor = numbering.Parent, semi = numbering.Cursor,
            first = inverse.First, sources = inverse.Sources, immediate = immediates, label = labels)
        {
            for (int i = 0; i < count; i++)
            {
                semi[i] = label[i] = i;
            }

            int edge = edges.Length - 1;
            for (int node = count - 1; node > 0; node--)
            {
                int best = immediate[node];
                int index = vertex[node];
                if (index < objects)
                {
                    int end = first[index + 1];
                    for (int i = first[index]; i < end; i++)
                    {
                        Ahead.Fetch(order + sources[Math.Max(i - (2 * Ahead.Distance), 0)]);
                        int soon = order[sources[Math.Max(i - Ahead.Distance, 0)]];
                        Ahead.Fetch(ancestor + soon);
                        Ahead.Fetch(label + soon);
                        Ahead.Fetch(semi + soon);

                        // What was not reached has no node, and holds nothing. Of what is linked, most hang directly on a tree's root.
                        int from = order[sources[i]];
                        if (from != 0)
                        {
                            int candidate = from <= node ? from
                                : ancestor[from] <= node ? semi[label[from]]
                                : semi[Evaluate(ancestor, label, semi, from, node + 1)];
                            best = candidate < best ? candidate : best;
                        }
                    }

                    for (; edge >= 0 && edges[edge].Node == node; edge--)
                    {
                        int from = edges[edge].Holder;
                        int candidate = from <= node ? from : semi[Evaluate(ancestor, label, semi, from, node + 1)];
                        best = candidate < best ? candidate : best;
                    }
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
        }

        numbering.ReleaseScratch();
        return immediates;
    }

    /// <summary>
    /// The node with the smallest semidominator on the way up, among those already linked; the way is shortened for the next time.
    /// The links are turned round on the way up to find the way back, so a way of any length needs no memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Evaluate(int* ancestor, int* label, int* semi, int node, int linked)
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
