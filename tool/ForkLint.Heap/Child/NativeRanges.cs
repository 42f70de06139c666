using ForkLint.Heap.Roots;
using ForkLint.Linux;

namespace ForkLint.Heap.Child;

/// <summary>Large memory that is neither the collector's nor a stack nor one of malloc's heaps.</summary>
/// <param name="Start">Where it begins; for a block of malloc's, at its header.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="IsMalloc">A block that malloc mapped by itself.</param>
/// <param name="Mapping">The mapping it lies in.</param>
internal sealed record NativeRange(ulong Start, long Bytes, bool IsMalloc, Mapping Mapping);

/// <summary>Sorts the anonymous mappings: stacks, blocks of malloc's, and what somebody mapped himself.</summary>
internal sealed class NativeRanges
{
    /// <summary>What glibc gives a thread where nothing else is asked for (RLIMIT_STACK's usual value).</summary>
    internal const long UsualStackBytes = 8 << 20;

    private readonly IReadOnlyList<Mapping> _mappings;
    private readonly IReadOnlyList<ThreadStack> _threads;
    private readonly HashSet<ulong> _guardEnds;

    public NativeRanges(IReadOnlyList<Mapping> mappings, IReadOnlyList<ThreadStack> threads)
    {
        _mappings = mappings;
        _threads = threads;
        _guardEnds = [.. mappings.Where(guard => guard.SizeBytes == 4096 && guard.Permissions.StartsWith("---", StringComparison.Ordinal)).Select(guard => guard.End)];
    }

    /// <summary>The blocks and mappings of at least so many bytes, by address.</summary>
    public IReadOnlyList<NativeRange> Large(IReadOnlyList<MallocHeap> heaps, IReadOnlyList<MallocBlock> blocks, CollectorRanges ranges, long smallestBytes)
    {
        List<NativeRange> found = [];
        HashSet<ulong> known = [.. heaps.Select(heap => heap.Start)];
        foreach (MallocBlock block in blocks)
        {
            if (_mappings.FirstOrDefault(mapping => block.Start >= mapping.Start && block.Start < mapping.End) is { } mapping)
            {
                known.Add(mapping.Start);
                found.Add(new NativeRange(block.Start, block.Bytes, IsMalloc: true, mapping));
            }
        }

        found.AddRange(_mappings
            .Where(mapping => mapping is { IsCharged: true, IsFile: false, Path.Length: 0 }
                && !known.Contains(mapping.Start) && !ranges.Owns(mapping.Start, mapping.End) && !IsStack(mapping))
            .Select(mapping => new NativeRange(mapping.Start, mapping.SizeBytes, IsMalloc: false, mapping)));
        return [.. found.Where(range => range.Bytes >= smallestBytes).OrderBy(range => range.Start)];
    }

    /// <summary>A managed thread's, or shaped like any other thread's: a guard right below (glibc nptl/allocatestack.c) and one of the usual sizes.</summary>
    public bool IsStack(Mapping mapping) =>
        IsManagedStack(mapping)
        || (mapping.SizeBytes is UsualStackBytes or (UsualStackBytes - 4096) && _guardEnds.Contains(mapping.Start));

    /// <summary>The stack of a thread that runs managed code.</summary>
    public bool IsManagedStack(Mapping mapping) =>
        _threads.Any(stack => stack.Low < mapping.End && mapping.Start < stack.High);
}
