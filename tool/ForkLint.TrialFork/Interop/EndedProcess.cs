using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// A process whose first thread has ended. The files of a process are those of its first thread, which has no memory any more then, though others may go on
/// (pthread_exit(3) in main).
/// </summary>
internal static class EndedProcess
{
    private const uint IsExiting = 0x4; // PF_EXITING, include/linux/sched.h
    private const ulong KillSignal = 1UL << 8;

    /// <summary>Why nothing is shown of it.</summary>
    public static MeasureException Explain(ProcessStat process) => GoesOn(process)
        ? new(
            ExitReason.MeasurementFailed,
            $"the main thread of process {Number(process.Pid)} has ended while others go on: the kernel shows nothing of the memory of such a process",
            "have the main thread wait for the others (pthread_join) instead of ending before them")
        : new(ExitReason.NoSuchProcess, $"process {Number(process.Pid)} has ended: it is a zombie until process {Number(process.ParentPid)} waits for it", "dotnet forklint ps lists the .NET processes");

    // The threads of a process that is being killed are there for a moment, too: each has a pending SIGKILL (zap_other_threads in kernel/signal.c) or is on its way out.
    private static bool GoesOn(ProcessStat process) => process.ThreadCount > 1
        && new ProcessFiles(process.Pid).Threads().TryGet(out var threads)
        && threads.Any(thread => thread != process.Pid && GoesOn(process.Pid, thread));

    private static bool GoesOn(int pid, int thread)
    {
        var files = new ProcessFiles(thread, $"/proc/{Number(pid)}/task");
        return files.Stat() is { IsOk: true, Value: { IsZombie: false } stat } && (stat.KernelFlags & IsExiting) == 0
            && files.Status().TryGet(out var status) && ((status.PendingSignals ?? 0) & KillSignal) == 0;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
