using ForkLint.Linux;
using ForkLint.Tool.Fleet;

namespace ForkLint.Fleet.Tests.Support;

/// <summary>Looks that are made up: every figure is another one, so that two that are mixed up are seen.</summary>
internal static class Looks
{
    public const long MiB = 1 << 20;

    public static FleetProcess Shop { get; } = new()
    {
        Pid = 4242,
        Name = "Shop.Api",
        Runtime = "10.0.12",
        Group = "/shop",
        ResidentBytes = 271 * MiB,
        VirtualBytes = 51_000 * MiB,
        ProportionalBytes = 250 * MiB,
        UniqueBytes = 242 * MiB,
        ChargeBytes = 312 * MiB,
        ForkSucceeds = Answer.Yes,
        ForkMarginBytes = 100 * MiB,
        Tightest = new MemoryRoom { Rule = AdmissionRule.MemoryCgroup, Path = "/sys/fs/cgroup/shop", LimitBytes = 400 * MiB, UsedBytes = 300 * MiB, ReclaimableBytes = 20 * MiB },
        CollectorCeilingBytes = 299 * MiB,
        CollectorResidentBytes = 199 * MiB,
        Children = 3,
        ChildPeakBytes = 9 * MiB,
    };

    /// <summary>One that belongs to another user.</summary>
    public static FleetProcess Foreign { get; } = new() { Pid = 77, Name = "Other", ResidentBytes = 50 * MiB, VirtualBytes = 60 * MiB };

    public static FleetSnapshot Of(params FleetProcess[] processes) => new()
    {
        Processes = processes,
        Cgroups = [new FleetCgroup { Group = "/shop", LimitBytes = 400 * MiB, UsageBytes = 300 * MiB, ReclaimableBytes = 20 * MiB, OomKills = 2, LimitHits = 5 }],
        MachineOomKills = 4,
        Found = processes.Length,
        Unreadable = processes.Count(static process => process.ChargeBytes is null),
        MappingsRead = 1,
        Elapsed = TimeSpan.FromMilliseconds(25),
        ProcessorTime = TimeSpan.FromMilliseconds(12.5),
        Looks = 7,
        OwnResidentBytes = 30 * MiB,
    };
}
