using System.Collections.Concurrent;
using System.Globalization;

namespace ForkLint.Linux;

/// <summary>
/// How many tasks there are and how many are allowed, for a caller that asks about many processes: what they have in common is read when it is first asked for, and once.
/// </summary>
/// <param name="procRoot">Where procfs is mounted.</param>
public sealed class TaskCensus(string procRoot = "/proc")
{
    private readonly Lazy<Dictionary<uint, long>> _byUser = new(() => CountByUser(procRoot));
    private readonly Lazy<(TaskLimit? Threads, TaskLimit? Pids)> _machine = new(() => ReadMachine(procRoot));
    private readonly ConcurrentDictionary<string, IReadOnlyList<TaskLimit>> _cgroups = new(StringComparer.Ordinal);

    /// <summary>kernel.threads-max; null where it could not be read.</summary>
    public TaskLimit? Threads => _machine.Value.Threads;

    /// <summary>kernel.pid_max; null where it could not be read.</summary>
    public TaskLimit? Pids => _machine.Value.Pids;

    /// <summary>The tasks of a real user, as far as /proc shows them.</summary>
    public long Of(uint uid) => _byUser.Value.GetValueOrDefault(uid);

    /// <summary>The limits on tasks of the cgroups of a process, the nearest first.</summary>
    public IReadOnlyList<TaskLimit> Cgroups(ProcessFiles process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return CgroupKey.Of(process) is { } key ? _cgroups.GetOrAdd(key, _ => ReadCgroups(process)) : [];
    }

    private List<TaskLimit> ReadCgroups(ProcessFiles process)
    {
        var limits = new List<TaskLimit>();
        if (!CgroupLocator.Locate(process, "pids", procRoot).TryGet(out var located))
        {
            return limits;
        }

        foreach (var directory in located.Places.Select(static place => place.Directory))
        {
            // The root has no pids.max, and where it says "max" there is no limit.
            if (ProcFile.ReadLong($"{directory}/pids.max").TryGet(out var limit) && ProcFile.ReadLong($"{directory}/pids.current").TryGet(out var current))
            {
                limits.Add(new TaskLimit($"{directory}/pids.max", current, limit));
            }
        }

        return limits;
    }

    private static Dictionary<uint, long> CountByUser(string procRoot)
    {
        var tasks = new Dictionary<uint, long>();
        foreach (var pid in ProcessDiscovery.Pids(procRoot))
        {
            if (new ProcessFiles(pid, procRoot).Status().TryGet(out var status))
            {
                tasks[status.RealUid] = tasks.GetValueOrDefault(status.RealUid) + status.Threads;
            }
        }

        return tasks;
    }

    private static (TaskLimit? Threads, TaskLimit? Pids) ReadMachine(string procRoot)
    {
        var tasks = TotalTasks(procRoot);
        return (Sysctl("kernel.threads-max", $"{procRoot}/sys/kernel/threads-max", tasks), Sysctl("kernel.pid_max", $"{procRoot}/sys/kernel/pid_max", tasks));
    }

    private static TaskLimit? Sysctl(string name, string path, long? tasks) =>
        tasks is { } used && ProcFile.ReadLong(path).TryGet(out var limit) ? new TaskLimit(name, used, limit) : null;

    // "0.00 0.01 0.05 1/123 6967": the number behind the slash is nr_threads (fs/proc/loadavg.c).
    private static long? TotalTasks(string procRoot)
    {
        if (!ProcFile.ReadTrimmed($"{procRoot}/loadavg").TryGet(out var text))
        {
            return null;
        }

        var words = text.Split(' ');
        var slash = words.Length > 3 ? words[3].IndexOf('/', StringComparison.Ordinal) : -1;
        return slash > 0 && long.TryParse(words[3].AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var tasks) ? tasks : null;
    }
}
