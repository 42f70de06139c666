namespace ForkLint.Linux.Tests.Support;

/// <summary>Machines and processes made up for the rules.</summary>
internal static class Samples
{
    public const long MiB = 1L << 20;
    public const long GiB = 1L << 30;

    /// <summary>8 GiB of RAM, 1 GiB of swap, 4 processors; 2 GiB committed of 5 GiB; reserves of 8 and 128 MiB; the counter may be off by 32 MiB.</summary>
    public static HostMemory Host(int mode) => new()
    {
        Kernel = "6.1.0-25-amd64",
        PageSizeBytes = 4096,
        TotalBytes = 8 * GiB,
        SwapTotalBytes = GiB,
        FreeBytes = GiB,
        AvailableBytes = 3 * GiB,
        HugeTlbBytes = 0,
        CommitLimitBytes = 5 * GiB,
        CommittedBytes = 2 * GiB,
        OvercommitMode = mode,
        OvercommitRatioPercent = 50,
        OvercommitKbytes = 0,
        AdminReserveBytes = 8 * MiB,
        UserReserveBytes = 128 * MiB,
        CpuCount = 4,
    };

    /// <summary>A mapping of a size with flags.</summary>
    public static Mapping Map(long size, VmFlags flags, ulong start = 0x7f00_0000_0000) => new()
    {
        Start = start,
        End = start + (ulong)size,
        Permissions = "rw-p",
        OffsetBytes = 0,
        Inode = 0,
        Path = "",
        Flags = flags,
    };

    /// <summary>A charged mapping of a size.</summary>
    public static Mapping Charged(long size) => Map(size, VmFlags.Readable | VmFlags.Writable | VmFlags.Accounted);

    /// <summary>A process of 100 GiB address space without privileges that has these mappings.</summary>
    public static ForkCandidate Candidate(params Mapping[] mappings) => new()
    {
        Mappings = mappings,
        VirtualBytes = 100 * GiB,
        Privileged = false,
        PageTableBytes = 2 * MiB,
        AnonymousBytes = 300 * MiB,
    };
}
