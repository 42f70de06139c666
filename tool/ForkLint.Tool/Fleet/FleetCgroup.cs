using ForkLint.Linux;

namespace ForkLint.Tool.Fleet;

/// <summary>A memory cgroup that limits at least one of the processes.</summary>
internal sealed record FleetCgroup
{
    /// <summary>Its path from the root of this process's cgroup namespace, else its directory.</summary>
    public required string Group { get; init; }

    /// <summary>The limit at which the kernel kills; null where only <c>memory.high</c> is set.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>The limit at which the kernel makes allocations wait (<c>memory.high</c>); null where it is not set.</summary>
    public long? HighBytes { get; init; }

    /// <summary>What is charged to it, page cache included.</summary>
    public required long UsageBytes { get; init; }

    /// <summary>Page cache in the usage of a memory cgroup.</summary>
    public required long ReclaimableBytes { get; init; }

    /// <summary>How many of its processes the kernel has killed because memory ran out; null where the kernel does not say.</summary>
    public long? OomKills { get; init; }

    /// <summary>How often its usage has met the limit; null where the kernel does not say.</summary>
    public long? LimitHits { get; init; }

    /// <summary>The cgroups of a process's limits, one for each directory.</summary>
    public static IEnumerable<FleetCgroup> Of(MemoryCgroup cgroup) => cgroup.Limits.GroupBy(static limit => limit.Path, StringComparer.Ordinal).Select(static places => new FleetCgroup
    {
        Group = NameOf(places.First()),
        LimitBytes = places.FirstOrDefault(static limit => limit.Kind == MemoryLimitKind.Kill)?.LimitBytes,
        HighBytes = places.FirstOrDefault(static limit => limit.Kind == MemoryLimitKind.Throttle)?.LimitBytes,
        UsageBytes = places.First().UsageBytes,
        ReclaimableBytes = places.First().ReclaimableBytes,
        OomKills = places.First().OomKills,
        LimitHits = places.First().LimitHits,
    });

    /// <summary>What a cgroup is called.</summary>
    public static string NameOf(MemoryCgroup cgroup) => cgroup.Group is { Length: > 0 } group ? group : cgroup.Name;
}
