using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>
/// Where the collector's heap lies in a process whose runtime cannot be asked: the collector reserves one range of address space, much larger than it needs, and makes
/// parts of it writable from the start on (coreclr gc.cpp, GCHeapAffinitizeRanges and reserve_initial_regions). Nothing else in a .NET process looks like that.
/// </summary>
public static class CollectorReserve
{
    /// <summary>The smallest reserve in one piece taken for one. An arena's is 64 MiB at most; the collector's is a multiple of its limit, or of the machine's memory.</summary>
    private const long SmallestBytes = 192L << 20;

    /// <summary>The ranges that look like it.</summary>
    /// <param name="mappings">The mappings, ascending.</param>
    public static IReadOnlyList<(ulong Start, ulong End)> Find(IReadOnlyList<Mapping> mappings)
    {
        List<(ulong, ulong)> found = [];
        for (int i = 0; i < mappings.Count;)
        {
            int first = i;
            long reserved = 0;
            long writable = 0;
            for (; i < mappings.Count && IsPart(mappings[i]) && (i == first || mappings[i].Start == mappings[i - 1].End); i++)
            {
                bool isWritable = mappings[i].Permissions[1] == 'w';
                reserved = isWritable ? reserved : Math.Max(reserved, mappings[i].SizeBytes);
                writable += isWritable ? mappings[i].SizeBytes : 0;
            }

            if (reserved >= SmallestBytes && writable > 0)
            {
                found.Add((mappings[first].Start, mappings[i - 1].End));
            }

            i = Math.Max(i, first + 1);
        }

        return found;
    }

    private static bool IsPart(Mapping mapping) =>
        mapping is { Path.Length: 0, IsPrivate: true } && mapping.Permissions is "---p" or "rw-p";
}
