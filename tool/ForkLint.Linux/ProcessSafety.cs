
namespace ForkLint.Linux;

/// <summary>Whether a process is in a state in which it can be worked with.</summary>
public enum ProcessCondition
{
    /// <summary>It runs or sleeps.</summary>
    Alive,

    /// <summary>A signal stopped it: a request would wait until the process continues.</summary>
    Stopped,

    /// <summary>A debugger holds it.</summary>
    Traced,

    /// <summary>The freezer of a cgroup holds it.</summary>
    Frozen,

    /// <summary>It has ended and waits to be reaped.</summary>
    Zombie,

    /// <summary>It belongs to the kernel and has no memory of its own.</summary>
    KernelThread,

    /// <summary>Its core dump is being written.</summary>
    CoreDumping,
}

/// <summary>Decides whether it is safe to send a request to a process.</summary>
public static class ProcessSafety
{
    /// <summary>The condition of a process. <see cref="ReadFailure.ProcessGone"/> where there is none.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static Reading<ProcessCondition> Condition(int pid, string procRoot = "/proc")
    {
        var process = new ProcessFiles(pid, procRoot);
        return process.Stat().Then(stat => stat switch
        {
            { IsKernelThread: true } => Reading<ProcessCondition>.Ok(ProcessCondition.KernelThread),
            { IsZombie: true } => Reading<ProcessCondition>.Ok(ProcessCondition.Zombie),
            { State: 't' } => Reading<ProcessCondition>.Ok(ProcessCondition.Traced),
            { State: 'T' } => Reading<ProcessCondition>.Ok(ProcessCondition.Stopped),
            _ => process.Status().Select(status =>
                status.CoreDumping == true ? ProcessCondition.CoreDumping
                : IsFrozen(process, procRoot) ? ProcessCondition.Frozen
                : ProcessCondition.Alive),
        });
    }

    // Version 1 has a controller of its own and counts ancestors in freezer.state; version 2 tells in cgroup.events.
    private static bool IsFrozen(ProcessFiles process, string procRoot)
    {
        if (!CgroupLocator.Locate(process, "freezer", procRoot).TryGet(out var located) || located.Places.Count == 0)
        {
            return false;
        }

        var own = located.Places[0].Directory;
        return located.Version == 1
            ? ProcFile.ReadTrimmed($"{own}/freezer.state").ValueOr("") is "FROZEN" or "FREEZING"
            : ProcFile.Parse($"{own}/cgroup.events", MemoryCgroupReader.ParseFlatKeyed).TryGet(out var events) && events.GetValueOrDefault("frozen") == 1;
    }
}
