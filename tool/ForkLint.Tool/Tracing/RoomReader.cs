using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tracing;

/// <summary>Reads how much memory the children of a process can have.</summary>
internal static class RoomReader
{
    /// <summary>The room below the limit over the process that leaves least, without this tool; null where it cannot be read, or a limit cannot be seen from here.</summary>
    /// <param name="pid">The process; this one for a command that it is going to start, which inherits its limits.</param>
    public static TraceRoom? Read(int pid)
    {
        var cgroup = MemoryCgroup.ForProcess(pid);
        if (!cgroup.IsOk || !ToolFootprint.ReadWithHost(pid).TryGet(out var read))
        {
            return null;
        }

        var (host, tool) = read;
        var room = MemoryRoom.Over(cgroup.ValueOr(null)?.Without(tool.BytesIn), host.Without(tool)).MinBy(static room => room.Bytes)!;
        return new TraceRoom(room.Rule, room.LimitBytes, room.UsedBytes, room.ReclaimableBytes, room.Bytes);
    }
}
