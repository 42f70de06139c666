using System.Globalization;

namespace ForkLint.Linux;

/// <summary>One limit on the number of tasks (processes and threads count alike).</summary>
/// <param name="Name">Where it is set: a file of a cgroup, <c>RLIMIT_NPROC of uid 1000</c>, <c>kernel.threads-max</c>, <c>kernel.pid_max</c>.</param>
/// <param name="Used">How many tasks count against it.</param>
/// <param name="Limit">How many are allowed.</param>
public sealed record TaskLimit(string Name, long Used, long Limit)
{
    /// <summary>How many more are allowed; 0 where the next clone fails with EAGAIN.</summary>
    public long Left => Math.Max(0, Limit - Used);
}

/// <summary>
/// Everything that makes a clone fail with EAGAIN: pids.max of every ancestor (Linux kernel/cgroup/pids.c, pids_can_fork), RLIMIT_NPROC,
/// threads-max and pid_max (kernel/fork.c, copy_process; kernel/pid.c, alloc_pid).
/// </summary>
public sealed record PidLimits
{
    /// <summary>pids.max of the nearest cgroup that sets it, further ancestors behind; empty without any.</summary>
    public required IReadOnlyList<TaskLimit> Cgroups { get; init; }

    /// <summary>
    /// RLIMIT_NPROC of the real user; null where it is unlimited or does not apply: to the initial namespace's root, and to holders of
    /// CAP_SYS_RESOURCE or CAP_SYS_ADMIN there. The kernel counts per user namespace, this counts what /proc shows of the user.
    /// </summary>
    public required TaskLimit? User { get; init; }

    /// <summary>kernel.threads-max; null where it could not be read.</summary>
    public required TaskLimit? Threads { get; init; }

    /// <summary>kernel.pid_max; null where it could not be read.</summary>
    public required TaskLimit? Pids { get; init; }

    /// <summary>The limit that is reached first; null where none applies.</summary>
    public TaskLimit? Tightest => All().MinBy(static limit => limit.Left);

    /// <summary>Every limit that applies.</summary>
    public IEnumerable<TaskLimit> All() => [.. Cgroups, .. new[] { User, Threads, Pids }.OfType<TaskLimit>()];

    /// <summary>Reads the limits of a process. What cannot be read is left out; only a process that is gone is a failure.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="procRoot">Where procfs is mounted.</param>
    /// <param name="census">What processes have in common, for a caller that asks about many processes; null for one.</param>
    public static Reading<PidLimits> Read(int pid, string procRoot = "/proc", TaskCensus? census = null)
    {
        var process = new ProcessFiles(pid, procRoot);
        var tasks = census ?? new TaskCensus(procRoot);
        return process.Status().Select(status => new PidLimits
        {
            Cgroups = tasks.Cgroups(process),
            User = ReadUser(process, status, tasks),
            Threads = tasks.Threads,
            Pids = tasks.Pids,
        });
    }

    private static TaskLimit? ReadUser(ProcessFiles process, ProcessStatus status, TaskCensus census)
    {
        if (!process.Limits().TryGet(out var limits) || !limits.TryGetValue("Max processes", out var limit) || limit.Soft is not { } soft)
        {
            return null;
        }

        // copy_process lets the initial root and both capabilities pass.
        if (Namespaces.IsInInitialUserNamespace(process).ValueOr(true)
            && (status.RealUid == 0
                || (status.EffectiveCapabilities is { } set && (Capabilities.Holds(set, Capability.SysResource) || Capabilities.Holds(set, Capability.SysAdmin)))))
        {
            return null;
        }

        return new TaskLimit(string.Create(CultureInfo.InvariantCulture, $"RLIMIT_NPROC of uid {status.RealUid}"), census.Of(status.RealUid), soft);
    }
}
