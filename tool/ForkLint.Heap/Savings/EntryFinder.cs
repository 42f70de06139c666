using System.Runtime.CompilerServices;
using ForkLint.Heap.Graph;

namespace ForkLint.Heap.Savings;

/// <summary>A part of the heap that one report entry is about: everything under a node that no entry below it claims.</summary>
/// <param name="Node">The node of the tree.</param>
/// <param name="Key">Who holds it: an id or a name.</param>
/// <param name="Display">For people.</param>
internal sealed record Entry(int Node, string Key, string Display);

/// <summary>
/// Goes from a root down to the members of the application's own objects that really hold the memory: a static that holds a service
/// is no news, the service's dictionary is. Members of types with many instances are data, not holders, and are not descended into.
/// </summary>
internal sealed class EntryFinder
{
    /// <summary>An object of a type with more instances than this is data.</summary>
    private const int FewInstances = 8;

    /// <summary>A part below this share of what holds it is not worth an entry of its own.</summary>
    private const double SmallestShare = 0.1;

    private const int MostDepth = 256;

    private readonly HeapModel _model;
    private readonly DominatorTree _tree;
    private readonly long _smallest;
    private readonly ILookup<int, int> _bigChildren;
    private readonly int[] _instances;

    public EntryFinder(HeapModel model, DominatorTree tree, long smallestBytes)
    {
        _model = model;
        _tree = tree;
        _smallest = smallestBytes;
        _bigChildren = Big(tree, smallestBytes).ToLookup(node => tree.Immediate[node]);
        _instances = model.Instances;
    }

    /// <summary>The entries under a root, the root's own first.</summary>
    public IReadOnlyList<Entry> Under(int root, string key, string display)
    {
        List<Entry> entries = [new Entry(root, key, display)];
        Stack<(int Node, int Depth)> open = new([(root, 0)]);
        while (open.TryPop(out (int Node, int Depth) at))
        {
            long worth = Math.Max(_smallest, (long)(_tree.RetainedBytes[at.Node] * SmallestShare));
            foreach (int child in _bigChildren[at.Node])
            {
                if (_tree.RetainedBytes[child] < worth || at.Depth >= MostDepth)
                {
                    continue;
                }

                if (IsService(at.Node) && _model.FieldBetween(_tree.Vertex[at.Node], _tree.Vertex[child]) is { } member)
                {
                    entries.Add(new Entry(child, member.Id, member.Display));
                }

                open.Push((child, at.Depth + 1));
            }
        }

        return entries;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static List<int> Big(DominatorTree tree, long smallestBytes)
    {
        List<int> big = [];
        long[] retained = tree.RetainedBytes;
        int[] immediate = tree.Immediate;
        for (int node = 1; node < tree.Count; node++)
        {
            if (retained[node] >= smallestBytes && immediate[node] != 0)
            {
                big.Add(node);
            }
        }

        return big;
    }

    private bool IsService(int node)
    {
        int index = _tree.Vertex[node];
        if (index < 0 || index >= _model.Data.Graph.Count)
        {
            return false;
        }

        int type = _model.Data.Graph.TypeIndexes[index];
        TypeFacts facts = _model.Data.Types[type];

        // A boxed struct is part of the static or field that holds it.
        return !facts.IsFramework && !facts.IsArray && !facts.IsValueType && _instances[type] <= FewInstances;
    }
}
