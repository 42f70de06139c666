using System.Globalization;

namespace ForkLint.Linux;

/// <summary>
/// Where memory is counted as it is used: memory cgroups and the machine itself. A fork needs its kernel memory at once
/// (<see cref="ForkKernelMemory"/>). Without it the kernel does not refuse: its out-of-memory killer ends a process inside the fork.
/// </summary>
internal static class RoomRule
{
    /// <summary>The cgroup with the least room before the killer.</summary>
    public static ForkVerdict? JudgeLimit(MemoryCgroup cgroup, ForkCandidate candidate, long swapFreeBytes)
    {
        if (cgroup.Tightest(MemoryLimitKind.Kill) is not { } tightest)
        {
            return null;
        }

        return Judge(
            AdmissionRule.MemoryCgroup,
            "memory cgroup",
            MemoryRoom.Of(tightest, swapFreeBytes, swapFreeBytes),
            Describe(tightest),
            candidate);
    }

    /// <summary>The cgroup with the least room before the kernel slows its processes down; null where none sets that limit.</summary>
    public static ForkVerdict? JudgeHigh(MemoryCgroup cgroup, ForkCandidate candidate)
    {
        if (cgroup.Tightest(MemoryLimitKind.Throttle) is not { } tightest)
        {
            return null;
        }

        var margin = tightest.HeadRoomBytes - candidate.KernelBytes;
        return new ForkVerdict
        {
            Rule = AdmissionRule.MemoryHigh,
            Where = "memory.high",
            Succeeds = Answer.Yes,
            Reason = margin >= 0
                ? $"room for {ByteSize.Format(tightest.HeadRoomBytes)} before the kernel slows it down ({Describe(tightest)}); the fork needs {Need(candidate)}"
                : $"the fork takes the cgroup over memory.high ({Describe(tightest)}): the kernel kills nothing there, and makes every allocation wait",
            MarginBytes = Math.Max(0, margin),
        };
    }

    /// <summary>The machine's available memory and free swap.</summary>
    public static ForkVerdict JudgeMachine(HostMemory host, ForkCandidate candidate) => Judge(
        AdmissionRule.AvailableMemory,
        "available memory",
        MemoryRoom.Of(host),
        $"MemAvailable {ByteSize.Format(host.AvailableBytes)}{(host.SwapFreeBytes > 0 ? $", free swap {ByteSize.Format(host.SwapFreeBytes)}" : "")}",
        candidate);

    /// <summary>A container of another size.</summary>
    public static ForkVerdict JudgeOtherLimit(long limitBytes, ForkSituation situation)
    {
        var room = MemoryRoom.Supposed(limitBytes, situation);
        return Judge(
            AdmissionRule.MemoryCgroup,
            $"memory-limit={ByteSize.FormatGiven(limitBytes)}",
            room,
            $"the limit of {ByteSize.FormatGiven(limitBytes)} less {ByteSize.Format(room.UsedBytes)} that {(situation.Cgroup is null ? "the process has in memory" : "its memory cgroup uses here")}, page cache not counted",
            situation.Candidate);
    }

    private static ForkVerdict Judge(AdmissionRule rule, string where, MemoryRoom room, string source, ForkCandidate candidate)
    {
        // MemAvailable is the kernel's own guess at what it can free: it never makes a fork fail for certain.
        var margin = room.Bytes - candidate.KernelBytes - ForkAdmission.HeadRoomReserveBytes;
        var isSwapEnough = margin < 0 && margin + room.SwapBytes >= 0;
        var answer = margin >= 0 || (isSwapEnough && rule == AdmissionRule.AvailableMemory)
            ? Answer.Yes
            : room.Bytes < candidate.KernelBytes && !isSwapEnough && rule != AdmissionRule.AvailableMemory ? Answer.No : Answer.Uncertain;
        var need = $"{Need(candidate)} + {ByteSize.Format(ForkAdmission.HeadRoomReserveBytes)}";
        return new ForkVerdict
        {
            Rule = rule,
            Where = where,
            Succeeds = answer,
            Reason = margin >= 0
                ? $"room for {ByteSize.Format(room.Bytes)} ({source}), and the fork needs {need}"
                : $"room for only {ByteSize.Format(room.Bytes)} ({source}), but the fork needs {need}: {(isSwapEnough ? "it depends on what the kernel can swap out" : "the out-of-memory killer may end the process inside the fork")}",
            MarginBytes = margin >= 0 ? margin : answer == Answer.Yes ? margin + room.SwapBytes : null,
            ShortfallBytes = margin < 0 && answer != Answer.Yes ? -margin : null,
        };
    }

    private static string Need(ForkCandidate candidate) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ByteSize.Format(candidate.KernelBytes)} of kernel memory (page tables of {ByteSize.Format(candidate.PageTableBytes)}, {candidate.CopiedMappings} mappings, a task)");

    private static string Describe(MemoryCgroup cgroup) =>
        $"{cgroup.Name}, {(cgroup.Kind == MemoryLimitKind.Throttle ? "memory.high" : "limit")} {ByteSize.Format(cgroup.LimitBytes)}, used {ByteSize.Format(cgroup.UsageBytes)} of which {ByteSize.Format(cgroup.ReclaimableBytes)} is page cache";
}
