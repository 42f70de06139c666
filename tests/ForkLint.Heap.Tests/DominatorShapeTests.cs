using ForkLint.Heap.Graph;

namespace ForkLint.Heap.Tests;

/// <summary>
/// Dominator trees of the shapes that heaps have, against sets of dominators worked out by their definition: a node is dominated by itself and by
/// whatever dominates all that refer to it.
/// </summary>
public sealed class DominatorShapeTests
{
    private const int Objects = 160;

    public static TheoryData<string, int> Graphs()
    {
        TheoryData<string, int> graphs = [];
        foreach (string shape in (string[])["collection", "list", "tree", "records", "random", "sparse"])
        {
            for (int seed = 1; seed <= 8; seed++)
            {
                graphs.Add(shape, seed);
            }
        }

        return graphs;
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Every_immediate_dominator_and_every_holder_of_what_is_shared_is_as_defined(string shape, int seed)
    {
        Random random = new(seed);
        int[] names = [.. Enumerable.Range(0, Objects)];
        random.Shuffle(names);
        (int, int)[] edges = [.. Edges(shape, random).Select(edge => (names[edge.From], names[edge.To]))];
        HeapGraph graph = MadeHeap.Graph([.. Enumerable.Repeat(24, Objects)], edges);
        int[][] certain = [[names[0]], .. Starts(random, 3)];
        int[][] possible = [.. Starts(random, 4)];

        DominatorTree first = DominatorTree.Build(graph, certain, null, default);
        DominatorTree second = DominatorTree.Build(graph, possible, first, default);
        Compare(graph, certain, [], first);
        Compare(graph, possible, [.. Enumerable.Range(0, Objects).Where(first.Reached)], second);
    }

    private static int[][] Starts(Random random, int holders) =>
        [.. Enumerable.Range(0, holders).Select(_ => Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(Objects)).Distinct().ToArray())];

    private static IEnumerable<(int From, int To)> Edges(string shape, Random random)
    {
        for (int i = 1; i < Objects; i++)
        {
            int any = random.Next(Objects);
            int earlier = random.Next(i);
            (int, int)[] some = shape switch
            {
                // An array of objects that refer to each other.
                "collection" => [(0, i), (i, earlier), (i, i - 1)],

                // Linked both ways, with short cuts in both directions.
                "list" => random.Next(8) == 0 ? [(i - 1, i), (i, any)] : [(i - 1, i), (i, i - 1)],

                // Everybody knows the parent; some know somebody else.
                "tree" => random.Next(6) == 0 ? [(earlier, i), (i, earlier), (i, any)] : [(earlier, i), (i, earlier)],

                // A record, a part, a part's part that another record shares.
                "records" => [(i % 4 == 1 ? 0 : i - 1, i), (i, i % 4 == 0 ? any / 4 * 4 : i)],
                "random" => [(i, any), (earlier, i), (any, random.Next(Objects))],
                _ => random.Next(4) == 0 ? [] : [(earlier, any)],
            };
            foreach ((int, int) edge in some)
            {
                yield return edge;
            }
        }
    }

    /// <summary>Holders stand behind the objects, the root of all behind them.</summary>
    private static void Compare(HeapGraph graph, int[][] holders, HashSet<int> claimed, DominatorTree tree)
    {
        int root = Objects + holders.Length;
        List<int>[] from = [.. Enumerable.Range(0, root + 1).Select(_ => new List<int>())];
        for (int holder = 0; holder < holders.Length; holder++)
        {
            from[Objects + holder].Add(root);
            foreach (int start in holders[holder].Where(start => !claimed.Contains(start)))
            {
                from[start].Add(Objects + holder);
            }
        }

        for (int index = 0; index < Objects; index++)
        {
            foreach (int target in graph.ReferencesOf(index))
            {
                if (!claimed.Contains(index) && !claimed.Contains(target))
                {
                    from[target].Add(index);
                }
            }
        }

        HashSet<int>?[] dominators = Dominators(from, root);
        for (int index = 0; index < root; index++)
        {
            int node = index < Objects ? tree.NodeOf(index) : tree.NodeOfHolder(index - Objects);
            Assert.Equal(dominators[index] is not null, node != 0);
            if (dominators[index] is { } own)
            {
                // Of all that dominate it, the immediate one is itself dominated by the others.
                int immediate = own.Where(other => other != index).MaxBy(other => dominators[other]!.Count);
                Assert.Equal(immediate, tree.Immediate[node] == 0 ? root : tree.Vertex[tree.Immediate[node]]);
                Assert.Equal(24L * Enumerable.Range(0, Objects).Count(other => dominators[other]?.Contains(index) == true), tree.RetainedBytes[node]);
            }
        }

        int[] shared = [.. Enumerable.Range(0, Objects).Where(index => dominators[index]?.Count == 2).OrderBy(tree.NodeOf)];
        Assert.Equal(shared, tree.Shared.Nodes.Select(node => tree.Vertex[node]));
        for (int place = 0; place < shared.Length; place++)
        {
            Assert.Equal(
                from[shared[place]].Where(source => dominators[source] is not null).Order(),
                tree.Shared.PredecessorsOf(place).ToArray().Select(node => tree.Vertex[node]).Order());
        }
    }

    /// <summary>Null for what the root does not reach.</summary>
    private static HashSet<int>?[] Dominators(List<int>[] from, int root)
    {
        HashSet<int>?[] dominators = new HashSet<int>?[root + 1];
        dominators[root] = [root];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int index = 0; index < root; index++)
            {
                HashSet<int>? now = null;
                foreach (HashSet<int> known in from[index].Select(source => dominators[source]).OfType<HashSet<int>>())
                {
                    now = now is null ? [.. known] : [.. now.Intersect(known)];
                }

                if (now is not null)
                {
                    now.Add(index);
                    if (dominators[index]?.SetEquals(now) != true)
                    {
                        dominators[index] = now;
                        changed = true;
                    }
                }
            }
        }

        return dominators;
    }
}
