namespace ForkLint.Linux;

/// <summary>
/// What a fork allocates in the kernel at once, and a memory cgroup is charged for (GFP_KERNEL_ACCOUNT): the page tables, a copy of every mapping that the
/// child gets, and the task itself. Pages are copied later, as either side writes.
/// </summary>
public static class ForkKernelMemory
{
    /// <summary>
    /// A copied mapping that may have anonymous pages: its vm_area_struct, its share of the maple tree, an anon_vma of its own, and one anon_vma_chain for
    /// each of the two it is in (Linux mm/rmap.c, anon_vma_fork). Measured on Linux 6.18: 455 to 463 bytes each over 20,000 and 60,000 mappings; kernels
    /// from 5.10 on have larger and smaller structures, so this is rounded up.
    /// </summary>
    public const long AnonymousMappingBytes = 512;

    /// <summary>A copied mapping without anonymous pages: the vm_area_struct and its share of the tree. Measured: 199 to 203 bytes each.</summary>
    public const long PlainMappingBytes = 256;

    /// <summary>The kernel stack, the task, its signal and memory descriptors, the first level of the page tables. Measured below 100 KiB together.</summary>
    public const long TaskBytes = 128 << 10;

    /// <summary>The sum for a fork of a process, in bytes.</summary>
    /// <param name="mappings">Its mappings.</param>
    /// <param name="pageTableBytes">Its page tables: those of the child are no larger.</param>
    public static long Bytes(IReadOnlyList<Mapping> mappings, long pageTableBytes)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        var sum = TaskBytes + pageTableBytes;
        for (var index = 0; index < mappings.Count; index++)
        {
            sum += Bytes(mappings[index]);
        }

        return sum;
    }

    /// <summary>How many mappings a fork copies: all but those of MADV_DONTFORK.</summary>
    public static int CopiedMappings(IReadOnlyList<Mapping> mappings)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        var count = 0;
        for (var index = 0; index < mappings.Count; index++)
        {
            count += IsCopied(mappings[index]) ? 1 : 0;
        }

        return count;
    }

    private static long Bytes(Mapping mapping) =>
        !IsCopied(mapping) ? 0 : MayBeAnonymous(mapping) ? AnonymousMappingBytes : PlainMappingBytes;

    // A mapping keeps its anon_vma when its pages are gone or it is made read-only, and smaps does not show it: only what was never writable has none.
    private static bool MayBeAnonymous(Mapping mapping) =>
        mapping.AnonymousBytes > 0 || mapping.SwapBytes > 0 || (mapping.IsPrivate && (mapping.Flags & (VmFlags.Writable | VmFlags.Accounted)) != 0);

    private static bool IsCopied(Mapping mapping) => (mapping.Flags & VmFlags.DontCopy) == 0;
}
