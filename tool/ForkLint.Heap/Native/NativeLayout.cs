using ForkLint.Heap.Child;
using ForkLint.Linux;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Native;

/// <summary>The whole address space of a process, in pieces of one owner each: no byte is in two of them.</summary>
internal sealed class NativeLayout
{
    /// <summary>Ascending.</summary>
    public required IReadOnlyList<MemoryPiece> Pieces { get; init; }

    /// <summary>The stacks, ascending.</summary>
    public required IReadOnlyList<NativeStack> Stacks { get; init; }

    /// <summary>Where the static variables of programs lie that start as zero, ascending.</summary>
    public required IReadOnlyList<ProgramData> ZeroData { get; init; }

    /// <summary>What malloc's heaps look like inside.</summary>
    public required IReadOnlyList<MallocHeap> Heaps { get; init; }

    /// <summary>The memory allocator that the process loaded instead of its C library's; null where there is none.</summary>
    public required Allocator? Allocator { get; init; }

    /// <summary>Its C library.</summary>
    public CLibrary Library { get; init; }

    /// <summary>The largest bytes that are zero from the low end of each stack with huge pages on, by its start.</summary>
    public required IReadOnlyDictionary<ulong, long> TouchedBytes { get; init; }

    /// <summary>What the next fork is charged.</summary>
    public long ChargeBytes => Pieces.Sum(static piece => piece.ChargeBytes);

    /// <summary>What a child has resident.</summary>
    public long CopiedBytes => Pieces.Sum(static piece => piece.CopiedBytes);

    /// <summary>The pieces of one owner.</summary>
    public IEnumerable<MemoryPiece> Of(PieceOwner owner) => Pieces.Where(piece => piece.Owner == owner);

    /// <summary>The program or library that static variables belong to.</summary>
    public string ProgramOf(MemoryPiece piece) => ZeroData.First(data => data.Start <= piece.Mapping.Start && piece.Mapping.Start < data.End).Path;

    /// <summary>The blocks and mappings of at least so many bytes, by address.</summary>
    public IReadOnlyList<NativeRange> Large(long smallestBytes) =>
    [
        .. Pieces
            .Where(piece => piece.Owner is PieceOwner.MallocBlock or PieceOwner.Anonymous && Math.Max(piece.ChargeBytes, piece.CopiedBytes) >= smallestBytes)
            .Select(static piece => new NativeRange(piece.Mapping.Start, piece.Mapping.SizeBytes, piece.Owner == PieceOwner.MallocBlock, piece)),
    ];

    /// <summary>Sorts the memory of a process.</summary>
    /// <param name="process">The process or its copy.</param>
    /// <param name="memory">Its memory; null where it may not be read: then only what the kernel says is known.</param>
    /// <param name="mappings">Its mappings, ascending.</param>
    /// <param name="runtime">What its runtime says of it.</param>
    /// <param name="cancellation">Stops.</param>
    public static NativeLayout Read(ProcessView process, ChildMemory? memory, IReadOnlyList<Mapping> mappings, RuntimeMemory runtime, CancellationToken cancellation)
    {
        OwnedRanges owned = new();
        if (runtime.Ranges is { } ranges)
        {
            owned.Add(ranges.Frozen.Select(Pages), PieceOwner.GcFrozen);
            owned.Add(ranges.Bookkeeping.Select(Pages), PieceOwner.GcBookkeeping);
            owned.Add(ranges.Heap.Select(Pages), PieceOwner.GcHeap);
        }

        IReadOnlyList<NativeStack> stacks = memory is null
            ? []
            : NativeStacks.Find(memory, mappings, runtime.Stacks, process.Threads(), address => owned.Intersects(address, address + 1));
        owned.Add(stacks.Select(static stack => (stack.Low, stack.High)), PieceOwner.Stack);

        IReadOnlyList<ProgramData> zero = memory is null ? [] : ProgramData.Find(memory, mappings);
        owned.Add(zero.Select(static data => (data.Start, data.End)), PieceOwner.ZeroData);

        IReadOnlyList<MallocHeap> heaps = [];
        if (memory is not null)
        {
            (heaps, IReadOnlyList<MallocBlock> blocks) = MallocHeaps.Read(memory, mappings.SelectMany(mapping => owned.Rest(mapping)), cancellation);
            owned.Add(heaps.Select(static heap => (heap.Start, heap.End)), PieceOwner.MallocHeap);
            owned.Add(blocks.Select(static block => (block.Start, block.Start + (ulong)block.Bytes)), PieceOwner.MallocBlock);
        }

        if (runtime is { Ranges: null, MayHaveReserve: true })
        {
            // Last: what lies right beside the reserve and is known to be another's is not part of it.
            owned.Add(CollectorReserve.Find(mappings), PieceOwner.GcHeap);
        }

        IReadOnlyList<MemoryPiece> pieces = PieceCutter.Cut(process.OpenPages, mappings, owned);
        return new NativeLayout
        {
            Pieces = pieces,
            Stacks = stacks,
            ZeroData = zero,
            Heaps = heaps,
            Allocator = Allocator.Find(mappings),
            Library = CLibraries.Of(mappings.Select(static mapping => mapping.Path)),
            TouchedBytes = memory is null ? new Dictionary<ulong, long>() : StackDepth.Read(memory, pieces, stacks, process.KnowsResidency),
        };
    }

    private static (ulong Start, ulong End) Pages(MemoryRange range)
    {
        ulong page = (ulong)Environment.SystemPageSize;
        return (range.Start & ~(page - 1), (range.End + page - 1) & ~(page - 1));
    }
}
