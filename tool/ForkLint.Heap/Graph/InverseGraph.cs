using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>Every edge of the graph turned round: who refers to each object, reached or not.</summary>
internal sealed class InverseGraph
{
    private InverseGraph(int[] first, int[] sources)
    {
        First = first;
        Sources = sources;
    }

    /// <summary>Where the sources of an object begin; one entry more than there are objects.</summary>
    public int[] First { get; }

    /// <summary>The objects that refer to it, ascending.</summary>
    public int[] Sources { get; }

    /// <summary>Turns the edges. It needs nothing but the graph, so it can go on beside the walk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe InverseGraph Of(HeapGraph graph)
    {
        int count = graph.Count;
        int total = graph.FirstReference[count];
        int[] firsts = LargeArrays.MakeZeroed<int>(count + 1);
        int[] turned = LargeArrays.Make<int>(total);
        fixed (int* references = graph.References, firstReference = graph.FirstReference, first = firsts, sources = turned)
        {
            for (int at = 0; at < total; at++)
            {
                Ahead.Fetch(first + references[Math.Min(at + Ahead.Distance, total - 1)]);
                first[references[at]]++;
            }

            int sum = 0;
            for (int index = 0; index <= count; index++)
            {
                int here = first[index];
                first[index] = sum;
                sum += here;
            }

            for (int index = 0; index < count; index++)
            {
                int end = firstReference[index + 1];
                for (int at = firstReference[index]; at < end; at++)
                {
                    Ahead.Fetch(first + references[Math.Min(at + (2 * Ahead.Distance), total - 1)]);
                    Ahead.Fetch(sources + first[references[Math.Min(at + Ahead.Distance, total - 1)]]);
                    sources[first[references[at]]++] = index;
                }
            }
        }

        // Filling moved every start to the next one's: move them back.
        Array.Copy(firsts, 0, firsts, 1, count);
        firsts[0] = 0;
        return new InverseGraph(firsts, turned);
    }
}
