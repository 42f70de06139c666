using System.Runtime.InteropServices;

namespace ForkLint.Tool.CommandLine;

/// <summary>
/// Work that must tidy up when the user interrupts it. The first Ctrl-C, SIGTERM or SIGHUP asks it to stop; the exit code
/// then tells which signal it was, as a shell would.
/// </summary>
internal static class Interruptible
{
    /// <summary>Runs <paramref name="work"/> with a token that a signal cancels, and returns its exit code or the signal's.</summary>
    public static int Run(Func<CancellationToken, int> work) => Run(work, isSignalAnEnd: false);

    /// <summary>The same for work that goes on until somebody ends it: a signal is its ordinary end, and its own exit code is returned.</summary>
    public static int RunUntilInterrupted(Func<CancellationToken, int> work) => Run(work, isSignalAnEnd: true);

    private static int Run(Func<CancellationToken, int> work, bool isSignalAnEnd)
    {
        using var cancellation = new CancellationTokenSource();
        var signalExitCode = 0;

        void OnSignal(PosixSignalContext context)
        {
            // Without this the runtime would end the process while a child is held or a command is running.
            context.Cancel = true;
            var exitCode = context.Signal switch
            {
                PosixSignal.SIGINT => ExitCode.Interrupted,
                PosixSignal.SIGTERM => ExitCode.Terminated,
                _ => 129,
            };
            if (Interlocked.CompareExchange(ref signalExitCode, exitCode, 0) == 0)
            {
                cancellation.Cancel();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        try
        {
            var exitCode = work(cancellation.Token);
            return !isSignalAnEnd && Volatile.Read(ref signalExitCode) is not 0 and var signal ? signal : exitCode;
        }
        catch (Exception) when (Volatile.Read(ref signalExitCode) != 0)
        {
            // Ctrl-C reaches the whole foreground group: whatever failed because of it is the interruption, not a failure.
            ErrorLine.Write("interrupted before there was a result");
            return signalExitCode;
        }
    }
}
