using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>The objects that no single holder or object dominates, with the nodes that refer to each.</summary>
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

    /// <summary>The nodes that refer to the node at a place of <see cref="Nodes"/>.</summary>
    public ReadOnlySpan<int> PredecessorsOf(int place) => _predecessors.AsSpan(_first[place], _first[place + 1] - _first[place]);

    /// <summary>Finds the tops of a tree, and goes over all references once for those that lead to one.</summary>
    public static SharedTops Of(DominatorTree tree, HeapGraph graph, IReadOnlyList<int[]> holders)
    {
        (int[] nodes, ulong[] marks) = Tops(tree, graph.Count);
        if (nodes.Length == 0)
        {
            return new SharedTops([], [0], []);
        }

        List<(int Node, int From)> edges = [];
        Collect(tree, graph, marks, edges);
        for (int holder = 0; holder < holders.Count; holder++)
        {
            foreach (int target in holders[holder])
            {
                if ((marks[target >> 6] & (1UL << target)) != 0)
                {
                    edges.Add((tree.NodeOf(target), tree.NodeOfHolder(holder)));
                }
            }
        }

        int[] first = new int[nodes.Length + 1];
        int[] places = new int[edges.Count];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = Array.BinarySearch(nodes, edges[i].Node);
            first[places[i]]++;
        }

        // From the last one back: each is put before the ones behind it, and every start is where its first one came to lie.
        for (int place = 1; place <= nodes.Length; place++)
        {
            first[place] += first[place - 1];
        }

        int[] predecessors = new int[edges.Count];
        for (int i = places.Length - 1; i >= 0; i--)
        {
            predecessors[--first[places[i]]] = edges[i].From;
        }

        return new SharedTops(nodes, first, predecessors);
    }

    /// <summary>The nodes, and a bit for each object that is one: they fit into the cache, whatever the references' order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int[] Nodes, ulong[] Marks) Tops(DominatorTree tree, int objects)
    {
        List<int> nodes = [];
        ulong[] marks = new ulong[(objects / 64) + 1];
        int[] immediate = tree.Immediate;
        for (int node = 1; node < tree.Count; node++)
        {
            if (immediate[node] == 0 && tree.Vertex[node] is int index && index < objects)
            {
                nodes.Add(node);
                marks[index >> 6] |= 1UL << index;
            }
        }

        return ([.. nodes], marks);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Collect(DominatorTree tree, HeapGraph graph, ulong[] marks, List<(int Node, int From)> edges)
    {
        fixed (int* references = graph.References, firstReference = graph.FirstReference)
        fixed (ulong* mark = marks)
        {
            int index = 0;
            int total = firstReference[graph.Count];
            for (int at = 0; at < total; at++)
            {
                int target = references[at];
                if ((mark[target >> 6] & (1UL << target)) != 0)
                {
                    while (firstReference[index + 1] <= at)
                    {
                        index++;
                    }

                    if (tree.NodeOf(index) is not 0 and int from)
                    {
                        edges.Add((tree.NodeOf(target), from));
                    }
                }
            }
        }
    }
}
