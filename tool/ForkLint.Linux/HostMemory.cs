using System.Globalization;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>What the kernel knows of the machine's memory, and how it admits new commitments of it.</summary>
public sealed record HostMemory
{
    /// <summary>The kernel's release, such as <c>6.1.0-25-amd64</c>.</summary>
    public required string Kernel { get; init; }

    /// <summary>The size of a base page.</summary>
    public required long PageSizeBytes { get; init; }

    /// <summary>RAM as the kernel counts it (MemTotal).</summary>
    public required long TotalBytes { get; init; }

    /// <summary>All swap (SwapTotal).</summary>
    public required long SwapTotalBytes { get; init; }

    /// <summary>Swap that is free (SwapFree).</summary>
    public long SwapFreeBytes { get; init; }

    /// <summary>Unused RAM (MemFree).</summary>
    public required long FreeBytes { get; init; }

    /// <summary>What could be had without swapping (MemAvailable, Linux 3.14); free memory and page cache on older kernels.</summary>
    public required long AvailableBytes { get; init; }

    /// <summary>RAM set aside for hugetlb pages of all sizes (Hugetlb, Linux 4.16; on older kernels the default size alone).</summary>
    public required long HugeTlbBytes { get; init; }

    /// <summary>The limit that mode 2 enforces, before the reserves (CommitLimit).</summary>
    public required long CommitLimitBytes { get; init; }

    /// <summary>What all processes of the host are charged for together (Committed_AS). The kernel sums it exactly for this file since 5.9.</summary>
    public required long CommittedBytes { get; init; }

    /// <summary><c>vm.overcommit_memory</c>: 0 heuristic, 1 always, 2 strict.</summary>
    public required int OvercommitMode { get; init; }

    /// <summary><c>vm.overcommit_ratio</c>.</summary>
    public required long OvercommitRatioPercent { get; init; }

    /// <summary><c>vm.overcommit_kbytes</c> (Linux 3.14), in kB; 0 where the ratio counts.</summary>
    public required long OvercommitKbytes { get; init; }

    /// <summary><c>vm.admin_reserve_kbytes</c> in bytes: kept for CAP_SYS_ADMIN in mode 2.</summary>
    public required long AdminReserveBytes { get; init; }

    /// <summary><c>vm.user_reserve_kbytes</c> in bytes: at most this much of mode 2's limit is kept from one process.</summary>
    public required long UserReserveBytes { get; init; }

    /// <summary>The processors that are present, not those this process may run on: they decide how far the kernel's counter may be off.</summary>
    public required int CpuCount { get; init; }

    /// <summary>Where it was read, for <see cref="CommittedBytesNow"/>.</summary>
    public string ProcRoot { get; init; } = "/proc";

    /// <summary>What this tool and its helpers are charged for, which <see cref="CommittedBytes"/> does not hold; 0 where it was not taken out.</summary>
    public long ToolChargeBytes { get; init; }

    /// <summary>What this tool and its helpers have in memory, which <see cref="AvailableBytes"/> counts as available; 0 where it was not taken out.</summary>
    public long ToolResidentBytes { get; init; }

    /// <summary>The machine as it is without this tool: the observer does not count.</summary>
    public HostMemory Without(ToolFootprint tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return this with
        {
            CommittedBytes = Math.Max(0, CommittedBytes - tool.ChargeBytes),
            FreeBytes = Math.Min(TotalBytes, FreeBytes + tool.ResidentBytes),
            AvailableBytes = Math.Min(TotalBytes, AvailableBytes + tool.ResidentBytes),
            ToolChargeBytes = tool.ChargeBytes,
            ToolResidentBytes = tool.ResidentBytes,
        };
    }

    /// <summary>
    /// How far the counter that mode 2 compares may be from the sum that meminfo prints, either way. The kernel adds up in a batch per
    /// processor of max(RAM / processors / 256, 2 × processors, 32) pages (Linux mm/mm_init.c, mm_compute_batch, with the divisor of
    /// OVERCOMMIT_NEVER; num_present_cpus), and compares the part that has been added (percpu_counter_read_positive in
    /// __vm_enough_memory). RAM / 256 on most machines: 94 MiB of 24 GiB, 2 MiB of 512 MiB.
    /// </summary>
    public long CounterErrorBytes
    {
        get
        {
            var cpus = Math.Max(1, CpuCount);
            var batchPages = Math.Max(Math.Min(TotalBytes / PageSizeBytes / cpus / 256, int.MaxValue), Math.Max(32, 2 * cpus));
            return batchPages * cpus * PageSizeBytes;
        }
    }

    // A ratio may be any number: two of these still fit into a long.
    private const long LargestLimitBytes = 1L << 61;

    /// <summary>
    /// Mode 2's limit computed as the kernel does (mm/util.c, vm_commit_limit): overcommit_kbytes if set, else the ratio of RAM without
    /// hugetlb pages; swap added.
    /// </summary>
    public long ComputeCommitLimitBytes()
    {
        var pages = OvercommitKbytes > 0
            ? OvercommitKbytes * 1024 / PageSizeBytes
            : (long)Int128.Min(LargestLimitBytes / PageSizeBytes, (Int128)Math.Max(0, (TotalBytes - HugeTlbBytes) / PageSizeBytes) * OvercommitRatioPercent / 100);
        return Math.Min(LargestLimitBytes, pages * PageSizeBytes) + Math.Min(LargestLimitBytes, SwapTotalBytes);
    }

    /// <summary>Reads meminfo, the overcommit settings and the reserves.</summary>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static Reading<HostMemory> Read(string procRoot = "/proc")
    {
        var meminfo = ProcFile.Parse($"{procRoot}/meminfo", MeminfoParser.Parse);
        if (!meminfo.TryGet(out var memory))
        {
            return meminfo.FailAs<HostMemory>();
        }

        var mode = ProcFile.ReadLong($"{procRoot}/sys/vm/overcommit_memory");
        if (!mode.TryGet(out var overcommitMode))
        {
            return mode.FailAs<HostMemory>();
        }

        var ratio = ProcFile.ReadLong($"{procRoot}/sys/vm/overcommit_ratio");
        if (!ratio.TryGet(out var ratioPercent))
        {
            return ratio.FailAs<HostMemory>();
        }

        // Linux 3.10 and 3.14 brought these; before, there was nothing to reserve or set.
        long Sysctl(string name) => ProcFile.ReadLong($"{procRoot}/sys/vm/{name}").ValueOr(0);
        return Reading<HostMemory>.Ok(new HostMemory
        {
            Kernel = ProcFile.ReadTrimmed($"{procRoot}/sys/kernel/osrelease").ValueOr("unknown"),
            PageSizeBytes = Environment.SystemPageSize,
            TotalBytes = memory.TotalBytes,
            SwapTotalBytes = memory.SwapTotalBytes,
            SwapFreeBytes = memory.SwapFreeBytes,
            FreeBytes = memory.FreeBytes,
            AvailableBytes = memory.AvailableBytes ?? memory.FreeBytes + memory.CachedBytes,
            HugeTlbBytes = memory.HugeTlbBytes,
            CommitLimitBytes = memory.CommitLimitBytes,
            CommittedBytes = memory.CommittedBytes,
            OvercommitMode = (int)overcommitMode,
            OvercommitRatioPercent = ratioPercent,
            OvercommitKbytes = Sysctl("overcommit_kbytes"),
            AdminReserveBytes = Sysctl("admin_reserve_kbytes") * 1024,
            UserReserveBytes = Sysctl("user_reserve_kbytes") * 1024,
            CpuCount = ReadCpuCount(procRoot),
            ProcRoot = procRoot,
        });
    }

    /// <summary>Committed_AS as it is now; null where meminfo can no longer be read.</summary>
    public long? CommittedBytesNow() =>
        ProcFile.Parse($"{ProcRoot}/meminfo", MeminfoParser.Parse).TryGet(out var memory) ? memory.CommittedBytes : null;

    /// <summary>Available memory and free swap as they are now; null where meminfo can no longer be read.</summary>
    public long? RoomNowBytes() => ProcFile.Parse($"{ProcRoot}/meminfo", MeminfoParser.Parse).TryGet(out var memory)
        ? (memory.AvailableBytes ?? memory.FreeBytes + memory.CachedBytes) + memory.SwapFreeBytes
        : null;

    /// <summary>The kernel's major and minor version, null where the release does not start with two numbers.</summary>
    public (int Major, int Minor)? KernelVersion()
    {
        var parts = Kernel.Split('.', '-', '+');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
                ? (major, minor)
                : null;
    }

    // Environment.ProcessorCount obeys affinity and cgroup quotas; the kernel's batch does not: it asks for the processors that are present
    // ("0-3,6"). Where /sys does not tell, /proc/stat has a line for each that is online, but lxcfs hides processors from it: at worst the band of
    // uncertainty becomes that of fewer processors.
    private static int ReadCpuCount(string procRoot)
    {
        if (procRoot == "/proc" && ProcFile.ReadTrimmed("/sys/devices/system/cpu/present").TryGet(out var present) && CountProcessors(present) is { } count)
        {
            return count;
        }

        var online = ProcFile.Parse($"{procRoot}/stat", static text =>
        {
            var cpus = 0;
            while (Utf8Text.NextLine(ref text, out var line) && line.StartsWith("cpu"u8))
            {
                cpus += line.Length > 3 && line[3] is >= (byte)'0' and <= (byte)'9' ? 1 : 0;
            }

            return Reading<int>.Ok(cpus);
        });
        return online.TryGet(out var lines) && lines > 0 ? lines : Environment.ProcessorCount;
    }

    /// <summary>How many processors a list such as <c>0-3,6</c> names; null where it is none.</summary>
    public static int? CountProcessors(string text)
    {
        var count = 0;
        foreach (var range in text.Split(','))
        {
            var ends = range.Split('-', 2);
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || last < first)
            {
                return null;
            }

            count += last - first + 1;
        }

        return count;
    }
}
