using System.Runtime.InteropServices;
using ForkLint.Heap.Child;

namespace ForkLint.Heap.Native;

/// <summary>
/// The limits of a thread's stack, as the C library wrote them down in the thread's control block, which lies in the stack itself above the first frame.
/// glibc (nptl/descr.h): <c>stackblock</c>, <c>stackblock_size</c>, <c>guardsize</c>. musl (src/internal/pthread_impl.h): <c>map_base</c>,
/// <c>map_size</c>, <c>stack</c>, <c>stack_size</c>. Their place in the block differs between versions and processors; what they say about an
/// address in the stack does not.
/// </summary>
internal static class StackBlock
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>A block is looked for so far above an address in the stack: deeper recursion has the stack's mapping as its limits.</summary>
    private const ulong MostAboveBytes = 16UL << 20;

    /// <summary>The stack that <paramref name="pointer"/> lies in; null where no control block was found between it and <paramref name="end"/>.</summary>
    /// <param name="memory">The process.</param>
    /// <param name="pointer">An address in the stack.</param>
    /// <param name="end">The end of the mapping.</param>
    /// <param name="isPossible">Whether the limits can be those of the stack that is looked for: what a thread left behind in its frames can look like a control block. Null takes the first.</param>
    public static (ulong Low, ulong High)? Find(ChildMemory memory, ulong pointer, ulong end, Func<ulong, ulong, bool>? isPossible = null)
    {
        byte[] chunk = new byte[ChunkBytes];
        ulong page = (ulong)Environment.SystemPageSize;
        for (ulong at = pointer & ~7UL; at < end && at - pointer < MostAboveBytes;)
        {
            int length = memory.Read(at, chunk.AsSpan(0, (int)Math.Min(ChunkBytes, end - at)));
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(chunk.AsSpan(0, length));
            if (Find(words, at, pointer, page, isPossible) is { } found)
            {
                return found;
            }

            if (length < ChunkBytes)
            {
                return null;
            }

            // What a chunk cuts in two is whole in the next one.
            at += (ulong)length - 32;
        }

        return null;
    }

    /// <summary>The same in memory that was read: pure.</summary>
    /// <param name="words">The memory from <paramref name="start"/> on.</param>
    /// <param name="start">The address of the first word.</param>
    /// <param name="pointer">An address in the stack.</param>
    /// <param name="page">The page size.</param>
    /// <param name="isPossible">Whether the limits can be those of the stack that is looked for. Null takes the first.</param>
    internal static (ulong Low, ulong High)? Find(ReadOnlySpan<ulong> words, ulong start, ulong pointer, ulong page, Func<ulong, ulong, bool>? isPossible = null)
    {
        for (int i = 0; i + 3 < words.Length; i++)
        {
            ulong low = words[i];
            ulong size = words[i + 1];
            ulong own = start + ((ulong)i * 8);
            if (low == 0 || low > pointer || low % page != 0 || size % page != 0 || size <= pointer - low || size <= own - low)
            {
                continue;
            }

            ulong third = words[i + 2];
            if (third < size && third % page == 0 && low + third <= pointer && isPossible?.Invoke(low + third, low + size) != false)
            {
                return (low + third, low + size);
            }

            ulong ownSize = words[i + 3];
            if (third > pointer && third <= low + size && ownSize <= third - low && third - ownSize <= pointer && isPossible?.Invoke(third - ownSize, low + size) != false)
            {
                // musl puts thread-local storage above the stack, in the same mapping.
                return (third - ownSize, low + size);
            }
        }

        return null;
    }
}
