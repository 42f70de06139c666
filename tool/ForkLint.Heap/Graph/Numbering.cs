namespace ForkLint.Heap.Graph;

/// <summary>The nodes of a depth-first walk, in the order they were met, and two arrays by node that the dominators are worked out in.</summary>
internal sealed class Numbering(int count, int[] vertex, int[] order, int[] parent, int[] cursor)
{
    /// <summary>The number of nodes; the arrays by node may be longer.</summary>
    public int Count => count;

    /// <summary>The object or holder of each node.</summary>
    public int[] Vertex => vertex;

    /// <summary>The node of each object or holder; 0 for what was not reached.</summary>
    public int[] Order => order;

    /// <summary>The node from which each node was met.</summary>
    public int[] Parent { get; private set; } = parent;

    /// <summary>Scratch.</summary>
    public int[] Cursor { get; private set; } = cursor;

    /// <summary>Lets go of what is used up.</summary>
    public void ReleaseScratch() => Parent = Cursor = [];
}

/// <summary>
/// The objects that no single holder or object dominates, with the nodes that refer to each: all that is needed of the turned edges
/// once the dominators are known.
/// </summary>
internal sealed class SharedTops
{
    private readonly int[] _first;
    private readonly int[] _predecessors;

    private SharedTops(int[] nodes, int[] first, int[] predecessors)
    {
        Nodes = nodes;
        _first = first;
        _predecessors = predecessors;
    }

    /// <summary>The nodes, ascending.</summary>
    public int[] Nodes { get; }

    public static SharedTops Of(int objects, Numbering numbering, int[] immediate, int[] firstPredecessor, int[] predecessors)
    {
        List<int> nodes = [];
        long total = 0;
        for (int node = 1; node < numbering.Count; node++)
        {
            if (immediate[node] == 0 && numbering.Vertex[node] < objects)
            {
                nodes.Add(node);
                total += firstPredecessor[node + 1] - firstPredecessor[node];
            }
        }

        int[] first = new int[nodes.Count + 1];
        int[] kept = GC.AllocateUninitializedArray<int>((int)total);
        int at = 0;
        for (int i = 0; i < nodes.Count; i++)
        {
            int from = firstPredecessor[nodes[i]];
            int length = firstPredecessor[nodes[i] + 1] - from;
            predecessors.AsSpan(from, length).CopyTo(kept.AsSpan(at));
            at += length;
            first[i + 1] = at;
        }

        return new SharedTops([.. nodes], first, kept);
    }

    /// <summary>The nodes that refer to the node at a place of <see cref="Nodes"/>.</summary>
    public ReadOnlySpan<int> PredecessorsOf(int place) => _predecessors.AsSpan(_first[place], _first[place + 1] - _first[place]);
}
