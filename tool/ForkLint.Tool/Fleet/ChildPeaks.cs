using System.Collections.Concurrent;
using ForkLint.Linux;

namespace ForkLint.Tool.Fleet;

/// <summary>The running processes that the processes of a machine have started, and how large they have been. Each child is read once, however many are its ancestors.</summary>
/// <param name="stats">The stat lines of all processes.</param>
internal sealed class ChildPeaks(IReadOnlyList<ProcessStat> stats)
{
    /// <summary>A shell that counts as an application can have thousands of descendants: this many are enough for the figure.</summary>
    private const int MostRead = 256;

    private readonly ILookup<int, ProcessStat> _children = stats.ToLookup(static stat => stat.ParentPid);
    private readonly ConcurrentDictionary<int, long?> _peaks = new();

    /// <summary>What a process and its descendants have started and still runs.</summary>
    /// <param name="parent">The process.</param>
    /// <returns>How many there are, and the highest resident set that one of them has had, in bytes: of those that run a program of their own, because a fork shares what it has.</returns>
    public (int Count, long? PeakBytes) Of(ProcessStat parent)
    {
        List<ProcessStat> found = [.. _children[parent.Pid]];
        for (var index = 0; index < found.Count; index++)
        {
            // A process cannot be its own descendant, but the lines were not read at one moment.
            found.AddRange(_children[found[index].Pid].Where(child => child.Pid != parent.Pid && !found.Exists(known => known.Pid == child.Pid)));
        }

        // execve draws a new address for the stack.
        var others = found.Where(child => parent.StackStart == 0 || child.StackStart != parent.StackStart).Take(MostRead);
        return (found.Count, others.Max(child => _peaks.GetOrAdd(child.Pid, static pid => Peak(pid))));
    }

    private static long? Peak(int pid) => new ProcessFiles(pid).Status().TryGet(out var status) ? status.PeakResidentBytes ?? status.ResidentBytes : null;
}
