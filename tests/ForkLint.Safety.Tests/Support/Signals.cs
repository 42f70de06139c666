using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ForkLint.Safety.Tests.Support;

/// <summary>Signals as a terminal or the kernel would send them.</summary>
internal static partial class Signals
{
    /// <summary>Ctrl-C.</summary>
    public const int Interrupt = 2;

    /// <summary>What nobody can catch.</summary>
    public const int Kill = 9;

    /// <summary>Lets a stopped process run.</summary>
    public const int Continue = 18;

    /// <summary>Stops a process.</summary>
    public const int Stop = 19;

    /// <summary>Sends a signal to one process only.</summary>
    public static void Send(int pid, int signal) => Require(SendSignal(pid, signal));

    /// <summary>Sends a signal to all processes of a group.</summary>
    public static void SendToGroup(int group, int signal) => Require(SendSignal(-group, signal));

    /// <summary>Stops a process and waits until it stands.</summary>
    public static void StopAndWait(int pid)
    {
        Send(pid, Stop);
        Until.Holds(() => ProcFiles.State(pid) == "T", "the process does not stop");
    }

    private static void Require(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
