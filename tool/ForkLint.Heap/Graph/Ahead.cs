using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ForkLint.Heap.Graph;

/// <summary>
/// The loops over the graph wait for memory most of the time: the target of a reference cannot be predicted, but the next references are known.
/// So what the ones a little ahead need is asked for early. Where the processor has no such instruction, nothing happens.
/// </summary>
internal static unsafe class Ahead
{
    /// <summary>So many references ahead: a few hundred nanoseconds.</summary>
    public const int Distance = 24;

    /// <summary>Asks for the line of cache that an entry lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(int* entry)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(entry);
        }
    }
}
