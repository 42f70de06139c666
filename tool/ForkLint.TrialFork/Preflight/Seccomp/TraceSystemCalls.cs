using static ForkLint.TrialFork.SystemCallUse;

namespace ForkLint.TrialFork;

/// <summary>The system calls that a trial by ptrace makes in the target, by the numbers of this architecture.</summary>
internal static class TraceSystemCalls
{
    private const long ShareDescriptors = 0x400;
    private const long ShareUntilExit = 0x4500;
    private const long NewThread = 0x50F00;

    /// <summary>All of them: the forks, the thread that collects a child, the child's sleep and end, and the way back of a thread.</summary>
    public static IReadOnlyList<SystemCallUse> All { get; } =
    [
        Use("clone", 56, 220, ShareDescriptors),
        Use("clone", 56, 220, ShareUntilExit),
        Use("clone", 56, 220, NewThread),
        Use("wait4", 61, 260),
        Use("nanosleep", 35, 101),
        Use("rt_sigreturn", 15, 139),
        Use("restart_syscall", 219, 128),
        Use("exit", 60, 93),
        Use("exit_group", 231, 94),
    ];
}
