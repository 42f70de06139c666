using ForkLint.Linux;

namespace ForkLint.Heap.Child;

/// <summary>One of glibc malloc's heaps (<c>[heap]</c>, or an arena's of at most 64 MiB) as its chunks say.</summary>
/// <param name="Start">The mapping's start.</param>
/// <param name="End">The mapping's end.</param>
/// <param name="IsMain">Grown by brk, rather than mapped.</param>
/// <param name="FreeBytes">In free chunks between others: charged, and not given back while anything lies behind them.</param>
/// <param name="FreePageBytes">Of these, in whole pages: what <c>malloc_trim</c> returns to the kernel, as resident memory.</param>
/// <param name="TopBytes">At the end: what <c>malloc_trim</c> takes off the charge too.</param>
internal sealed record MallocHeap(ulong Start, ulong End, bool IsMain, long FreeBytes, long FreePageBytes, long TopBytes);

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
    private const ulong ArenaAlignment = 64UL << 20;
    private const int PageBytes = 4096;

    /// <summary>Small mappings of others may have become one with a block's: so far from the start it is looked for.</summary>
    private const ulong MostBeforeBytes = 1 << 20;

    /// <summary>A chunk header before a block, and at an arena's start its heap_info, with or without the malloc_state behind it.</summary>
    private const int MostHeaderBytes = 0x1000;

    public static (IReadOnlyList<MallocHeap> Heaps, IReadOnlyList<MallocBlock> Blocks) Read(
        ChildMemory memory, IEnumerable<Mapping> mappings, Func<Mapping, bool> isOthers, CancellationToken cancellation)
    {
        List<MallocHeap> heaps = [];
        List<MallocBlock> blocks = [];
        foreach (Mapping mapping in mappings)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!mapping.Permissions.StartsWith("rw-p", StringComparison.Ordinal) || mapping.IsFile || isOthers(mapping))
            {
                continue;
            }

            bool isMain = mapping.Path == "[heap]";
            if (isMain || (mapping.Start % ArenaAlignment == 0 && mapping.SizeBytes <= (long)ArenaAlignment))
            {
                if (WalkHeap(memory, mapping, isMain) is { } heap)
                {
                    heaps.Add(heap);
                    continue;
                }
            }

            blocks.AddRange(WalkBlocks(memory, mapping));
        }

        return (heaps, blocks);
    }

    private static MallocHeap? WalkHeap(ChildMemory memory, Mapping mapping, bool isMain)
    {
        MemoryWindow window = new(memory, 1 << 16);
        window.Restrict(mapping.End);
        if (FirstChunk(window, mapping, isMain) is not { } chunk)
        {
            return null;
        }

        long free = 0;
        long pages = 0;
        while (true)
        {
            if (Size(window, chunk) is not { } header || !Fits(header, chunk, mapping.End, out ulong next))
            {
                return null;
            }

            if (next == mapping.End || next + SmallestChunk > mapping.End)
            {
                return new MallocHeap(mapping.Start, mapping.End, isMain, free, pages, (long)(mapping.End - chunk));
            }

            if (Size(window, next) is not { } nextHeader)
            {
                return null;
            }

            if ((nextHeader & PreviousInUse) == 0)
            {
                free += (long)(next - chunk);
                ulong firstPage = (chunk + SmallestChunk + PageBytes - 1) & ~(ulong)(PageBytes - 1);
                ulong lastPage = next & ~(ulong)(PageBytes - 1);
                pages += lastPage > firstPage ? (long)(lastPage - firstPage) : 0;
            }

            chunk = next;
        }
    }

    /// <summary>The first address from which a few chunks in a row make sense.</summary>
    private static ulong? FirstChunk(MemoryWindow window, Mapping mapping, bool isMain)
    {
        for (ulong chunk = mapping.Start + (isMain ? 0UL : 0x20UL); chunk < mapping.Start + MostHeaderBytes; chunk += 16)
        {
            ulong at = chunk;
            int sensible = 0;
            while (sensible < 8 && Size(window, at) is { } header && (header & IsMapped) == 0 && Fits(header, at, mapping.End, out ulong next))
            {
                sensible++;
                if (next + SmallestChunk > mapping.End)
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

    private static List<MallocBlock> WalkBlocks(ChildMemory memory, Mapping mapping)
    {
        List<MallocBlock> blocks = [];
        ulong at = mapping.Start;
        while (at + PageBytes <= mapping.End)
        {
            if (BlockAt(memory, at, mapping.End) is { } bytes)
            {
                blocks.Add(new MallocBlock(at, (long)bytes));
                at += bytes;
            }
            else if (blocks.Count == 0 && at - mapping.Start < MostBeforeBytes)
            {
                at += PageBytes;
            }
            else
            {
                break;
            }
        }

        return blocks;
    }

    /// <summary>The length of the block that begins at a page: nothing before it, and a whole number of pages.</summary>
    private static ulong? BlockAt(ChildMemory memory, ulong at, ulong end) =>
        memory.TryRead(at, out ulong before) && before == 0
        && memory.TryRead(at + 8, out ulong header) && (header & FlagBits) == IsMapped
        && (header & ~FlagBits) is > 0 and var bytes && bytes % PageBytes == 0 && bytes <= end - at
            ? bytes
            : null;

    private static ulong? Size(MemoryWindow window, ulong chunk)
    {
        ReadOnlySpan<byte> bytes = window.At(chunk, 16);
        return bytes.Length >= 16 ? System.Runtime.InteropServices.MemoryMarshal.Read<ulong>(bytes[8..]) : null;
    }

    private static bool Fits(ulong header, ulong chunk, ulong end, out ulong next)
    {
        ulong size = header & ~FlagBits;
        next = chunk + size;
        return size >= SmallestChunk && size % 16 == 0 && size <= end - chunk;
    }
}
