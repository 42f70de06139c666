namespace ForkLint.Linux;

/// <summary>
/// What a fork adds to the host's commit charge, exactly: the whole length of every mapping that is accounted and not left out by
/// MADV_DONTFORK, whether touched or not (Linux mm/mmap.c, dup_mmap: VM_DONTCOPY is skipped, VM_ACCOUNT calls
/// security_vm_enough_memory_mm for all its pages; VM_WIPEONFORK changes nothing here).
/// </summary>
public static class CommitCharge
{
    /// <summary>The charge of a fork on this host, in bytes.</summary>
    public static long PredictBytes(IReadOnlyList<Mapping> mappings) => Sum(mappings, static m => m.IsCharged);

    /// <summary>
    /// What would be charged besides, had the same process run on a host with <c>overcommit_memory=2</c>, in bytes. There MAP_NORESERVE is ignored
    /// (Linux mm/mmap.c, do_mmap), so its private writable mappings are charged like any other.
    /// </summary>
    public static long NoReserveBytes(IReadOnlyList<Mapping> mappings) => Sum(mappings, IsChargedOnlyInStrictMode);

    /// <summary>The largest mapping that a fork charges, which alone decides in mode 0; null where nothing is charged.</summary>
    public static Mapping? LargestCharged(IReadOnlyList<Mapping> mappings)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        Mapping? largest = null;
        for (var index = 0; index < mappings.Count; index++)
        {
            largest = mappings[index].IsCharged && !(mappings[index].SizeBytes <= largest?.SizeBytes) ? mappings[index] : largest;
        }

        return largest;
    }

    /// <summary>
    /// Whether mode 2 alone would charge it: private, writable, MAP_NORESERVE, not hugetlb and not left out of a fork (Linux mm/vma.c,
    /// accountable_mapping; mm/mprotect.c, mprotect_fixup, for reserves made writable later, such as the arenas of glibc).
    /// </summary>
    public static bool IsChargedOnlyInStrictMode(Mapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        const VmFlags relevant = VmFlags.NoReserve | VmFlags.Writable | VmFlags.Shared | VmFlags.HugeTlb | VmFlags.DontCopy | VmFlags.Accounted;
        return (mapping.Flags & relevant) == (VmFlags.NoReserve | VmFlags.Writable);
    }

    // No LINQ over numbers: its code for them is not in the framework's images, and compiling it takes longer than the sum.
    private static long Sum(IReadOnlyList<Mapping> mappings, Func<Mapping, bool> counts)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        long sum = 0;
        for (var index = 0; index < mappings.Count; index++)
        {
            sum += counts(mappings[index]) ? mappings[index].SizeBytes : 0;
        }

        return sum;
    }
}
