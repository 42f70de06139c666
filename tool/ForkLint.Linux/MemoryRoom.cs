namespace ForkLint.Linux;

/// <summary>
/// How much more memory fits below one limit: that of a memory cgroup, or the machine's. What a fork needs and what a child beside the process needs
/// are held against the same room.
/// </summary>
public sealed record MemoryRoom
{
    /// <summary>What sets the limit: <see cref="AdmissionRule.MemoryCgroup"/>, <see cref="AdmissionRule.MemoryHigh"/> or <see cref="AdmissionRule.AvailableMemory"/>.</summary>
    public required AdmissionRule Rule { get; init; }

    /// <summary>The directory of the cgroup; null for the machine and for a container that is only supposed.</summary>
    public string? Path { get; init; }

    /// <summary>What to call that cgroup before people; null where <see cref="Path"/> is.</summary>
    public string? Name { get; init; }

    /// <summary>The limit; all RAM for the machine.</summary>
    public required long LimitBytes { get; init; }

    /// <summary>What is used of it, page cache included.</summary>
    public required long UsedBytes { get; init; }

    /// <summary>What of it the kernel gives up before it kills: page cache.</summary>
    public required long ReclaimableBytes { get; init; }

    /// <summary>How much the kernel could swap out to make room.</summary>
    public long SwapBytes { get; init; }

    /// <summary>
    /// What oom_score_adj is a share of: the limit and the swap that may be used with it (Linux mm/oom_kill.c, constrained_alloc: mem_cgroup_get_max, or all
    /// RAM and swap).
    /// </summary>
    public long ScoredBytes { get; init; }

    /// <summary>Whether this is the whole machine.</summary>
    public bool IsMachine => Rule == AdmissionRule.AvailableMemory;

    /// <summary>What could still be used: limit − (used − reclaimable). Negative where the limit is below what is used.</summary>
    public long Bytes => LimitBytes - (UsedBytes - ReclaimableBytes);

    /// <summary>The room below one cgroup's limit.</summary>
    /// <param name="cgroup">The cgroup; those further up are not looked at.</param>
    /// <param name="swapFreeBytes">The machine's free swap.</param>
    /// <param name="swapTotalBytes">All of its swap.</param>
    public static MemoryRoom Of(MemoryCgroup cgroup, long swapFreeBytes, long swapTotalBytes)
    {
        ArgumentNullException.ThrowIfNull(cgroup);
        return new MemoryRoom
        {
            Rule = cgroup.Kind == MemoryLimitKind.Throttle ? AdmissionRule.MemoryHigh : AdmissionRule.MemoryCgroup,
            Path = cgroup.Path,
            Name = cgroup.Name,
            LimitBytes = cgroup.LimitBytes,
            UsedBytes = cgroup.UnreclaimableBytes + cgroup.ReclaimableBytes,
            ReclaimableBytes = cgroup.ReclaimableBytes,

            // Version 1 with memsw counts swap in the same limit, so that nothing is left of it where both are equal.
            SwapBytes = Math.Min(cgroup.SwapLeftBytes ?? 0, swapFreeBytes),
            ScoredBytes = cgroup.LimitBytes + Math.Min(cgroup.SwapLimitBytes ?? swapTotalBytes, swapTotalBytes),
        };
    }

    /// <summary>The room on the machine: what the kernel says is available (MemAvailable).</summary>
    public static MemoryRoom Of(HostMemory host)
    {
        ArgumentNullException.ThrowIfNull(host);

        // MemAvailable is below MemFree where the kernel's watermarks are larger than the page cache.
        var free = Math.Min(host.FreeBytes, host.AvailableBytes);
        return new MemoryRoom
        {
            Rule = AdmissionRule.AvailableMemory,
            LimitBytes = host.TotalBytes,
            UsedBytes = host.TotalBytes - free,
            ReclaimableBytes = host.AvailableBytes - free,
            SwapBytes = host.SwapFreeBytes,
            ScoredBytes = host.TotalBytes + host.SwapTotalBytes,
        };
    }

    /// <summary>Every limit over a process, from its own memory cgroup up to the machine.</summary>
    public static IReadOnlyList<MemoryRoom> Over(ForkSituation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        return Over(situation.Cgroup, situation.Host);
    }

    /// <summary>Every limit, from the memory cgroups up to the machine.</summary>
    /// <param name="cgroup">The nearest limiting cgroup; null without one.</param>
    /// <param name="host">The machine.</param>
    public static IReadOnlyList<MemoryRoom> Over(MemoryCgroup? cgroup, HostMemory host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return [.. (cgroup?.Limits ?? []).Select(limit => Of(limit, host.SwapFreeBytes, host.SwapTotalBytes)), Of(host)];
    }

    /// <summary>
    /// Every limit that would be over the process on another machine or in another container. A container whose limit is not given has the limits that apply
    /// here; one that is given holds what the process's memory cgroup holds here, or without one the process alone.
    /// </summary>
    public static IReadOnlyList<MemoryRoom> Over(ForkSituation situation, AsIf asIf)
    {
        ArgumentNullException.ThrowIfNull(situation);
        ArgumentNullException.ThrowIfNull(asIf);
        var there = asIf.Apply(situation.Host);
        return asIf.MemoryLimitBytes is { } limit ? [Supposed(limit, situation), Of(there)] : Over(situation.Cgroup, there);
    }

    /// <summary>A container of a size that is only supposed, with what it would hold.</summary>
    internal static MemoryRoom Supposed(long limitBytes, ForkSituation situation)
    {
        var used = situation.Cgroup?.UnreclaimableBytes ?? situation.Candidate.OwnMemoryBytes;
        return new MemoryRoom { Rule = AdmissionRule.MemoryCgroup, LimitBytes = limitBytes, UsedBytes = used, ReclaimableBytes = 0, ScoredBytes = limitBytes };
    }
}
