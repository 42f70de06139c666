using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// What decides whether a child of a process may trace it. Before the runtime lets createdump begin, it names it as its tracer (PR_SET_PTRACER),
/// so that Yama's mode 1 does not refuse it (dotnet/runtime src/coreclr/pal/src/thread/process.cpp, PROCCreateCrashDump).
/// </summary>
/// <param name="YamaScope">kernel.yama.ptrace_scope; null without Yama.</param>
/// <param name="HasCapability">Whether the process has CAP_SYS_PTRACE and passes it on: as root.</param>
/// <param name="IsDumpable">Whether its files in /proc are its own.</param>
internal sealed record CreatedumpFacts(int? YamaScope, bool HasCapability, bool IsDumpable)
{
    /// <summary>The process that traces it already, in this process's pid namespace; 0 for none.</summary>
    public int TracerPid { get; init; }

    private const int YamaForbidsAll = 3;
    private const int YamaAsksForCapability = 2;

    /// <summary>The right, its seccomp filter left out.</summary>
    public TracingRight Judge() => this switch
    {
        { TracerPid: not 0 } => new TracingRight(Answer.No, string.Create(CultureInfo.InvariantCulture, $"process {TracerPid} traces it, and no other can trace it then"), "detach the debugger or tracer"),
        { YamaScope: YamaForbidsAll } => new TracingRight(Answer.No, "kernel.yama.ptrace_scope is 3, which forbids all tracing until the machine is restarted", "start the machine with kernel.yama.ptrace_scope 0 or 1"),
        { HasCapability: true } => new TracingRight(Answer.Yes, "createdump may trace the process: it has CAP_SYS_PTRACE", null),
        { YamaScope: YamaAsksForCapability } => new TracingRight(Answer.No, "kernel.yama.ptrace_scope is 2, which takes CAP_SYS_PTRACE, and the process does not have it", "set kernel.yama.ptrace_scope to 1; or run the process as root with CAP_SYS_PTRACE (--cap-add SYS_PTRACE)"),
        { IsDumpable: false } => new TracingRight(Answer.No, "the process is not dumpable (PR_SET_DUMPABLE, or file capabilities), so that its own child may not trace it", "start it without what makes it so"),
        _ => new TracingRight(Answer.Yes, string.Create(CultureInfo.InvariantCulture, $"createdump may trace the process{(YamaScope is { } scope ? $" (kernel.yama.ptrace_scope {scope})" : "")}"), null),
    };
}
