namespace ForkLint.TrialFork;

/// <summary>What a seccomp filter does with a system call, the most severe first: of several filters the most severe one decides (seccomp(2)).</summary>
internal enum SeccompAction
{
    /// <summary>The whole process is killed.</summary>
    KillProcess,

    /// <summary>The calling thread is killed, and with it a .NET process.</summary>
    KillThread,

    /// <summary>SIGSYS is sent.</summary>
    Trap,

    /// <summary>The call fails with an errno.</summary>
    Errno,

    /// <summary>A supervisor decides.</summary>
    Notify,

    /// <summary>A tracer decides; without one the call fails with ENOSYS.</summary>
    Trace,

    /// <summary>It is allowed, and written to the log.</summary>
    Log,

    /// <summary>It is allowed.</summary>
    Allow,
}

/// <summary>What a filter answers to one call.</summary>
/// <param name="Action">The action.</param>
/// <param name="Data">The errno of <see cref="SeccompAction.Errno"/>.</param>
internal readonly record struct SeccompAnswer(SeccompAction Action, int Data);
