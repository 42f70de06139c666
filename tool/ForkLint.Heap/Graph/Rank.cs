using System.Numerics;
using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Graph;

/// <summary>
/// 64 words of the heap (512 bytes, aligned): in which of them objects start, and how many objects the graph has before. Side by side, so that a look-up touches
/// one line of cache.
/// </summary>
internal struct Rank
{
    public const int BytesShift = 9;

    public ulong Starts;
    public int Before;

    /// <summary>The index of the object that starts at a word, of which the lowest six bits count, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Find(uint word)
    {
        ulong bit = 1UL << (int)word;
        return (Starts & bit) != 0 ? Before + BitOperations.PopCount(Starts & (bit - 1)) : -1;
    }
}
