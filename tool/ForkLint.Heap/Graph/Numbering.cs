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

    public static SharedTops Of(int objects, Numbering numbering, int[] immediate, InverseGraph inverse, HolderEdge[] edges)
    {
        List<int> nodes = [];
        List<int> first = [0];
        List<int> kept = [];
        int edge = 0;
        for (int node = 1; node < numbering.Count; node++)
        {
            if (immediate[node] != 0 || numbering.Vertex[node] >= objects)
            {
                continue;
            }

            nodes.Add(node);
            int index = numbering.Vertex[node];
            for (int i = inverse.First[index]; i < inverse.First[index + 1]; i++)
            {
                if (numbering.Order[inverse.Sources[i]] is not 0 and int from)
                {
                    kept.Add(from);
                }
            }

            for (; edge < edges.Length && edges[edge].Node <= node; edge++)
            {
                if (edges[edge].Node == node)
                {
                    kept.Add(edges[edge].Holder);
                }
            }

            first.Add(kept.Count);
        }

        return new SharedTops([.. nodes], [.. first], [.. kept]);
    }

    /// <summary>The nodes that refer to the node at a place of <see cref="Nodes"/>.</summary>
    public ReadOnlySpan<int> PredecessorsOf(int place) => _predecessors.AsSpan(_first[place], _first[place + 1] - _first[place]);
}

/// <summary>An edge from a holder to an object, between nodes.</summary>
internal readonly record struct HolderEdge(int Node, int Holder)
{
    /// <summary>The edges to objects that were reached, by node.</summary>
    public static HolderEdge[] Of(int objects, IReadOnlyList<int[]> holders, int[] order)
    {
        List<HolderEdge> edges = [];
        for (int holder = 0; holder < holders.Count; holder++)
        {
            foreach (int target in holders[holder])
            {
                if (order[target] != 0)
                {
                    edges.Add(new HolderEdge(order[target], order[objects + holder]));
                }
            }
        }

        edges.Sort(static (left, right) => left.Node.CompareTo(right.Node));
        return [.. edges];
    }
}
