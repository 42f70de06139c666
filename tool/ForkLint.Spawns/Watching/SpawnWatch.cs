using ForkLint.Spawns.Tasks;

namespace ForkLint.Spawns;

/// <summary>Chooses how processes are watched: by all that the kernel grants to this user here.</summary>
public static class SpawnWatch
{
    private const string Remedy = "run it as root on the host (in a container: --privileged --pid=host), or with CAP_PERFMON, CAP_NET_ADMIN and, where tracefs is not mounted, CAP_SYS_ADMIN";

    private static readonly string[] Missing =
    [
        "unknown: how each process was made, how long its caller waited, and the stack that started it",
        "peaks are read about every 20 ms while a process lives: a process that lives shorter has none. An exit status is known only if it was read before the parent reaped the process",
    ];

    /// <summary>
    /// Begins to watch: by tracepoints and exit records; else by the kernel's records of the tasks that this user owns; else by looking at
    /// /proc again and again. What the ways after the first cannot tell stands in <see cref="ISpawnWatcher.Limits"/>.
    /// </summary>
    /// <param name="startsProcess">Whether this process is about to start the one that is watched: its first children are then not missed.</param>
    public static ISpawnWatcher Open(bool startsProcess)
    {
        var best = SpawnWatcher.Open();
        if (best.TryGet(out var all))
        {
            return all;
        }

        var why = $"only part of what happens can be seen, because {best.Detail}: {Remedy}";
        var records = TaskRecords.Open();
        if (records.TryGet(out var running))
        {
            var watcher = new TaskWatcher(running, true, [why, .. Missing]);
            if (startsProcess)
            {
                watcher.Attach(Environment.ProcessId);
            }

            return watcher;
        }

        return new TaskWatcher(
            new ProcessPolling(),
            false,
            [why, ProcessPolling.Misses($"the kernel's records of tasks cannot be read ({records.Detail})"), .. Missing]);
    }
}
