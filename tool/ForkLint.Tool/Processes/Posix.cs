using ForkLint.Tool.Interop;

namespace ForkLint.Tool.Processes;

/// <summary>Signals, and the clock of a process.</summary>
internal static class Posix
{
    /// <summary>Asks a process to end.</summary>
    public const int Terminate = 15;

    /// <summary>Ends a process.</summary>
    public const int Kill = 9;

    private const int ProcessorClock = 2;

    private const int NanosecondsPerTick = 100;

    /// <summary>Sends a signal. False when there is no such process (any more) or it may not be signalled.</summary>
    public static bool Signal(int pid, int signal) => Libc.Kill(pid, signal) == 0;

    /// <summary>The processor time that this process has used, of all its threads, to the nanosecond; zero where the kernel does not say.</summary>
    public static unsafe TimeSpan ProcessorTime()
    {
        long* time = stackalloc long[2];
        return Libc.ReadClock(ProcessorClock, time) == 0 ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / NanosecondsPerTick) : TimeSpan.Zero;
    }
}
