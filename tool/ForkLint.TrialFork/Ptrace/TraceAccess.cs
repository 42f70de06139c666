using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What decides whether a process may be traced (ptrace(2), "Ptrace access mode checking").</summary>
/// <param name="Title">The process.</param>
/// <param name="YamaScope">kernel.yama.ptrace_scope; null without Yama.</param>
/// <param name="HasCapability">Whether this process has CAP_SYS_PTRACE in its own user namespace.</param>
/// <param name="IsSameUserNamespace">Whether the process is in this user namespace; null where that may not be seen.</param>
/// <param name="IsSameUser">Whether all its user and group ids are this process's.</param>
/// <param name="IsDumpable">Whether its files in /proc are its own.</param>
internal sealed record TraceFacts(string Title, int? YamaScope, bool HasCapability, bool? IsSameUserNamespace, bool IsSameUser, bool IsDumpable);

/// <summary>Whether a process may be traced, and what helps where it may not: found out before anything is stopped.</summary>
internal static class TraceAccess
{
    private const string EstimateAdvice = "use --engine estimate";
    private const int YamaForbidsAll = 3;
    private const int YamaAsksForCapability = 2;
    private const int YamaAsksForAncestor = 1;

    /// <summary>Why a process may not be traced; null where it may.</summary>
    public static Refusal? Obstacle(Target target)
    {
        if (!target.HasPidDescriptor)
        {
            return Refused(ExitReason.MeasurementFailed, "pidfd_open is refused here: without it, a process cannot be held while it is worked with", "run the tool outside of the container, or " + EstimateAdvice);
        }

        if (TraceRequests.IsFiltered())
        {
            return Refused(ExitReason.NotPermitted, "ptrace is refused to this tool, presumably by the seccomp filter of this container", "in a container add --cap-add SYS_PTRACE, or run the tool on the host");
        }

        // The same question as an attach asks, Yama and security modules included, and nothing comes of it (fs/proc/base.c, proc_mem_open).
        int opened = Libc.OpenAt(Libc.CurrentDirectory, target.Files.PathOf("mem"), Libc.ReadWrite | Libc.CloseOnExec, 0);
        if (opened < 0)
        {
            return Explain(target, Libc.LastError);
        }

        _ = Libc.Close(opened);
        return null;
    }

    /// <summary>Why its memory could not be opened.</summary>
    public static Refusal Explain(Target target, int error) => error is Libc.ErrorAccess or Libc.ErrorNotPermitted
        ? Explain(Facts(target))
        : Refused(ExitReason.MeasurementFailed, $"the memory of {target.Title} cannot be opened: {Libc.Message(error)}", EstimateAdvice);

    /// <summary>The same on values.</summary>
    public static Refusal Explain(TraceFacts facts)
    {
        const string capability = "run the tool as root (sudo); in a container add --cap-add SYS_PTRACE";
        return facts switch
        {
            { YamaScope: YamaForbidsAll } => Forbidden(facts, "kernel.yama.ptrace_scope is 3, which forbids all tracing until the machine is restarted", "restart the machine with a smaller kernel.yama.ptrace_scope, or " + EstimateAdvice),
            { HasCapability: true, IsSameUserNamespace: false } => Forbidden(facts, "it is in another user namespace, in which this tool's capabilities are worth nothing", "run the tool on the host as root, or as root in the container's own user namespace"),
            { HasCapability: true } => Forbidden(facts, "this tool has CAP_SYS_PTRACE, so a security module (AppArmor, SELinux) or the kernel's lockdown refuses it", "see its log (dmesg, journalctl), or " + EstimateAdvice),
            { YamaScope: YamaAsksForCapability } => Forbidden(facts, "kernel.yama.ptrace_scope is 2, which takes CAP_SYS_PTRACE", capability),
            { IsSameUser: false } => Forbidden(facts, "it belongs to another user or group, which takes CAP_SYS_PTRACE", capability + "; or run it as that user"),
            { IsDumpable: false } => Forbidden(facts, "it is not dumpable (PR_SET_DUMPABLE, or file capabilities), which takes CAP_SYS_PTRACE", capability),
            { YamaScope: YamaAsksForAncestor } => Forbidden(facts, "kernel.yama.ptrace_scope is 1, which lets a process trace only what it started", "let the tool start it (measure -- COMMAND), run the tool as root (sudo), or set kernel.yama.ptrace_scope to 0"),
            _ => Forbidden(facts, "the kernel or a security module refuses it", capability),
        };
    }

    private static Refusal Forbidden(TraceFacts facts, string why, string advice) => Refused(ExitReason.NotPermitted, $"{facts.Title} may not be traced: {why}", advice);

    private static Refusal Refused(ExitReason reason, string message, string advice) => new(reason, message, advice) { AllowsEstimate = true };

    private static TraceFacts Facts(Target target)
    {
        var own = new ProcessFiles(Environment.ProcessId).Status().ValueOr(null!);
        bool isSameUser = own is not null
            && (target.Status.RealUid, target.Status.EffectiveUid, target.Status.RealGid, target.Status.EffectiveGid) == (own.RealUid, own.RealUid, own.RealGid, own.RealGid);
        bool isRoots = FileFacts.Read(Libc.CurrentDirectory, target.Files.PathOf("environ"), 0) is { UserId: 0 };
        return new TraceFacts(
            target.Title,
            YamaScope(),
            own?.EffectiveCapabilities is { } set && Capabilities.Holds(set, Capability.SysPtrace),
            Namespaces.IsSame(target.Files, NamespaceKind.User) is { IsOk: true } same ? same.Value : null,
            isSameUser,
            IsDumpable: !isRoots || target.Status.EffectiveUid == 0);
    }

    /// <summary>kernel.yama.ptrace_scope; null without Yama.</summary>
    public static int? YamaScope()
    {
        try
        {
            return int.TryParse(File.ReadAllText("/proc/sys/kernel/yama/ptrace_scope"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int scope) ? scope : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
