using ForkLint.Linux;

namespace ForkLint.Tool.Processes;

/// <summary>A process and when it started: together they name one process even after its id was given to another.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="StartTimeTicks">Its start time, in clock ticks since boot.</param>
internal sealed record ProcessIdentity(int Pid, long StartTimeTicks)
{
    /// <summary>The process that has this id now; null when none has.</summary>
    public static ProcessIdentity? Of(int pid) =>
        new ProcessFiles(pid).Stat().TryGet(out var stat) ? new ProcessIdentity(stat.Pid, stat.StartTimeTicks) : null;

    /// <summary>Whether this very process still runs; a zombie does not.</summary>
    public bool IsRunning() =>
        new ProcessFiles(Pid).Stat().TryGet(out var stat) && stat.StartTimeTicks == StartTimeTicks && !stat.IsZombie;

    /// <summary>Signals this very process; nothing happens when it has ended.</summary>
    public void Signal(int signal)
    {
        if (IsRunning())
        {
            Posix.Signal(Pid, signal);
        }
    }
}

/// <summary>The processes that a process has started, and those have started.</summary>
internal static class ProcessTree
{
    /// <summary>All descendants of a process that run now, nearest first. A child that its parent has left is not found.</summary>
    public static IReadOnlyList<ProcessIdentity> Descendants(int root) =>
    [
        .. ProcessDiscovery.Descendants(root, ProcessDiscovery.Pids().Select(pid => new ProcessFiles(pid).Stat()).Where(stat => stat.IsOk && !stat.Value.IsZombie).Select(stat => stat.Value))
            .Select(stat => new ProcessIdentity(stat.Pid, stat.StartTimeTicks)),
    ];
}
