using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>
/// Which objects each holder keeps alive on its own. Nodes are numbered in the order of a depth-first walk: 0 is the root of all,
/// then holders and objects as they are met; <see cref="Vertex"/> leads back to the graph (holders stand behind the objects there).
/// </summary>
internal sealed class DominatorTree
{
    private readonly HeapGraph _graph;
    private readonly Visits _visits;
    private readonly int _taken;
    private readonly int[] _holderNodes;
    private readonly Task<SharedTops> _shared;

    private DominatorTree(HeapGraph graph, IReadOnlyList<int[]> holders, Visits visits, CancellationToken cancellation)
    {
        _graph = graph;
        _visits = visits;
        _taken = visits.Taken;
        _holderNodes = new int[holders.Count];
        Numbering numbering = DepthFirstWalk.Walk(graph, holders, visits, _holderNodes, cancellation);
        Count = numbering.Count;
        Vertex = numbering.Vertex;
        cancellation.ThrowIfCancellationRequested();
        Immediate = Semidominators.Dominate(graph, numbering, visits, _taken);
        cancellation.ThrowIfCancellationRequested();
        _shared = Task.Run(() => SharedTops.Of(this, graph, holders), CancellationToken.None);
        RetainedBytes = Retain(graph, numbering, Immediate);
    }

    /// <summary>The number of nodes, the root of all included; the arrays by node may be longer.</summary>
    public int Count { get; }

    /// <summary>The graph's object of each node; objects' count + holder for a holder; -1 for the root.</summary>
    public int[] Vertex { get; }

    /// <summary>The node through which every way to a node leads; always smaller than the node.</summary>
    public int[] Immediate { get; }

    /// <summary>What would go with each node: its own size and that of all it dominates.</summary>
    public long[] RetainedBytes { get; }

    /// <summary>The objects that several holders reach, and who refers to them.</summary>
    public SharedTops Shared => _shared.GetAwaiter().GetResult();

    /// <summary>The node of an object; 0 for what was not reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NodeOf(int index)
    {
        int node = _visits.ByObject[index].Order - _taken;
        return node > 0 && node < Count ? node : 0;
    }

    public bool Reached(int index) => NodeOf(index) != 0;

    public bool IsHolder(int node) => Vertex[node] >= _graph.Count;

    /// <summary>The node of a holder; every holder has one.</summary>
    public int NodeOfHolder(int holder) => _holderNodes[holder];

    public int HolderOf(int node) => Vertex[node] - _graph.Count;

    /// <summary>
    /// Walks from the holders. What belongs to an earlier tree is passed over.
    /// </summary>
    /// <param name="graph">The objects.</param>
    /// <param name="holders">For each holder, the objects it refers to.</param>
    /// <param name="earlier">An earlier tree of the same graph, or null.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static DominatorTree Build(HeapGraph graph, IReadOnlyList<int[]> holders, DominatorTree? earlier, CancellationToken cancellation) =>
        new(graph, holders, earlier?._visits ?? new Visits(graph.Count), cancellation);

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
}
