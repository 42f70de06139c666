using ForkLint.Linux;

namespace ForkLint.Tool.Commands;

/// <summary>How much memory of this machine the heap reader may take: the application must not be short of it.</summary>
/// <param name="Bytes">So much.</param>
/// <param name="Limit">What sets that limit, for people.</param>
internal sealed record ReaderRoom(long Bytes, string Limit)
{
    /// <summary>What stays for everybody else.</summary>
    private const long MarginBytes = 24L << 20;

    /// <summary>The room there is now; null where the machine's memory cannot be read.</summary>
    public static ReaderRoom? Read()
    {
        if (!HostMemory.Read().TryGet(out var host))
        {
            return null;
        }

        List<ReaderRoom> rooms = [new(host.AvailableBytes - MarginBytes, "the machine's available memory")];
        if (host.OvercommitMode == 2)
        {
            rooms.Add(new(host.CommitLimitBytes - host.CommittedBytes - host.AdminReserveBytes - MarginBytes, "the machine's commit limit"));
        }

        if (MemoryCgroup.ForProcess(Environment.ProcessId) is { IsOk: true, Value: { } own })
        {
            rooms.Add(new(own.TightestLimit.HeadRoomBytes - MarginBytes, $"this tool's memory cgroup {own.TightestLimit.Path}"));
        }

        return rooms.MinBy(static room => room.Bytes);
    }
}
