namespace ForkLint.Linux;

/// <summary>One line of <c>/proc/PID/maps</c>: a range of the address space and what backs it.</summary>
public record MapRegion
{
    /// <summary>The first address.</summary>
    public required ulong Start { get; init; }

    /// <summary>The address behind the last.</summary>
    public required ulong End { get; init; }

    /// <summary>Four letters, such as <c>rw-p</c>; <c>s</c> at the end where shared.</summary>
    public required string Permissions { get; init; }

    /// <summary>Where in the file it starts.</summary>
    public required ulong OffsetBytes { get; init; }

    /// <summary>The file's inode; 0 for anonymous memory.</summary>
    public required ulong Inode { get; init; }

    /// <summary>The file, a name in brackets such as <c>[heap]</c>, or empty for anonymous memory. A deleted file ends in <c> (deleted)</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The length of the range.</summary>
    public long SizeBytes => (long)(End - Start);

    /// <summary>Whether writes go to memory of the process alone.</summary>
    public bool IsPrivate => Permissions[3] == 'p';

    /// <summary>Whether the memory is backed by a file: neither anonymous nor one of the kernel's own.</summary>
    public bool IsFile => Path.Length > 0 && Path[0] != '[';
}

/// <summary>One mapping of <c>/proc/PID/smaps</c> with what is resident of it. A figure that the kernel does not print is 0.</summary>
public sealed record Mapping : MapRegion
{
    /// <summary>Resident, shared pages included (Rss).</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Resident, each page divided by the number of processes that map it (Pss).</summary>
    public long ProportionalBytes { get; init; }

    /// <summary>Pages of this process alone, not written (Private_Clean).</summary>
    public long PrivateCleanBytes { get; init; }

    /// <summary>Pages of this process alone, written (Private_Dirty).</summary>
    public long PrivateDirtyBytes { get; init; }

    /// <summary>Pages that others map too, not written (Shared_Clean).</summary>
    public long SharedCleanBytes { get; init; }

    /// <summary>Pages that others map too, written (Shared_Dirty).</summary>
    public long SharedDirtyBytes { get; init; }

    /// <summary>Pages that belong to no file (Anonymous).</summary>
    public long AnonymousBytes { get; init; }

    /// <summary>Transparent huge pages among them (AnonHugePages).</summary>
    public long AnonymousHugePageBytes { get; init; }

    /// <summary>Pages in swap (Swap).</summary>
    public long SwapBytes { get; init; }

    /// <summary>The size of the kernel's pages for this mapping (KernelPageSize): 2 MiB for hugetlb, else the base page.</summary>
    public long KernelPageSizeBytes { get; init; }

    /// <summary>The kernel's flags.</summary>
    public VmFlags Flags { get; init; }

    /// <summary>Whether a fork charges the whole length: accounted, and not left out by MADV_DONTFORK (Linux mm/mmap.c, dup_mmap).</summary>
    public bool IsCharged => (Flags & (VmFlags.Accounted | VmFlags.DontCopy)) == VmFlags.Accounted;
}
