using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// A process whose first thread has ended. The files of a process are those of its first thread, which has no memory any more then, though others may go on
/// (pthread_exit(3) in main).
/// </summary>
internal static class EndedProcess
{
    /// <summary>Why nothing is shown of it.</summary>
    public static MeasureException Explain(ProcessStat process) => GoesOn(process)
        ? new(
            ExitReason.MeasurementFailed,
            $"the main thread of process {Measurement.Number(process.Pid)} has ended while others go on: the kernel shows nothing of the memory of such a process",
            "have the main thread wait for the others (pthread_join) instead of ending before them")
        : new(ExitReason.NoSuchProcess, $"process {Measurement.Number(process.Pid)} has ended: it is a zombie until process {Measurement.Number(process.ParentPid)} waits for it", "dotnet forklint ps lists the .NET processes");

    // The threads of a process that is being killed are there for a moment, too.
    private static bool GoesOn(ProcessStat process)
    {
        var files = new ProcessFiles(process.Pid);
        return process.ThreadCount > 1 && files.Threads().TryGet(out var threads) && threads.Any(thread => thread != process.Pid && GoesOn(files.Thread(thread)));
    }

    private static bool GoesOn(ProcessFiles thread) =>
        thread.Stat() is { IsOk: true, Value: { IsZombie: false, IsExiting: false } } && thread.Status() is { IsOk: true, Value.IsBeingKilled: false };
}
