using System.Collections.Concurrent;
using ForkLint.Linux;

namespace ForkLint.Tool.Processes;

/// <summary>What is read once for every process of a list.</summary>
/// <param name="Memory">The machine, this tool included.</param>
/// <param name="Tool">This tool.</param>
internal sealed record HostLook(HostMemory Memory, ToolFootprint Tool)
{
    private readonly ConcurrentDictionary<string, Reading<MemoryCgroup?>> _cgroups = new(StringComparer.Ordinal);

    /// <summary>The limits on tasks.</summary>
    public TaskCensus Tasks { get; } = new();

    /// <summary>Reads it; null where /proc does not say.</summary>
    /// <param name="measuredPid">The one process that is asked about; 0 for a list.</param>
    public static HostLook? Read(int measuredPid = 0) =>
        ToolFootprint.ReadWithHost(measuredPid).TryGet(out var read) ? new HostLook(read.Host, read.Tool) : null;

    /// <summary>The memory cgroups that limit a process, this tool included: those of processes in the same cgroups are read once.</summary>
    public Reading<MemoryCgroup?> CgroupOf(ProcessFiles process)
    {
        if (CgroupKey.Of(process) is not { } key)
        {
            return MemoryCgroup.ForProcess(process.Pid);
        }

        if (_cgroups.TryGetValue(key, out var known))
        {
            return known;
        }

        // Of a failure another process may know more: where a cgroup is not mounted here, it is looked for in what the process has mounted.
        var read = MemoryCgroup.ForProcess(process.Pid);
        return read.IsOk ? _cgroups.GetOrAdd(key, read) : read;
    }
}
