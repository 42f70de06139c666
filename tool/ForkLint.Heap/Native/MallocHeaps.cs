using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>One of glibc malloc's heaps: <c>[heap]</c>, or one of an arena's, of at most 64 MiB.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">Behind its last that is writable.</param>
/// <param name="Arena">The address of its arena; 0 for the main one, which brk grows.</param>
internal sealed record MallocHeap(ulong Start, ulong End, ulong Arena)
{
    /// <summary>Whether its chunks could be walked; if not, all of it counts as in use.</summary>
    public bool IsWalked { get; init; }

    /// <summary>In blocks in use, or kept by a thread for reuse (tcache): headers included.</summary>
    public long UsedBytes { get; init; }

    /// <summary>How many these are, by the size of a block with its header.</summary>
    public IReadOnlyDictionary<long, long> UsedBySize { get; init; } = new Dictionary<long, long>();

    /// <summary>In free chunks between others: charged, and not given back while anything lies behind them.</summary>
    public long FreeBytes { get; init; }

    /// <summary>Of these, in whole pages: what <c>malloc_trim</c> returns to the kernel, as resident memory.</summary>
    public long FreePageBytes { get; init; }

    /// <summary>At the end: what <c>malloc_trim</c> takes off the charge too.</summary>
    public long TopBytes { get; init; }

    /// <summary>Of the heap's length, what is neither walked nor free: all of it where the walk failed.</summary>
    public long SizeBytes => (long)(End - Start);
}

/// <summary>A block so large that malloc mapped it by itself.</summary>
/// <param name="Start">Where the mapping begins.</param>
/// <param name="Bytes">Its length, header and rounding included.</param>
internal sealed record MallocBlock(ulong Start, long Bytes);

/// <summary>
/// Walks the chunks of glibc's malloc (malloc/malloc.c, "Vital statistics" and <c>struct malloc_chunk</c>: the word before a block is its size,
/// whose low bits say whether the chunk before it is in use, and whether it was mapped by itself). What does not read like chunks is left alone.
/// </summary>
internal static class MallocHeaps
{
    private const ulong PreviousInUse = 1;
    private const ulong IsMapped = 2;
    private const ulong FlagBits = 7;
    private const ulong SmallestChunk = 32;

    /// <summary>HEAP_MAX_SIZE of 64-bit processors (malloc/arena.c): a heap of an arena begins at a multiple of it.</summary>
    private const ulong ArenaAlignment = 64UL << 20;

    /// <summary>Small mappings of others may have become one with a block's: so far from the start it is looked for.</summary>
    private const ulong MostBeforeBytes = 1 << 20;

    /// <summary>A chunk header before a block, and at an arena's start its heap_info, with or without the malloc_state behind it.</summary>
    private const int MostHeaderBytes = 0x1000;

    /// <summary>The most sizes that are counted one by one: the rest is counted together.</summary>
    private const int MostSizes = 4096;

    /// <summary>The heaps and blocks in anonymous memory that has no other owner.</summary>
    public static (IReadOnlyList<MallocHeap> Heaps, IReadOnlyList<MallocBlock> Blocks) Read(ChildMemory memory, IEnumerable<Mapping> mappings, CancellationToken cancellation)
    {
        List<MallocHeap> heaps = [];
        List<MallocBlock> blocks = [];
        foreach (Mapping mapping in mappings)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!mapping.Permissions.StartsWith("rw-p", StringComparison.Ordinal) || mapping.IsFile)
            {
                continue;
            }

            if (mapping.Path == "[heap]")
            {
                if (Walk(memory, new MallocHeap(mapping.Start, mapping.End, 0)) is { IsWalked: true } main)
                {
                    heaps.Add(main);
                }

                continue;
            }

            // Neighbours may have become one mapping with a heap, other heaps among them.
            ulong at = mapping.Start;
            for (ulong start = (mapping.Start + ArenaAlignment - 1) & ~(ArenaAlignment - 1); start < mapping.End; start += ArenaAlignment)
            {
                if (HeapAt(memory, start, mapping.End) is { } heap)
                {
                    blocks.AddRange(WalkBlocks(memory, at, start));
                    heaps.Add(Walk(memory, heap));
                    at = heap.End;
                }
            }

            blocks.AddRange(WalkBlocks(memory, at, mapping.End));
        }

        return (heaps, blocks);
    }

    /// <summary>
    /// A heap's own first words (malloc/arena.c, struct _heap_info): its arena, which lies in the first heap of it, the heap before, how much is in use by chunks and how much
    /// was made writable.
    /// </summary>
    private static MallocHeap? HeapAt(ChildMemory memory, ulong start, ulong end)
    {
        Span<ulong> words = stackalloc ulong[4];
        ulong page = (ulong)Environment.SystemPageSize;
        if (memory.Read(start, MemoryMarshal.AsBytes(words)) < 32)
        {
            return null;
        }

        (ulong arena, ulong previous, ulong size, ulong writable) = (words[0], words[1], words[2], words[3]);
        bool isHeap = arena != 0 && arena % ArenaAlignment < 0x100 && arena % 16 == 0
            && previous % ArenaAlignment == 0 && previous != start
            && size > 0 && size <= writable && writable <= ArenaAlignment && size % page == 0 && writable % page == 0
            && start + size <= end;
        return isHeap ? new MallocHeap(start, Math.Min(start + writable, end), arena) { TopBytes = (long)(Math.Min(start + writable, end) - start - size) } : null;
    }

    private static MallocHeap Walk(ChildMemory memory, MallocHeap heap)
    {
        MemoryWindow window = new(memory, 1 << 16);

        // What a heap shrank by and did not give back lies behind its last chunk.
        long behind = heap.TopBytes;
        ulong end = heap.End - (ulong)behind;
        window.Restrict(end);
        MallocHeap unknown = heap with { UsedBytes = heap.SizeBytes - behind };
        if (FirstChunk(window, heap, end) is not { } chunk)
        {
            return unknown;
        }

        Dictionary<long, long> sizes = [];
        long used = 0;
        long free = 0;
        long pages = 0;
        ulong page = (ulong)Environment.SystemPageSize;
        while (true)
        {
            if (Size(window, chunk) is not { } header || !Fits(header, chunk, end, out ulong next))
            {
                return unknown;
            }

            if (next == end || next + SmallestChunk > end)
            {
                return heap with
                {
                    IsWalked = true,
                    UsedBytes = used,
                    UsedBySize = sizes,
                    FreeBytes = free,
                    FreePageBytes = pages,
                    TopBytes = (long)(heap.End - chunk),
                };
            }

            if (Size(window, next) is not { } nextHeader)
            {
                return unknown;
            }

            long bytes = (long)(next - chunk);
            if ((nextHeader & PreviousInUse) == 0)
            {
                free += bytes;
                ulong firstPage = (chunk + SmallestChunk + page - 1) & ~(page - 1);
                ulong lastPage = next & ~(page - 1);
                pages += lastPage > firstPage ? (long)(lastPage - firstPage) : 0;
            }
            else
            {
                used += bytes;
                if (sizes.TryGetValue(bytes, out long count) || sizes.Count < MostSizes)
                {
                    sizes[bytes] = count + 1;
                }
            }

            chunk = next;
        }
    }

    /// <summary>The first address from which a few chunks in a row make sense.</summary>
    private static ulong? FirstChunk(MemoryWindow window, MallocHeap heap, ulong end)
    {
        for (ulong chunk = heap.Start + (heap.Arena == 0 ? 0UL : 0x20UL); chunk < heap.Start + MostHeaderBytes; chunk += 16)
        {
            ulong at = chunk;
            int sensible = 0;
            while (sensible < 8 && Size(window, at) is { } header && (header & IsMapped) == 0 && Fits(header, at, end, out ulong next))
            {
                sensible++;
                if (next + SmallestChunk > end)
                {
                    return chunk;
                }

                at = next;
            }

            if (sensible == 8)
            {
                return chunk;
            }
        }

        return null;
    }

    private static List<MallocBlock> WalkBlocks(ChildMemory memory, ulong start, ulong end)
    {
        List<MallocBlock> blocks = [];
        ulong page = (ulong)Environment.SystemPageSize;
        ulong at = start;
        while (at + page <= end)
        {
            if (BlockAt(memory, at, end) is { } bytes)
            {
                blocks.Add(new MallocBlock(at, (long)bytes));
                at += bytes;
            }
            else if (blocks.Count == 0 && at - start < MostBeforeBytes)
            {
                at += page;
            }
            else
            {
                break;
            }
        }

        return blocks;
    }

    /// <summary>The length of the block that begins at a page: nothing before it, and a whole number of pages.</summary>
    private static ulong? BlockAt(ChildMemory memory, ulong at, ulong end)
    {
        Span<ulong> words = stackalloc ulong[2];
        return memory.Read(at, MemoryMarshal.AsBytes(words)) == 16 && words[0] == 0 && (words[1] & FlagBits) == IsMapped
            && (words[1] & ~FlagBits) is > 0 and var bytes && bytes % (ulong)Environment.SystemPageSize == 0 && bytes <= end - at
            ? bytes
            : null;
    }

    private static ulong? Size(MemoryWindow window, ulong chunk)
    {
        ReadOnlySpan<byte> bytes = window.At(chunk, 16);
        return bytes.Length >= 16 ? MemoryMarshal.Read<ulong>(bytes[8..]) : null;
    }

    private static bool Fits(ulong header, ulong chunk, ulong end, out ulong next)
    {
        ulong size = header & ~FlagBits;
        next = chunk + size;
        return size >= SmallestChunk && size % 16 == 0 && size <= end - chunk;
    }
}
