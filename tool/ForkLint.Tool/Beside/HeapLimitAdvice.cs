using ForkLint.Linux;

namespace ForkLint.Tool.Beside;

/// <summary>Which limit on the collector's heap leaves room for a child: limit = heap + the rest of what is used + the child.</summary>
/// <param name="ContainerBytes">The memory limit that the collector reckons with.</param>
/// <param name="ResidentBytes">What of its heap is in memory.</param>
/// <param name="LiveBytes">What of it is alive; null where the heap was not read, and then none of it counts as garbage.</param>
internal sealed record HeapLimitAdvice(long ContainerBytes, long ResidentBytes, long? LiveBytes)
{
    /// <summary>What a heap needs beside what is alive: the budget of the youngest generation and the collector's own tables.</summary>
    private const long SmallestSlackBytes = 16L << 20;

    /// <summary>The percentage of the container's memory to set, such that a child fits with certainty; null where none is enough for what is alive.</summary>
    /// <param name="rooms">The limits over the process.</param>
    /// <param name="child">The child.</param>
    public int? Percent(IEnumerable<MemoryRoom> rooms, ChildSize child)
    {
        var most = rooms.Min(room => room.Bytes - ChildRule.UncertainBytes(room) - child.NeededBytes) + ResidentBytes;
        var least = LiveBytes is { } live ? live + Math.Max(SmallestSlackBytes, live / 4) : ResidentBytes;
        var percent = (int)Math.Clamp(most * 100 / ContainerBytes, 0, 99);
        return percent > 0 && ContainerBytes / 100 * percent >= least ? percent : null;
    }
}
