namespace ForkLint.Linux;

/// <summary>The nearest memory cgroup above a process that has a limit, and how much room is left in it.</summary>
public sealed record MemoryCgroup
{
    /// <summary>1 or 2.</summary>
    public required int Version { get; init; }

    /// <summary>The directory of the cgroup whose limit counts.</summary>
    public required string Path { get; init; }

    /// <summary>Its limit (memory.limit_in_bytes, memory.max).</summary>
    public required long LimitBytes { get; init; }

    /// <summary>What is charged to it, page cache and kernel memory included (memory.usage_in_bytes, memory.current).</summary>
    public required long UsageBytes { get; init; }

    /// <summary>Page cache on the inactive list, that of its children included.</summary>
    public required long InactiveFileBytes { get; init; }

    /// <summary>Page cache on the active list, that of its children included.</summary>
    public required long ActiveFileBytes { get; init; }

    /// <summary>Page tables (pagetables of memory.stat, cgroup v2 since Linux 5.10).</summary>
    public long? PageTableBytes { get; init; }

    /// <summary>Where the kernel begins to throttle (memory.high, cgroup v2); null where unset.</summary>
    public long? HighBytes { get; init; }

    /// <summary>The share of the last ten seconds in which some task of it waited for memory, in percent (memory.pressure, cgroup v2).</summary>
    public double? Pressure { get; init; }

    /// <summary>Whether an out-of-memory kill takes the whole cgroup (memory.oom.group, cgroup v2): Kubernetes sets it on containers.</summary>
    public bool? OomGroup { get; init; }

    /// <summary>How many of its processes were killed for want of memory so far (memory.events or memory.oom_control).</summary>
    public long? OomKills { get; init; }

    /// <summary>The limiting cgroups further up. A fork must fit into each of them.</summary>
    public IReadOnlyList<MemoryCgroup> OuterLimits { get; init; } = [];

    /// <summary>
    /// What could still be charged after the page cache is reclaimed: limit − (usage − inactive_file − active_file). Counting page cache
    /// as used would call nearly every container full.
    /// </summary>
    public long HeadRoomBytes => LimitBytes - Math.Max(0, UsageBytes - InactiveFileBytes - ActiveFileBytes);

    /// <summary>The limiting cgroup with the least room: this one or one further up.</summary>
    public MemoryCgroup Tightest => OuterLimits.Aggregate(this, static (tightest, outer) => outer.HeadRoomBytes < tightest.HeadRoomBytes ? outer : tightest);

    /// <summary>The nearest limiting memory cgroup of a process; a value of null where no ancestor that is visible here has a limit.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static Reading<MemoryCgroup?> ForProcess(int pid, string procRoot = "/proc") =>
        CgroupLocator.Locate(new ProcessFiles(pid, procRoot), "memory", procRoot)
            .Then(static located => located.Version == 1 ? MemoryCgroupReader.ReadVersion1(located) : MemoryCgroupReader.ReadVersion2(located));

    /// <summary>The same cgroup read again, limits further up included: for a watchdog.</summary>
    public Reading<MemoryCgroup?> ReadAgain() => Version == 1
        ? MemoryCgroupReader.ReadVersion1(new CgroupLocator.Located(1, Path, [Path, .. OuterLimits.Select(static o => o.Path)]))
        : MemoryCgroupReader.ReadVersion2(new CgroupLocator.Located(2, Path, [Path, .. OuterLimits.Select(static o => o.Path)]));
}
