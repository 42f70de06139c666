using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>
/// Walks from the holders, numbers what is met, and notes of every reference that leads to something met before what it says of the semidominators
/// (Lengauer and Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph", 1979). Most references are finished here, while both ends are in the cache:
/// </summary>
/// <remarks>
/// From a node u with parent p to a node v met before:
/// forward (v after u): u itself is a candidate for v;
/// not back over p (p ≤ v ≤ u): the candidate is u's semidominator, at most p; where it is less, <see cref="Semidominators"/> says so to v later;
/// back over p (v before p): what lies on the way counts. Only these are visited again; u is marked.
/// </remarks>
internal static unsafe class DepthFirstWalk
{
    /// <summary>
    /// The walk needs no stack: the way back is the way the nodes were met, and where each node's references were left stands beside it.
    /// A list of millions of elements is as deep as it is long.
    /// </summary>
    /// <param name="graph">The objects.</param>
    /// <param name="holders">For each holder, the objects it refers to.</param>
    /// <param name="visits">What was visited before is passed over; gets what is visited now.</param>
    /// <param name="holderNodes">Gets the nodes of the holders.</param>
    /// <param name="cancellation">Stops the work.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Numbering Walk(HeapGraph graph, IReadOnlyList<int[]> holders, Visits visits, int[] holderNodes, CancellationToken cancellation)
    {
        int objects = graph.Count;
        int taken = visits.Taken;
        int capacity = holders.Count + 1 + (taken == 0 ? objects : Unvisited(visits.ByObject));
        int[] vertices = LargeArrays.Make<int>(capacity);
        int[] parents = LargeArrays.Make<int>(capacity);
        int[] cursors = LargeArrays.Make<int>(capacity);
        ulong[] marks = new ulong[(capacity / 64) + 1];
        vertices[0] = -1;
        parents[0] = 0;

        // Every index below is one that the graph was built with, and every node is below the capacity: bounds are not checked again
        // for some hundred million accesses.
        int next = 1;
        int last = graph.FirstReference[objects] - 1;
        fixed (int* vertex = vertices, parent = parents, cursor = cursors, firstReference = graph.FirstReference, references = graph.References)
        fixed (Visit* visit = visits.ByObject)
        fixed (ulong* mark = marks)
        {
            for (int holder = 0; holder < holders.Count; holder++)
            {
                cancellation.ThrowIfCancellationRequested();
                int holderNode = next++;
                holderNodes[holder] = holderNode;
                vertex[holderNode] = objects + holder;
                parent[holderNode] = 0;
                foreach (int start in holders[holder])
                {
                    if (visit[start].Order != 0)
                    {
                        int met = visit[start].Order - taken;
                        if (met > 0)
                        {
                            // A holder's own semidominator is the root of all.
                            visit[start].Semi = Math.Min(visit[start].Semi, met > holderNode ? holderNode : 0);
                        }

                        continue;
                    }

                    int node = next++;
                    visit[start] = new Visit { Order = taken + node, Semi = holderNode };
                    vertex[node] = start;
                    parent[node] = holderNode;
                    int above = holderNode;
                    int at = firstReference[start];
                    int end = firstReference[start + 1];
                    while (true)
                    {
                        int target = -1;
                        while (at < end)
                        {
                            // Objects that were allocated one after the other are mostly met so, and their references lie one after the other.
                            Ahead.Fetch((int*)(visit + references[Math.Min(at + Ahead.Distance, last)]));
                            target = references[at++];
                            Visit* seen = visit + target;
                            if (seen->Order == 0)
                            {
                                break;
                            }

                            int before = seen->Order - taken;
                            int candidate = before > node ? node : above;
                            if (before >= above)
                            {
                                if (candidate < seen->Semi)
                                {
                                    seen->Semi = candidate;
                                }
                            }
                            else if (before > 0)
                            {
                                mark[node >> 6] |= 1UL << node;
                            }

                            target = -1;
                        }

                        if (target >= 0)
                        {
                            int below = next++;
                            visit[target] = new Visit { Order = taken + below, Semi = node };
                            vertex[below] = target;
                            parent[below] = node;
                            int first = firstReference[target];
                            int firstOfNext = firstReference[target + 1];
                            if (first != firstOfNext)
                            {
                                cursor[node] = at;
                                above = node;
                                node = below;
                                at = first;
                                end = firstOfNext;
                            }
                        }
                        else
                        {
                            node = above;
                            if (node == holderNode)
                            {
                                break;
                            }

                            above = parent[node];
                            at = cursor[node];
                            end = firstReference[vertex[node] + 1];
                        }
                    }
                }
            }
        }

        visits.Taken = taken + next - 1;
        return new Numbering(next, vertices, parents, cursors, marks);
    }

    private static int Unvisited(Visit[] visits)
    {
        int count = 0;
        foreach (Visit visit in visits)
        {
            count += visit.Order == 0 ? 1 : 0;
        }

        return count;
    }
}
