using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Whether what was named by a number is a process that a command can be about. Nothing is done to it.</summary>
public static class NamedProcess
{
    /// <summary>What the process says of itself.</summary>
    /// <param name="pid">The number, as it was given.</param>
    /// <exception cref="MeasureException">There is no such process, it has ended, it belongs to the kernel, or the number is a thread's.</exception>
    public static (ProcessStat Stat, ProcessStatus Status) Require(int pid)
    {
        var files = new ProcessFiles(pid);
        var stat = Measurement.Require(files.Stat(), pid);
        if (stat.IsKernelThread)
        {
            throw new MeasureException(ExitReason.NotDotNet, string.Create(CultureInfo.InvariantCulture, $"{stat.Comm} (pid {pid}) is a kernel thread"), "name a .NET process: dotnet forklint ps lists them");
        }

        if (stat.IsZombie)
        {
            throw Measurement.Gone(pid);
        }

        // A thread has a folder in /proc that no listing shows.
        var status = Measurement.Require(files.Status(), pid);
        return status.Pid == pid ? (stat, status) : throw IsThread(pid, status);
    }

    internal static MeasureException IsThread(int id, ProcessStatus status) => new(
        ExitReason.NoSuchProcess,
        string.Create(CultureInfo.InvariantCulture, $"{id} is the id of a thread of process {status.Pid}"),
        string.Create(CultureInfo.InvariantCulture, $"name process {status.Pid}"));
}
