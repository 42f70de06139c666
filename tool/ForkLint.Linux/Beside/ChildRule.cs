namespace ForkLint.Linux;

/// <summary>
/// Whether a child fits beside a process. A limit on memory in use refuses nothing: where the sum meets it the kernel reclaims page cache, swaps, and then
/// kills (memory.max, the machine) or makes every allocation wait (memory.high).
/// </summary>
public static class ChildRule
{
    /// <summary>
    /// What the sum may be off by, either way, as a part of the limit: page cache that is in use and cannot all be given up, charges that each processor
    /// holds in advance, slab.
    /// </summary>
    private const int UncertainPart = 50;

    /// <summary>How near to a limit nothing is certain, in bytes: 2 % of it.</summary>
    public static long UncertainBytes(MemoryRoom room)
    {
        ArgumentNullException.ThrowIfNull(room);
        return room.LimitBytes / UncertainPart;
    }

    /// <summary>Whether it fits: the least favourable of all places.</summary>
    /// <param name="rooms">The limits over the process, at least one.</param>
    /// <param name="child">What is to run beside it.</param>
    public static ChildVerdict Judge(IReadOnlyList<MemoryRoom> rooms, ChildSize child) => Judge(rooms, child, growthBytes: 0);

    /// <summary>The same, once the process has grown.</summary>
    /// <param name="rooms">The limits over the process, at least one.</param>
    /// <param name="child">What is to run beside it.</param>
    /// <param name="growthBytes">By how much the process grows.</param>
    public static ChildVerdict Judge(IReadOnlyList<MemoryRoom> rooms, ChildSize child, long growthBytes)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        ArgumentNullException.ThrowIfNull(child);
        return rooms.Select(room => In(room, child.NeededBytes, growthBytes)).Aggregate(static (worst, other) => Compare(other, worst) < 0 ? other : worst);
    }

    private static ChildVerdict In(MemoryRoom room, long neededBytes, long growthBytes)
    {
        var margin = room.Bytes - growthBytes - neededBytes;
        var band = UncertainBytes(room);
        return new ChildVerdict
        {
            Room = room,
            NeededBytes = neededBytes,
            MarginBytes = margin,
            Fits = margin >= band ? Answer.Yes
                : margin > -band || margin + room.SwapBytes >= band ? Answer.Uncertain
                : Answer.No,
        };
    }

    // Less is worse: the answer first, then the room.
    private static int Compare(ChildVerdict first, ChildVerdict second)
    {
        var answers = Rank(first.Fits).CompareTo(Rank(second.Fits));
        return answers != 0 ? answers : first.MarginBytes.CompareTo(second.MarginBytes);
    }

    private static int Rank(Answer answer) => answer switch
    {
        Answer.No => 0,
        Answer.Uncertain => 1,
        _ => 2,
    };
}
