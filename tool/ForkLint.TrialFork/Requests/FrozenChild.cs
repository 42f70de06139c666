using Microsoft.Win32.SafeHandles;

namespace ForkLint.TrialFork;

/// <summary>
/// A child that is held while its memory is read: a frozen copy of the application. It has one thread, asleep in libc, and ends by itself
/// within a minute whichever process dies.
/// </summary>
public sealed class FrozenChild
{
    private readonly Action _release;

    internal FrozenChild(int pid, SafeFileHandle? memoryHandle, Action release)
    {
        Pid = pid;
        MemoryHandle = memoryHandle;
        _release = release;
    }

    /// <summary>Its process id, in this process's pid namespace.</summary>
    public int Pid { get; }

    /// <summary>Its <c>/proc/PID/mem</c>, opened by the agent, which may do so under Yama too; null where even that was refused.</summary>
    public SafeFileHandle? MemoryHandle { get; }

    /// <summary>Ends the child: call it as soon as its memory is no longer needed. Later calls do nothing.</summary>
    public void Release() => _release();
}
