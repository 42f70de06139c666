using System.Runtime.InteropServices;

namespace ForkLint.Tool.Processes;

/// <summary>The calls that .NET has no method for.</summary>
internal static partial class Posix
{
    /// <summary>Asks a process to end.</summary>
    public const int Terminate = 15;

    /// <summary>Ends a process.</summary>
    public const int Kill = 9;

    /// <summary>Sends a signal. False when there is no such process (any more) or it may not be signalled.</summary>
    public static bool Signal(int pid, int signal) => SendSignal(pid, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
