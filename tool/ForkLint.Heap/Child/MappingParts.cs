using ForkLint.Heap.Roots;
using ForkLint.Linux;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Child;

/// <summary>
/// The kernel makes one mapping of anonymous neighbours with the same flags, so a large block may share one with the stack it happened to
/// be mapped behind, or with the collector's bookkeeping. Here each is a mapping of its own again.
/// </summary>
internal static class MappingParts
{
    private const ulong PageBytes = 4096;

    /// <summary>The mappings, cut where a stack or a range of the collector's begins and ends. Resident bytes of parts are counted page by page.</summary>
    public static IReadOnlyList<Mapping> Split(int pid, IReadOnlyList<Mapping> mappings, IReadOnlyList<ThreadStack> threads, CollectorRanges ranges)
    {
        List<Mapping> parts = [];
        for (int i = 0; i < mappings.Count; i++)
        {
            Mapping mapping = mappings[i];
            SortedSet<ulong> cuts = [];
            if (mapping is { IsCharged: true, IsFile: false, Path.Length: 0 })
            {
                // The lowest pages of a stack may be its guard, a mapping of its own: what counts is where it ends.
                foreach (ThreadStack stack in threads.Where(stack => stack.Low < mapping.End && mapping.Start < stack.High))
                {
                    cuts.Add(stack.Low < mapping.Start + (2 * PageBytes) ? mapping.Start : stack.Low);
                    cuts.Add(stack.High);
                }

                foreach (MemoryRange range in ranges.Heap.Concat(ranges.Bookkeeping).Concat(ranges.Frozen))
                {
                    cuts.Add(range.Start & ~(PageBytes - 1));
                    cuts.Add((range.End + PageBytes - 1) & ~(PageBytes - 1));
                }

                cuts.RemoveWhere(cut => cut <= mapping.Start || cut >= mapping.End);
                bool isGuarded = i > 0 && mappings[i - 1].End == mapping.Start && mappings[i - 1].SizeBytes == (long)PageBytes
                    && mappings[i - 1].Permissions.StartsWith("---", StringComparison.Ordinal);
                if (isGuarded && cuts.Count == 0 && mapping.SizeBytes > NativeRanges.UsualStackBytes)
                {
                    cuts.Add(mapping.Start + NativeRanges.UsualStackBytes);
                }
            }

            parts.AddRange(cuts.Count == 0 ? [mapping] : Cut(pid, mapping, cuts));
        }

        return parts;
    }

    private static IEnumerable<Mapping> Cut(int pid, Mapping mapping, SortedSet<ulong> cuts)
    {
        using PageMap? pages = PageMap.Open(pid) is { IsOk: true } opened ? opened.Value : null;
        ulong start = mapping.Start;
        foreach (ulong end in cuts.Append(mapping.End))
        {
            double share = (double)(end - start) / mapping.SizeBytes;
            long resident = pages?.Count(start, end) is { IsOk: true } count
                ? count.Value.Present * (long)PageBytes
                : (long)(mapping.ResidentBytes * share);
            yield return mapping with
            {
                Start = start,
                End = end,
                ResidentBytes = resident,
                AnonymousBytes = Math.Min(resident, mapping.AnonymousBytes),
            };
            start = end;
        }
    }
}
