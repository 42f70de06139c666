namespace ForkLint.Linux;

/// <summary>
/// What a fork adds to the host's commit charge, exactly: the whole length of every mapping that is accounted and not left out by
/// MADV_DONTFORK, whether touched or not (Linux mm/mmap.c, dup_mmap: VM_DONTCOPY is skipped, VM_ACCOUNT calls
/// security_vm_enough_memory_mm for all its pages; VM_WIPEONFORK changes nothing here).
/// </summary>
public static class CommitCharge
{
    /// <summary>The charge of a fork on this host, in bytes.</summary>
    public static long PredictBytes(IEnumerable<Mapping> mappings) => mappings.Sum(static m => m.IsCharged ? m.SizeBytes : 0);

    /// <summary>
    /// The charge of the same process had it run on a host with <c>overcommit_memory=2</c>, in bytes. There MAP_NORESERVE is ignored
    /// (Linux mm/mmap.c, do_mmap), so its private writable mappings are charged like any other.
    /// </summary>
    public static long PredictStrictBytes(IEnumerable<Mapping> mappings) => mappings.Sum(static m => m.IsCharged || IsChargedOnlyInStrictMode(m) ? m.SizeBytes : 0);

    /// <summary>The part of <see cref="PredictStrictBytes"/> that this host does not charge, in bytes.</summary>
    public static long NoReserveBytes(IEnumerable<Mapping> mappings) => mappings.Sum(static m => IsChargedOnlyInStrictMode(m) ? m.SizeBytes : 0);

    /// <summary>The largest mapping that a fork charges, which alone decides in mode 0; null where nothing is charged.</summary>
    public static Mapping? LargestCharged(IEnumerable<Mapping> mappings) => mappings.Where(static m => m.IsCharged).MaxBy(static m => m.SizeBytes);

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
}
