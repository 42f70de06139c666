namespace ForkLint.Linux;

/// <summary>What <c>/proc/PID/stat</c> says: the cheapest look at a process, and the only one that names its start.</summary>
public sealed record ProcessStat
{
    // PF_KTHREAD and PF_EXITING, Linux include/linux/sched.h.
    private const uint KernelThreadFlag = 0x0020_0000;
    private const uint ExitingFlag = 0x4;

    /// <summary>The process id.</summary>
    public required int Pid { get; init; }

    /// <summary>The name of the command, 15 bytes at most; it may hold blanks and brackets.</summary>
    public required string Comm { get; init; }

    /// <summary>The state's letter, as in <see cref="ProcessStatus.State"/>.</summary>
    public required char State { get; init; }

    /// <summary>The parent's process id.</summary>
    public required int ParentPid { get; init; }

    /// <summary>The process group.</summary>
    public required int ProcessGroup { get; init; }

    /// <summary>The session.</summary>
    public required int Session { get; init; }

    /// <summary>The kernel's PF_ flags.</summary>
    public required uint KernelFlags { get; init; }

    /// <summary>The time that its threads ran in user mode, in clock ticks (a hundredth of a second on every architecture).</summary>
    public long UserTicks { get; init; }

    /// <summary>The time that the kernel worked for them, in clock ticks.</summary>
    public long SystemTicks { get; init; }

    /// <summary>The number of threads.</summary>
    public required int ThreadCount { get; init; }

    /// <summary>When it started, in clock ticks since boot. Together with the pid it names one process forever.</summary>
    public required long StartTimeTicks { get; init; }

    /// <summary>The size of the address space; 0 for a kernel thread and a zombie.</summary>
    public required long VirtualBytes { get; init; }

    /// <summary>Where the stack starts: it changes with execve. 0 where the reader may not trace the process.</summary>
    public required ulong StackStart { get; init; }

    /// <summary>
    /// The signal that its parent gets at its end: SIGCHLD (17) for what fork, vfork and posix_spawn make and for what lost its parent, 0 for
    /// a clone without one; null where the line ends before it.
    /// </summary>
    public int? ExitSignal { get; init; }

    /// <summary>
    /// How it ended, as waitpid returns it; null while it runs, and where the line ends before it. 0 where the reader may not trace the process, whatever
    /// the truth is.
    /// </summary>
    public int? WaitStatus { get; init; }

    /// <summary>Whether it is a kernel thread.</summary>
    public bool IsKernelThread => (KernelFlags & KernelThreadFlag) != 0;

    /// <summary>Whether it is on its way out.</summary>
    public bool IsExiting => (KernelFlags & ExitingFlag) != 0;

    /// <summary>Whether it has ended and waits to be reaped.</summary>
    public bool IsZombie => State is 'Z' or 'X' or 'x';
}
