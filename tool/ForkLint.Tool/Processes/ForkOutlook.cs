using ForkLint.Linux;

namespace ForkLint.Tool.Processes;

/// <summary>What the next fork of a process meets, and what is left beside it, as it can be told from outside.</summary>
/// <param name="Situation">The machine, the process and the limits over it.</param>
internal sealed record ForkOutlook(ForkSituation Situation)
{
    private ForkVerdict? _verdict;

    /// <summary>Whether the fork would succeed here; worked out when it is first asked for.</summary>
    public ForkVerdict Verdict => _verdict ??= ForkAdmission.JudgeHere(Situation);

    /// <summary>The limit with the least room for a child beside the process; null where one applies that cannot be seen from here.</summary>
    public MemoryRoom? Tightest { get; } = Situation.HiddenCgroup is null ? MemoryRoom.Over(Situation).MinBy(static room => room.Bytes) : null;

    /// <summary>Works it out for a process whose mappings were read; null where it has ended.</summary>
    public static ForkOutlook? Of(ProcessFiles process, IReadOnlyList<Mapping> mappings, HostLook host) =>
        ForkCandidate.Read(process, mappings).TryGet(out var candidate) ? Of(process, candidate, host) : null;

    /// <summary>Works it out for a process that was read.</summary>
    public static ForkOutlook Of(ProcessFiles process, ForkCandidate candidate, HostLook host)
    {
        var cgroup = host.CgroupOf(process);
        var pids = PidLimits.Read(process.Pid, census: host.Tasks);
        var situation = new ForkSituation
        {
            Host = host.Memory.Without(host.Tool),
            Candidate = candidate,
            Cgroup = cgroup.ValueOr(null)?.Without(host.Tool.BytesIn),
            HiddenCgroup = cgroup.IsOk ? null : cgroup.Detail,
            Pids = pids.IsOk ? pids.Value : null,
        };
        return new ForkOutlook(situation);
    }
}
