namespace ForkLint.Linux;

/// <summary>What the kernel does at a limit.</summary>
public enum MemoryLimitKind
{
    /// <summary>It reclaims, and then kills: memory.max, memory.limit_in_bytes.</summary>
    Kill,

    /// <summary>It reclaims and makes allocations wait, and kills nothing: memory.high.</summary>
    Throttle,
}

/// <summary>The nearest memory cgroup above a process that has a limit, and how much room is left in it.</summary>
public sealed record MemoryCgroup
{
    /// <summary>1 or 2.</summary>
    public required int Version { get; init; }

    /// <summary>The directory of the cgroup whose limit counts.</summary>
    public required string Path { get; init; }

    /// <summary>Its path from the root of our cgroup namespace, with a <c>/..</c> for each level above it; null where it was not looked up.</summary>
    public string? Group { get; init; }

    /// <summary>What to call it before people: its directory, or its path in the hierarchy where no directory shows it here.</summary>
    public string Name => DetachedMounts.Covers(Path) ? Group is { Length: > 0 } ? Group : "/" : Path;

    /// <summary>What happens at <see cref="LimitBytes"/>. A cgroup that sets both limits stands in the list of limits twice.</summary>
    public MemoryLimitKind Kind { get; init; }

    /// <summary>Its limit (memory.limit_in_bytes, memory.max; memory.high for <see cref="MemoryLimitKind.Throttle"/>).</summary>
    public required long LimitBytes { get; init; }

    /// <summary>What is charged to it, page cache and kernel memory included (memory.usage_in_bytes, memory.current).</summary>
    public required long UsageBytes { get; init; }

    /// <summary>Page cache on the inactive list, that of its children included.</summary>
    public required long InactiveFileBytes { get; init; }

    /// <summary>Page cache on the active list, that of its children included.</summary>
    public required long ActiveFileBytes { get; init; }

    /// <summary>Page tables (pagetables of memory.stat, cgroup v2 since Linux 5.10).</summary>
    public long? PageTableBytes { get; init; }

    /// <summary>How much more of it may be swapped out (memory.swap.max, memory.memsw.limit_in_bytes); null where swap is not limited or not counted.</summary>
    public long? SwapLeftBytes { get; init; }

    /// <summary>How much of it may be in swap in all (memory.swap.max, memory.memsw.limit_in_bytes less the limit); null where swap is not limited or not counted.</summary>
    public long? SwapLimitBytes { get; init; }

    /// <summary>The share of the last ten seconds in which some task of it waited for memory, in percent (memory.pressure, cgroup v2).</summary>
    public double? Pressure { get; init; }

    /// <summary>Whether an out-of-memory kill takes the whole cgroup (memory.oom.group, cgroup v2): Kubernetes sets it on containers.</summary>
    public bool? OomGroup { get; init; }

    /// <summary>How many of its processes were killed so far because memory ran out (memory.events or memory.oom_control).</summary>
    public long? OomKills { get; init; }

    /// <summary>Whether the kernel makes its processes wait at the limit instead of killing one (oom_kill_disable of memory.oom_control, version 1).</summary>
    public bool? OomKillDisabled { get; init; }

    /// <summary>How often its usage met the limit, and page cache had to go or a process to die (memory.failcnt, max of memory.events).</summary>
    public long? LimitHits { get; init; }

    /// <summary>The most that was charged to it at once, page cache included (memory.max_usage_in_bytes; memory.peak since Linux 5.19).</summary>
    public long? PeakBytes { get; init; }

    /// <summary>The limiting cgroups further up. A fork must fit into each of them.</summary>
    public IReadOnlyList<MemoryCgroup> OuterLimits { get; init; } = [];

    /// <summary>Page cache, which the kernel gives up before it kills.</summary>
    public long ReclaimableBytes => InactiveFileBytes + ActiveFileBytes;

    /// <summary>What is charged and is no page cache.</summary>
    public long UnreclaimableBytes => Math.Max(0, UsageBytes - ReclaimableBytes);

    /// <summary>
    /// What could still be charged after the page cache is reclaimed: limit − (usage − inactive_file − active_file). Counting page cache
    /// as used would call nearly every container full.
    /// </summary>
    public long HeadRoomBytes => LimitBytes - UnreclaimableBytes;

    /// <summary>This limit and those further up.</summary>
    public IEnumerable<MemoryCgroup> Limits => [this, .. OuterLimits];

    /// <summary>The limit with the least room, of either kind: this one or one further up.</summary>
    public MemoryCgroup TightestLimit => Limits.MinBy(static limit => limit.HeadRoomBytes)!;

    /// <summary>The limit of a kind with the least room: this one or one further up; null where there is none of that kind.</summary>
    public MemoryCgroup? Tightest(MemoryLimitKind kind) => Limits.Where(limit => limit.Kind == kind).MinBy(static limit => limit.HeadRoomBytes);

    /// <summary>The same limits with less charged to each of them.</summary>
    public MemoryCgroup Without(long bytes) => Without(_ => bytes);

    /// <summary>The same limits with less charged to some of them.</summary>
    /// <param name="bytes">What is gone from a cgroup.</param>
    public MemoryCgroup Without(Func<MemoryCgroup, long> bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return this with
        {
            UsageBytes = Math.Max(0, UsageBytes - bytes(this)),
            OuterLimits = [.. OuterLimits.Select(outer => outer with { UsageBytes = Math.Max(0, outer.UsageBytes - bytes(outer)) })],
        };
    }

    /// <summary>
    /// The nearest limiting memory cgroup of a process; a value of null where no ancestor that is visible here has a limit. A failure other than
    /// <see cref="ReadFailure.ProcessGone"/> says that there may be one that cannot be seen.
    /// </summary>
    /// <param name="pid">The process.</param>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static Reading<MemoryCgroup?> ForProcess(int pid, string procRoot = "/proc") =>
        CgroupLocator.Locate(new ProcessFiles(pid, procRoot), "memory", procRoot).Then(static located => located switch
        {
            { Places.Count: 0 } => Reading<MemoryCgroup?>.Ok(null),
            { Version: 1 } => MemoryCgroupReader.ReadVersion1(located),
            _ => MemoryCgroupReader.ReadVersion2(located),
        });

    /// <summary>The same cgroup read again, limits further up included: for a watchdog.</summary>
    public Reading<MemoryCgroup?> ReadAgain()
    {
        List<CgroupLocator.Place> places = [.. Limits.Select(static limit => new CgroupLocator.Place(limit.Path, limit.Group ?? "")).Distinct()];
        var located = new CgroupLocator.Located(Version, Path, places);
        return Version == 1 ? MemoryCgroupReader.ReadVersion1(located) : MemoryCgroupReader.ReadVersion2(located);
    }

    /// <summary>What is charged to this cgroup now: one number, cheap enough to be read every millisecond; null where it can no longer be read.</summary>
    public long? UsageNowBytes() => MemoryCgroupReader.UsageBytes(Version, Path);
}
