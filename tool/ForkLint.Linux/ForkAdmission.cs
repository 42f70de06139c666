using System.Globalization;

namespace ForkLint.Linux;

/// <summary>
/// Whether the kernel admits a fork: the rules of <c>overcommit_memory</c> 0, 1 and 2 (Linux mm/util.c, __vm_enough_memory, called for each
/// mapping by mm/mmap.c, dup_mmap), the room in the memory cgroups and on the machine, and the limits on the number of tasks.
/// </summary>
public static class ForkAdmission
{
    /// <summary>What must be left beyond the kernel memory of the fork: the first copies, and a distance from the out-of-memory killer.</summary>
    public const long HeadRoomReserveBytes = 16L << 20;

    /// <summary>
    /// Every rule: <c>here</c> first, then each overcommit mode, the memory cgroups, the machine's available memory, the task limits, and another
    /// machine where one is asked for.
    /// </summary>
    /// <param name="situation">The machine, the process and its limits.</param>
    /// <param name="asIf">Another machine; null where none is asked for.</param>
    public static IReadOnlyList<ForkVerdict> JudgeAll(ForkSituation situation, AsIf? asIf)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var verdicts = new List<ForkVerdict> { JudgeHere(situation) };
        for (var mode = 0; mode <= 2; mode++)
        {
            verdicts.Add(JudgeCommit(situation.Host, situation.Candidate, mode));
        }

        verdicts.AddRange(Limits(situation));
        if (asIf is not null)
        {
            verdicts.Add(JudgeAsIf(situation, asIf));
        }

        return verdicts;
    }

    /// <summary>Whether the fork succeeds here and now: the least favourable of all rules that apply.</summary>
    public static ForkVerdict JudgeHere(ForkSituation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        return Together(
            AdmissionRule.Here,
            "here",
            [JudgeCommit(situation.Host, situation.Candidate, situation.Host.OvercommitMode), .. Limits(situation)]);
    }

    /// <summary>Whether the host would admit the charge under an overcommit mode, its own or another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The mode is not 0, 1 or 2.</exception>
    public static ForkVerdict JudgeCommit(HostMemory host, ForkCandidate candidate, int mode)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(candidate);
        var where = string.Create(CultureInfo.InvariantCulture, $"overcommit_memory={mode}");
        return mode switch
        {
            0 => HeuristicRule.Judge(where, host, candidate),
            1 => new ForkVerdict { Rule = AdmissionRule.Always, Where = where, Succeeds = Answer.Yes, Reason = "mode 1 refuses no commitment" },
            2 => StrictRule.Judge(where, host, candidate, host.OvercommitMode),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "overcommit_memory is 0, 1 or 2"),
        };
    }

    /// <summary>Whether the fork succeeds on another machine. A container whose limit is not given has the limits that apply here.</summary>
    public static ForkVerdict JudgeAsIf(ForkSituation situation, AsIf asIf)
    {
        ArgumentNullException.ThrowIfNull(situation);
        ArgumentNullException.ThrowIfNull(asIf);
        var (host, candidate) = (situation.Host, situation.Candidate);
        var there = asIf.Apply(host);
        var moved = asIf.Privileged is { } privileged ? candidate with { Privileged = privileged } : candidate;

        // The mappings carry the flags of the mode they were made under: this host's, not the other machine's.
        List<ForkVerdict> verdicts =
        [
            there.OvercommitMode == 2
                ? StrictRule.Judge("overcommit_memory=2", there, moved, host.OvercommitMode, asIf)
                : JudgeCommit(there, moved, there.OvercommitMode),
        ];
        if (asIf.MemoryLimitBytes is { } limit)
        {
            verdicts.Add(RoomRule.JudgeOtherLimit(limit, situation));
        }
        else if (situation.Cgroup is { } cgroup)
        {
            verdicts.AddRange(JudgeCgroup(cgroup, moved, there.SwapFreeBytes));
        }

        return Together(AdmissionRule.Elsewhere, $"as-if {asIf}", verdicts);
    }

    /// <summary>
    /// Whether the memory cgroups have room for the kernel memory of the fork and 16 MiB. Without it the kernel does not refuse: the out-of-memory killer
    /// ends the process inside the fork, so the answer is no below the kernel memory and uncertain below the sum.
    /// </summary>
    /// <param name="cgroup">The nearest limiting cgroup; the tightest of it and those further up counts.</param>
    /// <param name="candidate">The process that forks.</param>
    /// <param name="swapFreeBytes">The machine's free swap.</param>
    /// <returns>A verdict for the limit at which the kernel kills and one for <c>memory.high</c>, where they are set.</returns>
    public static IReadOnlyList<ForkVerdict> JudgeCgroup(MemoryCgroup cgroup, ForkCandidate candidate, long swapFreeBytes = 0)
    {
        ArgumentNullException.ThrowIfNull(cgroup);
        ArgumentNullException.ThrowIfNull(candidate);
        return [.. new[] { RoomRule.JudgeLimit(cgroup, candidate, swapFreeBytes), RoomRule.JudgeHigh(cgroup, candidate) }.OfType<ForkVerdict>()];
    }

    /// <summary>Whether one more task is allowed (EAGAIN if not).</summary>
    public static ForkVerdict JudgePids(PidLimits pids)
    {
        ArgumentNullException.ThrowIfNull(pids);
        var tightest = pids.Tightest;
        if (tightest is null)
        {
            return new ForkVerdict { Rule = AdmissionRule.Tasks, Where = "pids", Succeeds = Answer.Yes, Reason = "no limit on tasks applies" };
        }

        return new ForkVerdict
        {
            Rule = AdmissionRule.Tasks,
            Where = "pids",
            Succeeds = tightest.Left > 0 ? Answer.Yes : Answer.No,
            Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{tightest.Name}: {tightest.Used} of {tightest.Limit} tasks exist{(tightest.Left > 0 ? "" : ", so clone fails with EAGAIN")}"),
        };
    }

    private static List<ForkVerdict> Limits(ForkSituation situation)
    {
        List<ForkVerdict> verdicts = [];
        if (situation.Cgroup is { } cgroup)
        {
            verdicts.AddRange(JudgeCgroup(cgroup, situation.Candidate, situation.Host.SwapFreeBytes));
        }

        if (situation.HiddenCgroup is { } hidden)
        {
            verdicts.Add(new ForkVerdict { Rule = AdmissionRule.MemoryCgroup, Where = "memory cgroup", Succeeds = Answer.Uncertain, Reason = $"its limits are not visible here: {hidden}" });
        }

        verdicts.Add(RoomRule.JudgeMachine(situation.Host, situation.Candidate));
        if (situation.Pids is { } pids)
        {
            verdicts.Add(JudgePids(pids));
        }

        return verdicts;
    }

    private static ForkVerdict Together(AdmissionRule rule, string where, IEnumerable<ForkVerdict> verdicts)
    {
        var worst = ForkVerdict.Worst(verdicts);
        return worst with { Rule = rule, DecidedBy = worst.Rule, Where = where, Reason = $"{worst.Where}: {worst.Reason}" };
    }
}
