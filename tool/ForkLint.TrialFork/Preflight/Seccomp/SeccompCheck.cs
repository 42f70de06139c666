using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// A seccomp filter may kill the application for a system call that it has never made before. The filter is read and followed for each call
/// of a measurement; where it cannot be read, nothing is proven.
/// </summary>
internal sealed class SeccompCheck : IPreflightCheck
{
    private const string DiagnosticsThread = ".NET EventPipe";
    private const string InitialPidNamespace = "pid:[4026531836]"; // PROC_PID_INIT_INO

    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;
        var threads = Measurement.Require(target.Files.Threads(), target.Pid);

        // The agent's thread is made by the one that serves diagnostics, and inherits its filters: those of other threads may differ.
        int server = threads.FirstOrDefault(thread => DotNetProbe.ReadThreadName(target.Files, thread) == DiagnosticsThread, target.Pid);
        var state = SeccompState.Of(target, server);
        if (state.Mode == 0 || subject.Request.EnterUnproven)
        {
            return null;
        }

        if (SeccompFilters.Read(target, threads, state, FilterReading.StopsThread, out string why) is { } filters)
        {
            return Judge(target, filters, AgentSystemCalls.For(CLibraries.Of(subject.Maps.Select(static map => map.Path))), "the agent");
        }

        return IsOurContainers(target, state) ? null : new Refusal(
            ExitReason.RefusedForSafety,
            $"{target.Title} runs under a seccomp filter, and whether the filter lets the agent work is not known: {why}",
            "run the tool as root, or in the application's own container; --force enters anyway, --engine estimate does not enter")
        { AllowsEstimate = true };
    }

    /// <summary>What the first call that is not allowed gets; null where all are.</summary>
    /// <param name="target">The application.</param>
    /// <param name="filters">Its filters.</param>
    /// <param name="calls">What is going to be called.</param>
    /// <param name="who">Who needs the calls.</param>
    internal static Refusal? Judge(Target target, IReadOnlyList<SeccompProgram> filters, IReadOnlyList<SystemCallUse> calls, string who)
    {
        foreach (var call in calls)
        {
            var answer = Strictest(filters, call);
            string? what = answer?.Action switch
            {
                SeccompAction.Allow or SeccompAction.Log => null,
                SeccompAction.Errno when call.MayFail => null,
                SeccompAction.Errno => $"answers {call.Name} with {Libc.Message(answer.Value.Data)}",
                SeccompAction.Notify => $"asks a supervisor about {call.Name}",
                SeccompAction.Trace => $"asks a tracer about {call.Name}",
                null => $"cannot be followed for {call.Name}",
                _ => $"can end the application for {call.Name}",
            };
            if (what != null)
            {
                return new Refusal(
                    ExitReason.RefusedForSafety,
                    $"the seccomp filter of {target.Title} {what}, which {who} needs",
                    "allow the call in the filter, or use --engine estimate")
                { AllowsEstimate = true, ForkForbidden = WhyNoFork(filters) };
            }
        }

        return null;
    }

    /// <summary>What a fork of the application's own would meet; null where the filter lets it pass.</summary>
    private static string? WhyNoFork(IReadOnlyList<SeccompProgram> filters) => Strictest(filters, AgentSystemCalls.Fork) switch
    {
        { Action: SeccompAction.Errno } answer => $"the seccomp filter answers clone with {Libc.Message(answer.Data)}",
        { Action: SeccompAction.KillProcess or SeccompAction.KillThread or SeccompAction.Trap } => "the seccomp filter ends the application for clone",
        _ => null,
    };

    private static SeccompAnswer? Strictest(IReadOnlyList<SeccompProgram> filters, SystemCallUse call)
    {
        SeccompAnswer? strictest = null;
        foreach (var filter in filters)
        {
            if (filter.Judge(call) is not { } answer)
            {
                return null;
            }

            strictest = strictest is { } before && before.Action <= answer.Action ? before : answer;
        }

        return strictest;
    }

    /// <summary>
    /// Whether the filter is the container's: this tool runs in the same container, under as many filters, and has made its own calls under
    /// them. That they are the same is inferred, not read.
    /// </summary>
    internal static bool IsOurContainers(Target target, SeccompState state) =>
        SeccompState.OfThisProcess() is { Mode: 2, Filters: > 0 } own && own == state
        && Namespaces.IsSame(target.Files, NamespaceKind.Pid).ValueOr(false)
        && Namespaces.IsSame(target.Files, NamespaceKind.Mount).ValueOr(false)
        && File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name != InitialPidNamespace;
}

/// <summary>The seccomp state of a thread.</summary>
/// <param name="Mode">0 none, 1 strict, 2 filter.</param>
/// <param name="Filters">How many filters (Linux 5.9); null where the kernel does not say.</param>
internal readonly record struct SeccompState(int Mode, int? Filters)
{
    /// <summary>The state of a thread of a process; mode 2 where it cannot be read.</summary>
    public static SeccompState Of(Target target, int thread) => Read(target.Files.PathOf(string.Create(CultureInfo.InvariantCulture, $"task/{thread}/status")));

    /// <summary>The state of this tool.</summary>
    public static SeccompState OfThisProcess() => Read("/proc/self/status");

    private static SeccompState Read(string path)
    {
        try
        {
            int mode = 0;
            int? filters = null;
            foreach (string line in File.ReadLines(path))
            {
                if (line.StartsWith("Seccomp:", StringComparison.Ordinal))
                {
                    mode = int.Parse(line.AsSpan("Seccomp:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
                }
                else if (line.StartsWith("Seccomp_filters:", StringComparison.Ordinal))
                {
                    filters = int.Parse(line.AsSpan("Seccomp_filters:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
                }
            }

            return new SeccompState(mode, filters);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new SeccompState(2, null);
        }
    }
}
