using System.Globalization;

namespace ForkLint.Linux;

/// <summary>
/// Whether the kernel admits a fork: the rules of <c>overcommit_memory</c> 0, 1 and 2 (Linux mm/util.c, __vm_enough_memory, called for each
/// mapping by mm/mmap.c, dup_mmap), the room in the memory cgroup, and the limits on the number of tasks.
/// </summary>
public static class ForkAdmission
{
    /// <summary>What a memory cgroup must have left beyond the page tables: the kernel stack, the first copies, and a distance from the out-of-memory killer.</summary>
    public const long HeadRoomReserveBytes = 16L << 20;

    private const string Here = "here";

    /// <summary>Every rule: <c>here</c> first, then each overcommit mode, the memory cgroup, the task limits, and another machine where one is asked for.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="candidate">The process that would fork.</param>
    /// <param name="cgroup">Its nearest limiting memory cgroup; null without one.</param>
    /// <param name="pids">The limits on tasks; null where they could not be read.</param>
    /// <param name="asIf">Another machine; null where none is asked for.</param>
    public static IReadOnlyList<ForkVerdict> JudgeAll(HostMemory host, ForkCandidate candidate, MemoryCgroup? cgroup, PidLimits? pids, AsIf? asIf)
    {
        var verdicts = new List<ForkVerdict> { JudgeHere(host, candidate, cgroup, pids) };
        for (var mode = 0; mode <= 2; mode++)
        {
            verdicts.Add(JudgeCommit(host, candidate, mode));
        }

        if (cgroup is not null)
        {
            verdicts.Add(JudgeCgroup(cgroup, candidate.PageTableBytes));
        }

        if (pids is not null)
        {
            verdicts.Add(JudgePids(pids));
        }

        if (asIf is not null)
        {
            verdicts.Add(JudgeAsIf(host, candidate, asIf));
        }

        return verdicts;
    }

    /// <summary>Whether the fork succeeds here and now: the least favourable of the host's overcommit mode, the memory cgroup and the task limits.</summary>
    public static ForkVerdict JudgeHere(HostMemory host, ForkCandidate candidate, MemoryCgroup? cgroup, PidLimits? pids)
    {
        ArgumentNullException.ThrowIfNull(host);
        var worst = JudgeCommit(host, candidate, host.OvercommitMode);
        worst = cgroup is null ? worst : Worse(worst, JudgeCgroup(cgroup, candidate.PageTableBytes));
        worst = pids is null ? worst : Worse(worst, JudgePids(pids));
        return worst with { Where = Here, Reason = $"{worst.Where}: {worst.Reason}" };
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
            1 => new ForkVerdict { Where = where, Succeeds = Answer.Yes, Reason = "mode 1 refuses no commitment" },
            2 => StrictRule.Judge(where, host, candidate, countNoReserve: host.OvercommitMode != 2, committedIsGiven: false),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "overcommit_memory is 0, 1 or 2"),
        };
    }

    /// <summary>Whether the fork succeeds on another machine.</summary>
    public static ForkVerdict JudgeAsIf(HostMemory host, ForkCandidate candidate, AsIf asIf)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(asIf);
        var there = asIf.Apply(host);
        var moved = asIf.Privileged is { } privileged ? candidate with { Privileged = privileged } : candidate;

        // The mappings carry the flags of the mode they were made under: this host's, not the other machine's.
        var verdict = there.OvercommitMode == 2
            ? StrictRule.Judge("overcommit_memory=2", there, moved, host.OvercommitMode != 2, asIf.CommittedBytes is not null)
            : JudgeCommit(there, moved, there.OvercommitMode);
        if (asIf.MemoryLimitBytes is { } limit)
        {
            verdict = Worse(verdict, JudgeRoom(
                $"memory-limit={ByteSize.Format(limit)}",
                limit - candidate.AnonymousBytes,
                candidate.PageTableBytes,
                $"the limit of {ByteSize.Format(limit)} less {ByteSize.Format(candidate.AnonymousBytes)} of anonymous memory"));
        }

        return verdict with { Where = $"as-if {asIf}", Reason = $"{verdict.Where}: {verdict.Reason}" };
    }

    /// <summary>
    /// Whether the memory cgroup has room for the child's page tables and 16 MiB. Without it the kernel does not refuse: the
    /// out-of-memory killer ends the process inside the fork, so the answer is no below the page tables and uncertain below the sum.
    /// </summary>
    /// <param name="cgroup">The nearest limiting cgroup; the tightest of it and those further up counts.</param>
    /// <param name="pageTableBytes">The page tables of the process that forks.</param>
    public static ForkVerdict JudgeCgroup(MemoryCgroup cgroup, long pageTableBytes)
    {
        ArgumentNullException.ThrowIfNull(cgroup);
        var tightest = cgroup.Tightest;
        return JudgeRoom(
            "memory cgroup",
            tightest.HeadRoomBytes,
            pageTableBytes,
            $"{tightest.Path}, limit {ByteSize.Format(tightest.LimitBytes)}, used {ByteSize.Format(tightest.UsageBytes)} of which {ByteSize.Format(tightest.InactiveFileBytes + tightest.ActiveFileBytes)} is page cache");
    }

    /// <summary>Whether one more task is allowed (EAGAIN if not).</summary>
    public static ForkVerdict JudgePids(PidLimits pids)
    {
        ArgumentNullException.ThrowIfNull(pids);
        var tightest = pids.Tightest;
        if (tightest is null)
        {
            return new ForkVerdict { Where = "pids", Succeeds = Answer.Yes, Reason = "no limit on tasks applies" };
        }

        return new ForkVerdict
        {
            Where = "pids",
            Succeeds = tightest.Left > 0 ? Answer.Yes : Answer.No,
            Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{tightest.Name}: {tightest.Used} of {tightest.Limit} tasks are there{(tightest.Left > 0 ? "" : ", so clone fails with EAGAIN")}"),
        };
    }

    private static ForkVerdict JudgeRoom(string where, long headRoomBytes, long pageTableBytes, string of)
    {
        var margin = headRoomBytes - pageTableBytes - HeadRoomReserveBytes;
        var answer = margin >= 0 ? Answer.Yes : headRoomBytes < pageTableBytes ? Answer.No : Answer.Uncertain;
        var need = $"page tables of {ByteSize.Format(pageTableBytes)} + {ByteSize.Format(HeadRoomReserveBytes)}";
        return new ForkVerdict
        {
            Where = where,
            Succeeds = answer,
            Reason = margin >= 0
                ? $"room for {ByteSize.Format(headRoomBytes)} ({of}), and the fork needs {need}"
                : $"room for only {ByteSize.Format(headRoomBytes)} ({of}), but the fork needs {need}: the out-of-memory killer may end the process inside the fork",
            MarginBytes = margin >= 0 ? margin : null,
            ShortfallBytes = margin < 0 ? -margin : null,
        };
    }

    private static ForkVerdict Worse(ForkVerdict first, ForkVerdict second) => Rank(second.Succeeds) > Rank(first.Succeeds) ? second : first;

    private static int Rank(Answer answer) => answer switch
    {
        Answer.Yes => 0,
        Answer.Uncertain => 1,
        _ => 2,
    };
}
