using ForkLint.Heap.Child;

namespace ForkLint.Heap.Native;

/// <summary>
/// How deep each stack has been: from its top down to the lowest page that was ever written. With huge pages, pages are resident that were
/// never written, so there the memory itself is read: what was never written is zero.
/// </summary>
internal static class StackDepth
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>All stacks together; those beyond count with what is resident.</summary>
    private const long MostReadBytes = 256L << 20;

    /// <summary>The depth in bytes of each stack with huge pages, by its lowest address.</summary>
    /// <param name="memory">The process.</param>
    /// <param name="pieces">Its memory.</param>
    /// <param name="stacks">Its stacks.</param>
    /// <param name="knowsResidency">Whether it is known which pages of a stack are in memory; if not, the memory of each is read.</param>
    public static IReadOnlyDictionary<ulong, long> Read(ChildMemory memory, IReadOnlyList<MemoryPiece> pieces, IReadOnlyList<NativeStack> stacks, bool knowsResidency)
    {
        Dictionary<ulong, long> found = [];
        HashSet<ulong> known = [.. stacks.Select(static stack => stack.Low)];
        byte[] chunk = new byte[ChunkBytes];
        long left = knowsResidency ? MostReadBytes : long.MaxValue;
        foreach (MemoryPiece piece in pieces.Where(piece => piece.Owner == PieceOwner.Stack && (!knowsResidency || piece.Mapping.AnonymousHugePageBytes > 0) && known.Contains(piece.Mapping.Start)))
        {
            ulong at = piece.Mapping.Start;
            while (at < piece.Mapping.End && left > 0)
            {
                int length = memory.Read(at, chunk.AsSpan(0, (int)Math.Min(ChunkBytes, piece.Mapping.End - at)));
                int written = chunk.AsSpan(0, length).IndexOfAnyExcept((byte)0);
                left -= length;
                if (written >= 0 || length == 0)
                {
                    found[piece.Mapping.Start] = (long)(piece.Mapping.End - at) - Math.Max(written, 0);
                    break;
                }

                at += (ulong)length;
            }
        }

        return found;
    }
}
