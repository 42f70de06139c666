using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>What the walks know of an object. Side by side, so that following a reference touches one line of cache.</summary>
internal struct Visit
{
    /// <summary>The object's node, counted on from the trees before; 0 for what was not reached.</summary>
    public int Order;

    /// <summary>An upper bound of the node's semidominator; see <see cref="DepthFirstWalk"/>.</summary>
    public int Semi;
}

/// <summary>The visits to all objects of a graph, by whichever tree: what one has, no later one takes.</summary>
internal sealed class Visits(int objects)
{
    /// <summary>By object.</summary>
    public Visit[] ByObject { get; } = LargeArrays.MakeZeroed<Visit>(objects);

    /// <summary>How many nodes all trees have until now.</summary>
    public int Taken { get; set; }
}

/// <summary>The nodes of a depth-first walk, in the order they were met.</summary>
internal sealed class Numbering
{
    private readonly ulong[] _unresolved;

    public Numbering(int count, int[] vertex, int[] parent, int[] scratch, ulong[] unresolved)
    {
        Count = count;
        Vertex = vertex;
        Parent = parent;
        Scratch = scratch;
        _unresolved = unresolved;
        HasUnresolved = unresolved.AsSpan().ContainsAnyExcept(0UL);
    }

    /// <summary>The number of nodes; the arrays by node may be longer.</summary>
    public int Count { get; }

    /// <summary>The object or holder of each node.</summary>
    public int[] Vertex { get; }

    /// <summary>The node from which each node was met.</summary>
    public int[] Parent { get; }

    /// <summary>An array by node whose contents are free to be overwritten.</summary>
    public int[] Scratch { get; }

    /// <summary>Whether there are references that the walk could not make anything of.</summary>
    public bool HasUnresolved { get; }

    /// <summary>Whether a node has references that the walk could not make anything of: back over its parent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUnresolved(int node) => (_unresolved[node >> 6] & (1UL << node)) != 0;
}
