using System.Runtime.CompilerServices;
using ForkLint.Heap.Graph;

namespace ForkLint.Heap;

/// <summary>
/// Finds who holds what in a heap. Statics, handles and queues come first; what only a stack may hold comes after, so that a stale word on a stack
/// never takes a cache away from the field that holds it.
/// </summary>
internal sealed class HeapModel
{
    private HeapModel(HeapData data, DominatorTree certain, DominatorTree possible)
    {
        Data = data;
        Certain = certain;
        Possible = possible;
    }

    public HeapData Data { get; }

    /// <summary>How many objects there are of each type.</summary>
    public int[] Instances { get; private init; } = [];

    /// <summary>What exact roots reach.</summary>
    public DominatorTree Certain { get; }

    /// <summary>What only stacks may reach.</summary>
    public DominatorTree Possible { get; }

    public static HeapModel Build(HeapData data, CancellationToken cancellation)
    {
        DominatorTree certain = DominatorTree.Build(data.Graph, data.Roots.Objects(), null, cancellation);
        DominatorTree possible = DominatorTree.Build(data.Graph, data.Stacks.Objects(), certain, cancellation);
        LargeArrays.GiveBack(data.Graph.Count);
        return new HeapModel(data, certain, possible) { Instances = CountTypes(data.Graph.TypeIndexes, data.Types.Count) };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] CountTypes(int[] typeIndexes, int types)
    {
        int[] instances = new int[types];
        foreach (int type in typeIndexes)
        {
            instances[type]++;
        }

        return instances;
    }

    /// <summary>The objects an action can let go that nothing reaches.</summary>
    public bool IsGarbage(int index) => !Certain.Reached(index) && !Possible.Reached(index);

    /// <summary>Whether a root of this name was seen to hold anything.</summary>
    public bool IsHolder(string holder) => Data.Roots.Holders.Any(known => known.Key == holder);

    /// <summary>
    /// Bytes that nothing exact reaches once these holders let go: members by documentation-comment id, or roots by the name a report gave them.
    /// Exact for any combination, overlaps included: the graph is walked again without them.
    /// </summary>
    public long BytesFreedWithout(IReadOnlyCollection<string> holders, CancellationToken cancellation)
    {
        HashSet<string> removed = new(holders, StringComparer.Ordinal);
        HeapGraph graph = Data.Graph;
        HashSet<int>?[] cutSlots = new HashSet<int>?[Data.Types.Count];
        for (int type = 0; type < cutSlots.Length; type++)
        {
            foreach (ReferenceField field in Data.Types[type].Fields.Where(field => removed.Contains(field.Name.Id)))
            {
                HashSet<int> slots = cutSlots[type] ??= [];
                slots.UnionWith(Enumerable.Range(field.FirstSlot, field.LastSlot - field.FirstSlot + 1));
            }
        }

        bool[] seen = new bool[graph.Count];
        Stack<int> open = new();
        IReadOnlyList<int[]> objects = Data.Roots.Objects();
        long kept = 0;
        for (int holder = 0; holder < objects.Count; holder++)
        {
            if (removed.Contains(Data.Roots.Holders[holder].Key))
            {
                continue;
            }

            foreach (int start in objects[holder])
            {
                Push(start);
            }
        }

        while (open.TryPop(out int index))
        {
            cancellation.ThrowIfCancellationRequested();
            HashSet<int>? cut = cutSlots[graph.TypeIndexes[index]];
            for (int at = graph.FirstReference[index]; at < graph.FirstReference[index + 1]; at++)
            {
                if (cut is null || !cut.Contains(graph.ReferenceSlots[at]))
                {
                    Push(graph.References[at]);
                }
            }
        }

        return Certain.RetainedBytes[0] - kept;

        void Push(int index)
        {
            if (!seen[index])
            {
                seen[index] = true;
                kept += graph.SizeOf(index);
                open.Push(index);
            }
        }
    }

    /// <summary>
    /// What each member of the application's keeps alive: statics on their own, instance fields summed over all instances. A field of a recursive type
    /// (the next of a list) counts where it is met first on the way down, so no byte is counted twice for one member.
    /// </summary>
    public IReadOnlyList<MemberSize> Members()
    {
        Dictionary<string, (long Bytes, int Instances)> sizes = new(StringComparer.Ordinal);
        HeapGraph graph = Data.Graph;
        for (int holder = 0; holder < Data.Roots.Holders.Count; holder++)
        {
            if (Data.Roots.Holders[holder] is { Id: { } id, IsFramework: false })
            {
                Add(id, Certain.RetainedBytes[Certain.NodeOfHolder(holder)]);
            }
        }

        Dictionary<string, int> identities = new(StringComparer.Ordinal);
        foreach (DominatorTree tree in (ReadOnlySpan<DominatorTree>)[Certain, Possible])
        {
            CountFields(tree, identities, Add);
        }

        return [.. sizes.Select(pair => new MemberSize(pair.Key, pair.Value.Bytes, pair.Value.Instances)).OrderByDescending(size => size.Bytes).ThenBy(size => size.Id, StringComparer.Ordinal)];

        void Add(string id, long bytes)
        {
            (long before, int instances) = sizes.GetValueOrDefault(id);
            sizes[id] = (before + bytes, instances + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountFields(DominatorTree tree, Dictionary<string, int> identities, Action<string, long> add)
    {
        int[] above = LargeArrays.MakeZeroed<int>(tree.Count);
        int[] member = LargeArrays.MakeZeroed<int>(tree.Count);
        int[] immediate = tree.Immediate;
        int[] vertex = tree.Vertex;
        int[] typeIndexes = Data.Graph.TypeIndexes;
        int objects = Data.Graph.Count;
        bool[] hasFields = [.. Data.Types.Select(type => type.Fields.Count > 0)];
        for (int node = 1; node < tree.Count; node++)
        {
            int holder = immediate[node];
            above[node] = member[holder] != 0 ? holder : above[holder];
            if (holder == 0 || vertex[holder] >= objects || vertex[node] >= objects || !hasFields[typeIndexes[vertex[holder]]]
                || FieldBetween(vertex[holder], vertex[node]) is not { } name)
            {
                continue;
            }

            if (!identities.TryGetValue(name.Id, out int identity))
            {
                identity = identities[name.Id] = identities.Count + 1;
            }

            member[node] = identity;
            if (!IsBelow(identity, node, above, member))
            {
                add(name.Id, tree.RetainedBytes[node]);
            }
        }
    }

    /// <summary>The field of one object that refers to another, if it has a name.</summary>
    public Naming.MemberName? FieldBetween(int from, int to)
    {
        IReadOnlyList<ReferenceField> fields = Data.Types[Data.Graph.TypeIndexes[from]].Fields;
        if (fields.Count == 0)
        {
            return null;
        }

        for (int at = Data.Graph.FirstReference[from]; at < Data.Graph.FirstReference[from + 1]; at++)
        {
            if (Data.Graph.References[at] == to)
            {
                int slot = Data.Graph.ReferenceSlots[at];
                for (int i = 0; i < fields.Count; i++)
                {
                    ReferenceField field = fields[i];
                    if (slot >= field.FirstSlot && slot <= field.LastSlot)
                    {
                        return field.Name;
                    }
                }
            }
        }

        return null;
    }

    private static bool IsBelow(int identity, int node, int[] above, int[] member)
    {
        // Recursive types come back to a field within a few members; a chain of more is not one.
        const int farthest = 16;
        int at = above[node];
        for (int i = 0; i < farthest && at != 0; i++, at = above[at])
        {
            if (member[at] == identity)
            {
                return true;
            }
        }

        return false;
    }
}
