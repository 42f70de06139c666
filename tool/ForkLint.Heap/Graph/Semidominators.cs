using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>
/// The immediate dominators of a walk's nodes, by Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005): the semidominators
/// of Lengauer and Tarjan, then the nearest common ancestor on the growing tree. All in arrays of integers; no recursion, so depth costs memory only.
/// </summary>
/// <remarks>
/// The edges are not turned round. What most of them say was noted on the walk; where a node's semidominator turns out to lie above its parent, it is told to
/// the nodes that it refers to, which come later, since nodes are gone through from the last. Only references back over the parent (see <see cref="DepthFirstWalk"/>)
/// are gathered by where they lead, and only for them the way up is searched.
/// </remarks>
internal static unsafe class Semidominators
{
    /// <summary>Where a node hangs in the forest of what was gone through, and the node with the smallest semidominator up to there.</summary>
    private struct Link
    {
        public int Ancestor;

        /// <summary>0 for the node itself.</summary>
        public int Label;
    }

    /// <summary>Replaces each node's parent by its immediate dominator. Uses up the visits' bounds.</summary>
    /// <param name="graph">The objects.</param>
    /// <param name="numbering">The walk's nodes.</param>
    /// <param name="visits">The walk's visits.</param>
    /// <param name="taken">How many nodes trees before had.</param>
    /// <returns>The immediate dominators by node: the array of the parents.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int[] Dominate(HeapGraph graph, Numbering numbering, Visits visits, int taken)
    {
        int objects = graph.Count;
        int count = numbering.Count;
        (int[] firsts, int[] sources) = numbering.HasUnresolved ? Gather(graph, numbering, visits, taken) : ([], []);
        Link[] links = numbering.HasUnresolved ? Unlinked(numbering) : [];
        fixed (int* vertex = numbering.Vertex, parent = numbering.Parent, semi = numbering.Scratch, firstReference = graph.FirstReference, references = graph.References, first = firsts, source = sources)
        fixed (Visit* visit = visits.ByObject)
        fixed (Link* link = links)
        {
            for (int node = count - 1; node > 0; node--)
            {
                int index = vertex[node];
                if (index >= objects)
                {
                    semi[node] = 0;
                    continue;
                }

                int soon = vertex[Math.Max(node - Ahead.Distance, 1)];
                Ahead.Fetch((int*)(visit + (soon < objects ? soon : 0)));
                int best = visit[index].Semi;
                if (link is not null)
                {
                    best = Math.Min(best, Search(link, semi, source + first[node], first[node + 1] - first[node], node + 1));
                }

                semi[node] = best;
                int above = parent[node];
                if (best < above)
                {
                    int end = firstReference[index + 1];
                    for (int at = firstReference[index]; at < end; at++)
                    {
                        Visit* target = visit + references[at];
                        int order = target->Order - taken;
                        if (order >= above && order < node && best < target->Semi)
                        {
                            target->Semi = best;
                        }
                    }
                }
            }

            for (int node = 1; node < count; node++)
            {
                int candidate = parent[node];
                int limit = semi[node];
                while (candidate > limit)
                {
                    candidate = parent[candidate];
                }

                parent[node] = candidate;
            }
        }

        return numbering.Parent;
    }

    /// <summary>The references that lead back over their object's parent, by the node they lead to: where each one's begin, and the nodes they come from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int[] First, int[] Sources) Gather(HeapGraph graph, Numbering numbering, Visits visits, int taken)
    {
        int count = numbering.Count;
        int[] firsts = LargeArrays.MakeZeroed<int>(count + 2);
        int[] gathered = [];
        fixed (int* vertex = numbering.Vertex, parent = numbering.Parent, firstReference = graph.FirstReference, references = graph.References, first = firsts)
        fixed (Visit* visit = visits.ByObject)
        {
            int last = firstReference[graph.Count] - 1;
            for (int pass = 0; pass < 2; pass++)
            {
                fixed (int* source = gathered)
                {
                    for (int node = 1; node < count; node++)
                    {
                        if (!numbering.IsUnresolved(node))
                        {
                            continue;
                        }

                        int above = parent[node];
                        int end = firstReference[vertex[node] + 1];
                        for (int at = firstReference[vertex[node]]; at < end; at++)
                        {
                            Ahead.Fetch((int*)(visit + references[Math.Min(at + Ahead.Distance, last)]));
                            int order = visit[references[at]].Order - taken;
                            if (order > 0 && order < above)
                            {
                                // First how many there are, two places on; then, one place on, where the next one goes: in the end it is where the next node's begin.
                                if (pass == 0)
                                {
                                    first[order + 2]++;
                                }
                                else
                                {
                                    source[first[order + 1]++] = node;
                                }
                            }
                        }
                    }
                }

                if (pass == 0)
                {
                    for (int node = 2; node < firsts.Length; node++)
                    {
                        first[node] += first[node - 1];
                    }

                    gathered = LargeArrays.Make<int>(first[firsts.Length - 1]);
                }
            }
        }

        return (firsts, gathered);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Link[] Unlinked(Numbering numbering)
    {
        Link[] links = LargeArrays.Make<Link>(numbering.Count);
        int[] parent = numbering.Parent;
        for (int node = 0; node < links.Length; node++)
        {
            links[node] = new Link { Ancestor = parent[node] };
        }

        return links;
    }

    /// <summary>The smallest of what the gathered references to a node say; the largest number where there are none.</summary>
    /// <param name="link">The forest.</param>
    /// <param name="semi">The semidominators.</param>
    /// <param name="source">The nodes that refer to it.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="linked">The first node that hangs in the forest.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Search(Link* link, int* semi, int* source, int count, int linked)
    {
        int best = int.MaxValue;
        for (int at = 0; at < count; at++)
        {
            int soon = source[Math.Min(at + Ahead.Distance, count - 1)];
            Ahead.Fetch((int*)(link + soon));
            Ahead.Fetch(semi + soon);
            int candidate = semi[Evaluate(link, semi, source[at], linked)];
            best = candidate < best ? candidate : best;
        }

        return best;
    }

    /// <summary>
    /// The node with the smallest semidominator on the way up, among those already linked; the way is shortened for the next time.
    /// The links are turned round on the way up to find the way back, so a way of any length needs no memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Evaluate(Link* link, int* semi, int node, int linked)
    {
        int top = node;
        int up = link[top].Ancestor;
        int below = -1;
        while (up >= linked)
        {
            link[top].Ancestor = below;
            below = top;
            top = up;
            up = link[top].Ancestor;
        }

        int best = link[top].Label == 0 ? top : link[top].Label;
        int bestSemi = semi[best];
        while (below >= 0)
        {
            int next = link[below].Ancestor;
            link[below].Ancestor = up;
            int own = link[below].Label == 0 ? below : link[below].Label;
            int ownSemi = semi[own];
            if (bestSemi < ownSemi)
            {
                link[below].Label = best;
            }
            else
            {
                best = own;
                bestSemi = ownSemi;
            }

            below = next;
        }

        return best;
    }
}
