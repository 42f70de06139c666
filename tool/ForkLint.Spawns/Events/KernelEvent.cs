namespace ForkLint.Spawns.Events;

/// <summary>What happened to a process.</summary>
internal enum KernelEventKind
{
    /// <summary>A thread entered a call that creates a process or a thread.</summary>
    CallBegan,

    /// <summary>That call returned to the caller.</summary>
    CallEnded,

    /// <summary>The kernel made a task; the event has the flags of clone.</summary>
    TaskMade,

    /// <summary>The task is about to run; the event has the caller's stack.</summary>
    Forked,

    /// <summary>A process replaced its program.</summary>
    ProgramStarted,

    /// <summary>A task ended.</summary>
    TaskEnded,
}

/// <summary>The system call that creates a process.</summary>
internal enum CreationCall
{
    /// <summary>The kernel did not say.</summary>
    Unknown,

    /// <summary>fork(2).</summary>
    Fork,

    /// <summary>vfork(2).</summary>
    Vfork,

    /// <summary>clone(2).</summary>
    Clone,

    /// <summary>clone3(2).</summary>
    Clone3,
}

/// <summary>One event of the kernel, in terms of processes.</summary>
internal sealed record KernelEvent
{
    /// <summary>What happened.</summary>
    public required KernelEventKind Kind { get; init; }

    /// <summary>When, by CLOCK_MONOTONIC, in nanoseconds.</summary>
    public required long TimeNanoseconds { get; init; }

    /// <summary>The process in whose context it happened.</summary>
    public required int CallerPid { get; init; }

    /// <summary>The thread in whose context it happened.</summary>
    public required int CallerThread { get; init; }

    /// <summary>The new task of <see cref="KernelEventKind.TaskMade"/> and <see cref="KernelEventKind.Forked"/>; else 0.</summary>
    public int NewTask { get; init; }

    /// <summary>The call of <see cref="KernelEventKind.CallBegan"/>.</summary>
    public CreationCall Call { get; init; }

    /// <summary>Whether the call of <see cref="KernelEventKind.CallBegan"/> gave the child a stack of its own; null where the kernel does not show it.</summary>
    public bool? HasOwnStack { get; init; }

    /// <summary>At <see cref="KernelEventKind.Forked"/>: whether nothing tells how the process was made.</summary>
    public bool IsMannerUnknown { get; init; }

    /// <summary>The flags of <see cref="KernelEventKind.TaskMade"/>.</summary>
    public ulong CloneFlags { get; init; }

    /// <summary>The program of <see cref="KernelEventKind.ProgramStarted"/>, as the kernel opened it.</summary>
    public string? Program { get; init; }

    /// <summary>The arguments of <see cref="KernelEventKind.ProgramStarted"/> after the program's name; null where the event does not have them.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>At <see cref="KernelEventKind.TaskEnded"/>: whether it was the last thread of its process.</summary>
    public bool IsLastThread { get; init; }

    /// <summary>At <see cref="KernelEventKind.Forked"/>: the addresses of the caller's user-mode frames, the innermost first.</summary>
    public IReadOnlyList<ulong> CallChain { get; init; } = [];
}

/// <summary>What the kernel accounts of a task at its end (taskstats).</summary>
/// <param name="Task">The thread.</param>
/// <param name="PeakResidentBytes">The highest resident set of the address space that the task had last.</param>
/// <param name="WaitStatus">The status as waitpid returns it.</param>
internal readonly record struct ExitAccount(int Task, long PeakResidentBytes, int WaitStatus);
