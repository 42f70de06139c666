using ForkLint.Linux;
using static ForkLint.TrialFork.SystemCallUse;

namespace ForkLint.TrialFork;

/// <summary>Whether createdump, started by a process's own runtime, may trace that process. Nothing is traced for it but a thread that lets its seccomp filter be read.</summary>
public static class CreatedumpCheck
{
    private const int Strict = 1; // SECCOMP_MODE_STRICT

    /// <summary>The calls of the runtime and of createdump without which there is no dump (strace of a dump on .NET 10).</summary>
    private static readonly IReadOnlyList<SystemCallUse> Calls =
    [
        AgentSystemCalls.Fork,
        Use("execve", 59, 221),
        Use("ptrace", 101, 117, 16), // PTRACE_ATTACH
        Use("ptrace", 101, 117, Libc.IsArm64 ? 0x4204 : 12), // PTRACE_GETREGSET, PTRACE_GETREGS
        Use("ptrace", 101, 117, 17), // PTRACE_DETACH
        Use("openat", 257, 56),
        Use("write", 1, 64),
        Use("exit_group", 231, 94),
    ];

    /// <summary>Refused with one errno it ends the dump, and with another it does not: the C library then waits in another way.</summary>
    private static readonly IReadOnlyList<SystemCallUse> OftenNeeded = [Use("wait4", 61, 260)];

    /// <summary>
    /// Looks, one answer for the kernel's rules and one for the process's seccomp filter where it has one. To read the filter, a thread is stopped for a moment.
    /// </summary>
    /// <param name="pid">The process.</param>
    /// <exception cref="MeasureException">It is gone, or may not be read.</exception>
    public static IReadOnlyList<TracingRight> Examine(int pid)
    {
        using var target = Target.Open(pid);
        return Examine(target, FilterReading.StopsThread);
    }

    /// <summary>The same for an open process.</summary>
    internal static IReadOnlyList<TracingRight> Examine(Target target, FilterReading reading)
    {
        var status = target.Status;
        bool isRoots = FileFacts.Read(Libc.CurrentDirectory, target.Files.PathOf("environ"), 0) is { UserId: 0 };
        var facts = new CreatedumpFacts(
            TraceAccess.YamaScope(),
            status.EffectiveUid == 0 && status.EffectiveCapabilities is { } set && Capabilities.Holds(set, Capability.SysPtrace),
            IsDumpable: !isRoots || status.EffectiveUid == 0)
        { TracerPid = status.TracerPid ?? 0 };
        var state = SeccompState.Of(target, target.Pid);
        return state.Mode == 0 ? [facts.Judge()] : [facts.Judge(), Filter(target, state, reading)];
    }

    private static TracingRight Filter(Target target, SeccompState state, FilterReading reading)
    {
        if (state.Mode == Strict)
        {
            return new TracingRight(Answer.No, "the process is in seccomp's strict mode, which allows four calls", "start it without");
        }

        var threads = Measurement.Require(target.Files.Threads(), target.Pid);
        return SeccompFilters.Read(target, threads, state, reading, out string why) is not { } filters
            ? new TracingRight(Answer.Uncertain, $"the process runs under a seccomp filter, and whether it lets createdump work is not known: {why}", reading == FilterReading.StopsThread ? "run the tool as root on the host" : "'dump --check' reads it")
            : SeccompCheck.Judge(target, filters, Calls, "createdump") is { } refusal
            ? new TracingRight(Answer.No, refusal.Message, "allow the call in the filter (--security-opt seccomp=), or use 'dump' from the host")
            : SeccompCheck.Judge(target, filters, OftenNeeded, "createdump") is { } doubt
            ? new TracingRight(Answer.Uncertain, doubt.Message, "allow the call in the filter (--security-opt seccomp=)")
            : new TracingRight(Answer.Yes, "its seccomp filter lets createdump work", null);
    }
}
