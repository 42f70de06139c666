using Microsoft.Win32.SafeHandles;

namespace ForkLint.TrialFork;

/// <summary>
/// A copy of an application as it was at one instant: its memory in a child that sleeps, and the registers of all its threads. The application
/// itself runs on.
/// </summary>
public sealed class FrozenApplication
{
    private readonly Func<bool> _isAlive;
    private readonly Action _release;

    internal FrozenApplication(int childPid, SafeFileHandle memory, Func<bool> isAlive, Action release)
    {
        ChildPid = childPid;
        Memory = memory;
        _isAlive = isAlive;
        _release = release;
    }

    /// <summary>The child, in this process's pid namespace: its mappings are the application's, and its pages do not change.</summary>
    public int ChildPid { get; }

    /// <summary>The child's <c>/proc/PID/mem</c>.</summary>
    public SafeFileHandle Memory { get; }

    /// <summary>The registers of the application's threads, the thread that made the call first.</summary>
    public IReadOnlyList<ThreadRegisters> Threads { get; internal init; } = [];

    /// <summary>How long the application stood still: from the first request to stop a thread until the last one was let go.</summary>
    public TimeSpan Stood { get; internal init; }

    /// <summary>Whether the copy is still there: it is ended where the application ends or where memory becomes scarce.</summary>
    public bool IsAlive => _isAlive();

    /// <summary>Ends the copy: call it as soon as its memory is no longer needed. Later calls do nothing.</summary>
    public void Release() => _release();
}
