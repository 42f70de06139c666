namespace ForkLint.Linux;

/// <summary>What the kernel remembers of the times when the whole machine, or a cgroup of it, had no memory left.</summary>
public static class OomRecord
{
    /// <summary>
    /// How many processes the out-of-memory killer has ended since the machine was started, in cgroups or not (oom_kill of vmstat, Linux 4.13);
    /// null where the kernel does not say.
    /// </summary>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static long? KilledProcesses(string procRoot = "/proc") =>
        ProcFile.Parse($"{procRoot}/vmstat", MemoryCgroupReader.ParseFlatKeyed).TryGet(out var counters) && counters.TryGetValue("oom_kill", out var kills) ? kills : null;
}
