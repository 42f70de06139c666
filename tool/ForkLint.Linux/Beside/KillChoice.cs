namespace ForkLint.Linux;

/// <summary>The process that the kernel would kill first.</summary>
public sealed record KillChoice
{
    /// <summary>The process that is chosen; null for the child that is to run.</summary>
    public ProcessMemory? Process { get; init; }

    /// <summary>Whether another may be chosen instead, because both are of nearly the same size.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>The other one, where that is so; null for the child, or where it is certain.</summary>
    public ProcessMemory? Otherwise { get; init; }

    /// <summary>Whether all processes of the cgroup go with it (memory.oom.group).</summary>
    public bool WholeCgroup { get; init; }
}

/// <summary>
/// Predicts which process the kernel kills when memory runs out: the one with the most points. A page in memory, in swap or of page tables is one, and
/// oom_score_adj adds or takes thousandths of the limit (Linux mm/oom_kill.c, oom_badness). Before Linux 5.1 it killed a child of that process instead.
/// </summary>
public static class KillRule
{
    private const int Never = -1000;

    /// <summary>The points of a process in bytes, at least and at most: file pages count until they are reclaimed. Null where it is never killed.</summary>
    /// <param name="process">The process.</param>
    /// <param name="scoredBytes">What oom_score_adj is a share of (<see cref="MemoryRoom.ScoredBytes"/>).</param>
    public static (long Least, long Most)? Points(ProcessMemory process, long scoredBytes)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (process.ScoreAdjustment == Never)
        {
            return null;
        }

        var least = process.AnonymousBytes + process.SharedMemoryBytes + process.SwapBytes + process.PageTableBytes + Adjusted(process.ScoreAdjustment, scoredBytes);
        return (least, least + process.FileBytes);
    }

    /// <summary>The process that it kills when a child grows until nothing is left.</summary>
    /// <param name="room">The limit that is met: the kernel chooses among the processes below it.</param>
    /// <param name="processes">These processes.</param>
    /// <param name="child">What is to run.</param>
    /// <param name="parentPid">Who starts it: a child inherits oom_score_adj.</param>
    /// <param name="wholeCgroup">Whether memory.oom.group is set.</param>
    /// <returns>Null if the kernel kills no process there, or may kill none.</returns>
    public static KillChoice? Choose(MemoryRoom room, IReadOnlyList<ProcessMemory> processes, ChildSize child, int parentPid, bool wholeCgroup = false)
    {
        ArgumentNullException.ThrowIfNull(room);
        ArgumentNullException.ThrowIfNull(processes);
        ArgumentNullException.ThrowIfNull(child);
        if (room.Rule == AdmissionRule.MemoryHigh)
        {
            return null;
        }

        List<(ProcessMemory? Process, long Least, long Most)> candidates = [];
        foreach (var process in processes)
        {
            if (Points(process, room.ScoredBytes) is var (least, most))
            {
                candidates.Add((process, least, most));
            }
        }

        var adjustment = processes.FirstOrDefault(process => process.Pid == parentPid)?.ScoreAdjustment ?? 0;
        if (adjustment != Never)
        {
            var added = Adjusted(adjustment, room.ScoredBytes);
            var (least, most) = AtTheLimit(room, child);
            candidates.Add((null, least + added, most + added));
        }

        if (candidates.Count == 0)
        {
            return null;
        }

        var first = candidates.MaxBy(static candidate => candidate.Least + candidate.Most);
        var rivals = candidates.Where(candidate => !ReferenceEquals(candidate.Process, first.Process) && candidate.Most >= first.Least).ToList();
        return new KillChoice
        {
            Process = first.Process,
            IsUncertain = rivals.Count > 0,
            Otherwise = rivals.Count > 0 ? rivals.MaxBy(static rival => rival.Most).Process : null,
            WholeCgroup = wholeCgroup && room.Rule == AdmissionRule.MemoryCgroup,
        };
    }

    /// <summary>
    /// How large a child is when the limit is met, page tables included. Several that grow side by side share the room; of several that grow one after the
    /// other the first is whole. Within the band where nothing is certain the limit may be met earlier or later.
    /// </summary>
    private static (long Least, long Most) AtTheLimit(MemoryRoom room, ChildSize child)
    {
        var whole = child.Bytes + child.PageTableBytes;
        var left = Math.Max(0, room.Bytes);
        var band = ChildRule.UncertainBytes(room);
        return (Math.Min(whole, Math.Max(0, left - band) / child.Count), Math.Min(whole, left + band));
    }

    // The kernel divides first: adj *= totalpages / 1000.
    private static long Adjusted(int adjustment, long scoredBytes) => adjustment * (scoredBytes / 1000);
}
