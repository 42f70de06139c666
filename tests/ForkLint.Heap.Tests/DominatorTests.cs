using ForkLint.Heap.Graph;

namespace ForkLint.Heap.Tests;

/// <summary>The dominator tree against its definition: what is not reached any more when a node is taken out.</summary>
public sealed class DominatorTests
{
    [Fact]
    public void What_two_roads_lead_to_is_retained_by_where_they_part()
    {
        // 0 → 1, 2; 1 → 3; 2 → 3; 3 → 4
        HeapGraph graph = MadeHeap.Graph([16, 32, 64, 128, 256], [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]);
        DominatorTree tree = DominatorTree.Build(graph, [[0]], null, default);
        Assert.Equal([496, 32, 64, 384, 256], Enumerable.Range(0, 5).Select(index => tree.RetainedBytes[tree.NodeOf(index)]));
    }

    [Fact]
    public void What_several_holders_reach_is_nobodys_alone_and_they_are_named()
    {
        HeapGraph graph = MadeHeap.Graph([16, 16, 16, 800, 80], [(0, 3), (1, 3), (3, 4), (4, 3)]);
        DominatorTree tree = DominatorTree.Build(graph, [[0], [1], [2]], null, default);
        Assert.Equal(16, tree.RetainedBytes[tree.NodeOfHolder(0)]);
        SharedGroup shared = Assert.Single(SharedObjects.Find(tree));
        Assert.Equal([0, 1], shared.Holders);
        Assert.Equal(880, shared.Bytes);
    }

    [Fact]
    public void Sharing_is_followed_through_what_is_shared_and_more_holders_than_named_are_left_unnamed()
    {
        // 5 is shared by holders 0 and 1; 6 by what both share and by holder 2; 7 by six holders.
        HeapGraph graph = MadeHeap.Graph(
            [16, 16, 16, 16, 16, 80, 160, 320, 16],
            [(0, 5), (1, 5), (5, 6), (2, 6), (0, 7), (1, 7), (2, 7), (3, 7), (4, 7), (8, 7)]);
        DominatorTree tree = DominatorTree.Build(graph, [[0], [1], [2], [3], [4], [8]], null, default);
        IReadOnlyList<SharedGroup> groups = SharedObjects.Find(tree);
        Assert.Equal([0, 1], groups.Single(group => group.Bytes == 80).Holders);
        Assert.Equal([0, 1, 2], groups.Single(group => group.Bytes == 160).Holders);
        Assert.Empty(groups.Single(group => group.Bytes == 320).Holders);
    }

    [Fact]
    public void A_second_tree_leaves_to_the_first_what_it_claimed()
    {
        HeapGraph graph = MadeHeap.Graph([16, 32, 64], [(0, 1), (2, 1)]);
        DominatorTree first = DominatorTree.Build(graph, [[0]], null, default);
        DominatorTree second = DominatorTree.Build(graph, [[2, 1]], first, default);
        Assert.Equal(48, first.RetainedBytes[0]);
        Assert.Equal(64, second.RetainedBytes[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Random_graphs_agree_with_the_definition(int seed)
    {
        Random random = new(seed);
        int count = 60;
        int[] sizes = [.. Enumerable.Range(0, count).Select(_ => 8 * random.Next(3, 50))];
        (int, int)[] edges = [.. Enumerable.Range(0, 30 * seed).Select(_ => (random.Next(count), random.Next(count)))];
        int[][] holders = [[random.Next(count), random.Next(count)], [random.Next(count)], [random.Next(count)]];
        HeapGraph graph = MadeHeap.Graph(sizes, edges);
        DominatorTree tree = DominatorTree.Build(graph, holders, null, default);

        HashSet<int> all = Reach(graph, holders, -1, -1);
        Assert.Equal(all.Sum(index => (long)sizes[index]), tree.RetainedBytes[0]);
        for (int index = 0; index < count; index++)
        {
            Assert.Equal(all.Contains(index), tree.Reached(index));
            if (all.Contains(index))
            {
                long lost = all.Except(Reach(graph, holders, index, -1)).Sum(gone => (long)sizes[gone]);
                Assert.Equal(lost, tree.RetainedBytes[tree.NodeOf(index)]);
            }
        }

        for (int holder = 0; holder < holders.Length; holder++)
        {
            long lost = all.Except(Reach(graph, holders, -1, holder)).Sum(gone => (long)sizes[gone]);
            Assert.Equal(lost, tree.RetainedBytes[tree.NodeOfHolder(holder)]);
        }
    }

    [Fact]
    public void A_chain_of_a_million_needs_no_recursion()
    {
        const int count = 1_000_000;
        HeapGraph graph = MadeHeap.Graph([.. Enumerable.Repeat(24, count)], [.. Enumerable.Range(0, count - 1).Select(index => (index, index + 1))]);
        DominatorTree tree = DominatorTree.Build(graph, [[0]], null, default);
        Assert.Equal(24L * count, tree.RetainedBytes[tree.NodeOf(0)]);
        Assert.Equal(24L * 2, tree.RetainedBytes[tree.NodeOf(count - 2)]);
    }

    private static HashSet<int> Reach(HeapGraph graph, int[][] holders, int withoutObject, int withoutHolder)
    {
        HashSet<int> seen = [];
        Stack<int> open = new(holders.Where((_, holder) => holder != withoutHolder).SelectMany(objects => objects));
        while (open.TryPop(out int index))
        {
            if (index != withoutObject && seen.Add(index))
            {
                foreach (int target in graph.ReferencesOf(index))
                {
                    open.Push(target);
                }
            }
        }

        return seen;
    }
}
