using ForkLint.Linux;
using static ForkLint.TrialFork.SystemCallUse;

namespace ForkLint.TrialFork;

/// <summary>
/// The system calls that a measurement makes in the application: those of shim, payload and child, and those of the runtime and libc while they
/// load and run them (strace of a measurement on .NET 10, glibc and musl; tests/seccomp-sweep.sh makes the list again). What the
/// application has done all along (memory, locks, files) is in it, too: a filter may have come later.
/// </summary>
internal static class AgentSystemCalls
{
    private const long CloneFiles = 0x400;
    private const long CloneForComparison = 0x4500; // CLONE_FILES, CLONE_VM, CLONE_VFORK
    private const long ForkOfLibc = 0x1200011; // CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID, SIGCHLD
    private const long SocketLevel = 1;
    private const long PeerCredentials = 17;

    private static readonly IReadOnlyList<SystemCallUse> OnGlibc = [.. Own(), .. OfTheRuntime()];
    private static readonly IReadOnlyList<SystemCallUse> OnMusl = [.. Own(), .. OfTheRuntime(), .. OfMusl()];

    /// <summary>All of them, by the numbers of this architecture.</summary>
    /// <param name="library">The C library of the application. For one that is not known, musl's are taken in.</param>
    public static IReadOnlyList<SystemCallUse> For(CLibrary library) => library == CLibrary.Glibc ? OnGlibc : OnMusl;

    /// <summary>The call behind libc's fork: what the application itself would make.</summary>
    public static SystemCallUse Fork { get; } = Use("clone", 56, 220, ForkOfLibc);

    private static IEnumerable<SystemCallUse> Own() =>
    [
        Use("clone", 56, 220, CloneFiles),
        Use("clone", 56, 220, CloneForComparison),
        Use("wait4", 61, 260),
        Use("kill", 62, 129, null, 9),
        Use("kill", 62, 129, null, 0),
        Use("pidfd_open", 434, 434, null, 0),
        Use("socket", 41, 198, 1, 1 | 0x80000, 0),
        Use("connect", 42, 203),
        Use("getsockopt", 55, 209, null, SocketLevel, PeerCredentials),
        Optional("setsockopt", 54, 208),
        Use("sendto", 44, 206),
        Use("recvfrom", 45, 207),
        Use("sendmsg", 46, 211),
        Libc.IsArm64 ? Use("ppoll", 7, 73) : Use("poll", 7, 73),
        Use("geteuid", 107, 175),
        Optional("unlinkat", 263, 35),
        Libc.IsArm64 ? Optional("unlinkat", 84, 35) : Optional("rmdir", 84, 35),
        Use("clock_nanosleep", 230, 115),
        Use("exit", 60, 93),
        Use("exit_group", 231, 94),

        // The thread that serves diagnostics, when the tool connects.
        Use("accept4", 288, 242),
    ];

    private static IEnumerable<SystemCallUse> OfTheRuntime() =>
    [
        Use("openat", 257, 56),
        Use("read", 0, 63),
        Use("pread64", 17, 67),
        Use("write", 1, 64),
        Use("close", 3, 57),
        Use("fcntl", 72, 25),
        Optional("flock", 73, 32),
        Use("fstat", 5, 80),
        Use("newfstatat", 262, 79),
        Libc.IsArm64 ? Use("readlinkat", 89, 78) : Use("readlink", 89, 78),
        Libc.IsArm64 ? Use("newfstatat", 4, 79) : Use("stat", 4, 79),
        Use("mmap", 9, 222),
        Use("mprotect", 10, 226),
        Use("munmap", 11, 215),
        Use("madvise", 28, 233),
        Use("brk", 12, 214),
        Use("futex", 202, 98),
        Use("rt_sigprocmask", 14, 135),
        Use("sigaltstack", 131, 132),
        Use("sched_yield", 24, 124),
        Use("sched_getaffinity", 204, 123),
        Optional("sched_setaffinity", 203, 122),
        Optional("sched_setscheduler", 144, 119),
        Optional("sched_getscheduler", 145, 120),
        Optional("sched_getparam", 143, 121),
        Optional("sched_get_priority_max", 146, 125),
        Optional("sched_get_priority_min", 147, 126),
        Use("membarrier", 324, 283),
        Use("gettid", 186, 178),
        Use("getpid", 39, 172),
        Optional("sysinfo", 99, 179),
        Optional("prlimit64", 302, 261),
        Optional("set_robust_list", 273, 99),
        Optional("rseq", 334, 293),
        Optional("clone3", 435, 435),
        Optional("pipe2", 293, 59),
    ];

    /// <summary>What musl makes for functions for which glibc has other calls (musl src/thread/pthread_mutexattr_setrobust.c, src/fcntl/open.c, src/time/clock_nanosleep.c, src/stdio/fflush.c).</summary>
    private static IEnumerable<SystemCallUse> OfMusl() =>
    [
        Use("get_robust_list", 274, 100),
        Use("nanosleep", 35, 101),
        Optional("lseek", 8, 62),
        Libc.IsArm64 ? Use("openat", 2, 56) : Use("open", 2, 56),
    ];

    private static SystemCallUse Optional(string name, int x64, int arm64) => Use(name, x64, arm64) with { MayFail = true };
}
