using System.Runtime.InteropServices;
using ForkLint.TrialFork;

namespace ForkLint.Tool.CommandLine;

/// <summary>
/// Work that must tidy up when the user interrupts it. The first Ctrl-C, SIGTERM or SIGHUP asks it to stop; the exit code
/// then tells which signal it was, as a shell would.
/// </summary>
internal static class Interruptible
{
    /// <summary>Runs <paramref name="work"/> with a token that a signal cancels, and returns its reason to end or the signal's.</summary>
    public static ExitReason Run(Func<CancellationToken, ExitReason> work) => Run(work, isSignalAnEnd: false);

    /// <summary>The same for work that goes on until a signal ends it: that is its normal end, and its own reason is returned.</summary>
    public static ExitReason RunUntilInterrupted(Func<CancellationToken, ExitReason> work) => Run(work, isSignalAnEnd: true);

    private static ExitReason Run(Func<CancellationToken, ExitReason> work, bool isSignalAnEnd)
    {
        using var cancellation = new CancellationTokenSource();
        var signalled = 0;

        void OnSignal(PosixSignalContext context)
        {
            // Without this the runtime would end the process while a child is held or a command is running.
            context.Cancel = true;
            var reason = context.Signal switch
            {
                PosixSignal.SIGINT => ExitReason.Interrupted,
                PosixSignal.SIGTERM => ExitReason.Terminated,
                _ => ExitReason.HungUp,
            };
            if (Interlocked.CompareExchange(ref signalled, (int)reason, 0) == 0)
            {
                cancellation.Cancel();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        try
        {
            var reason = work(cancellation.Token);
            return !isSignalAnEnd && Volatile.Read(ref signalled) is not 0 and var signal ? (ExitReason)signal : reason;
        }
        catch (Exception) when (Volatile.Read(ref signalled) != 0)
        {
            // Ctrl-C reaches the whole foreground group: what fails because of it is part of the interruption, and no failure of its own.
            ErrorLine.Write("interrupted before there was a result");
            return (ExitReason)signalled;
        }
    }
}
