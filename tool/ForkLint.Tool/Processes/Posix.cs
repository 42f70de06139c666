using System.Runtime.InteropServices;

namespace ForkLint.Tool.Processes;

/// <summary>The calls that .NET has no method for.</summary>
internal static partial class Posix
{
    /// <summary>Asks a process to end.</summary>
    public const int Terminate = 15;

    /// <summary>Ends a process.</summary>
    public const int Kill = 9;

    private const int ProcessorClock = 2;

    private const int NanosecondsPerTick = 100;

    /// <summary>Sends a signal. False when there is no such process (any more) or it may not be signalled.</summary>
    public static bool Signal(int pid, int signal) => SendSignal(pid, signal) == 0;

    /// <summary>The processor time that this process has used, of all its threads, to the nanosecond; zero where the kernel does not say.</summary>
    public static TimeSpan ProcessorTime()
    {
        Span<long> time = stackalloc long[2];
        return GetTime(ProcessorClock, ref time[0]) == 0 ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / NanosecondsPerTick) : TimeSpan.Zero;
    }

    // A struct timespec: seconds and nanoseconds, 64 bits each on every 64-bit Linux.
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, ref long time);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
