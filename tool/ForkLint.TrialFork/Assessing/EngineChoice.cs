using System.Globalization;

namespace ForkLint.TrialFork;

/// <summary>Which engine measures a target.</summary>
internal static class EngineChoice
{
    private const int OldestEnterableMajor = 8;
    private const string OtherAdvice = "use --engine ptrace, or --engine estimate";

    /// <summary>
    /// The engine and why. Left to the tool, what no agent can enter is forked by ptrace, and what may not be traced is estimated; what is
    /// unsafe to enter now is not, because the user has to know.
    /// </summary>
    /// <exception cref="MeasureException">The engine that was asked for cannot measure it.</exception>
    public static (EngineKind Engine, string Why) Choose(EngineKind asked, DotNetFacts facts, Target target)
    {
        if (asked == EngineKind.Estimate)
        {
            return (EngineKind.Estimate, "it was asked for");
        }

        if (asked == EngineKind.Ptrace)
        {
            return TraceAccess.Obstacle(target) is { } refusal
                ? throw new MeasureException(refusal.Reason, refusal.Message, refusal.Advice)
                : (EngineKind.Ptrace, "it was asked for");
        }

        var obstacle = ObstacleToAgent(facts, target);
        return (asked, obstacle) switch
        {
            (_, null) => (EngineKind.Agent, asked == EngineKind.Agent ? "it was asked for" : "the application's runtime can load an agent"),
            (EngineKind.Auto, _) => Instead(obstacle, target, static () => null),
            _ => throw new MeasureException(obstacle.Reason, obstacle.Message, obstacle.Advice),
        };
    }

    /// <summary>What is left where no agent can enter.</summary>
    /// <param name="obstacle">What keeps the agent out.</param>
    /// <param name="target">The process.</param>
    /// <param name="check">What else prevents ptrace, asked once it is known to be permitted.</param>
    /// <exception cref="MeasureException">Neither is possible.</exception>
    public static (EngineKind Engine, string Why) Instead(Refusal obstacle, Target target, Func<Refusal?> check)
    {
        var other = TraceAccess.Obstacle(target) ?? check();
        return other switch
        {
            null => (EngineKind.Ptrace, $"no agent can enter: {obstacle.Message}"),
            _ when obstacle.AllowsEstimate => (EngineKind.Estimate, $"no agent can enter: {obstacle.Message}; and {other.Message}"),
            _ => throw new MeasureException(obstacle.Reason, obstacle.Message, obstacle.Advice),
        };
    }

    /// <summary>What keeps the agent out of this target; null: nothing that shows from outside.</summary>
    private static Refusal? ObstacleToAgent(DotNetFacts facts, Target target)
    {
        if (!facts.IsDotNet)
        {
            return new Refusal(ExitReason.NotDotNet, $"{target.Title} is not a .NET process: it maps no .NET runtime and has no diagnostics socket", OtherAdvice);
        }

        uint own = Libc.EffectiveUser();
        if (own != 0 && own != target.Status.EffectiveUid)
        {
            return new Refusal(
                ExitReason.NotPermitted,
                string.Create(CultureInfo.InvariantCulture, $"{target.Title} belongs to user {target.Status.EffectiveUid}, and only that user and root can use its diagnostics socket"),
                "run the tool as root (sudo) or as that user");
        }

        if (!target.HasPidDescriptor)
        {
            return new Refusal(
                ExitReason.MeasurementFailed,
                "pidfd_open is refused here, presumably by the seccomp filter of this container or by a kernel before 5.3: without it, a process cannot be held while it is worked with",
                "run the tool outside of the container, or with a newer container engine, or use --engine estimate")
            { AllowsEstimate = true };
        }

        string? why = facts switch
        {
            { IsNativeAot: true } => $"{target.Title} is compiled ahead of time: it has no startup hooks",
            { IsMono: true } => $"{target.Title} runs on Mono: it has no startup hooks over a socket",
            { MajorVersion: < OldestEnterableMajor } => string.Create(CultureInfo.InvariantCulture, $"{target.Title} runs on .NET {facts.RuntimeVersion}, and the agent needs .NET {OldestEnterableMajor}"),
            { StartupHooksDisabled: true } => $"{target.Title} switches startup hooks off (System.StartupHookProvider.IsSupported, which trimming does)",
            { HasDiagnosticsSocket: false } => MissingSocket.Why(facts, target),
            _ => null,
        };
        var refusal = why == null ? null : new Refusal(ExitReason.NotDotNet, why, OtherAdvice);

        // What the application is comes first, except where it is only that no socket was found in a folder that cannot be reached.
        return facts.HasDiagnosticsSocket || MissingSocket.IsExplained(facts) ? refusal ?? UnreachableFolder(facts, target) : UnreachableFolder(facts, target) ?? refusal;
    }

    /// <summary>A link on the way to the temporary folder is why no socket shows there, and reason enough not to go further.</summary>
    private static Refusal? UnreachableFolder(DotNetFacts facts, Target target)
    {
        try
        {
            using var folder = RootedDirectory.Open(target.Files, facts.TemporaryFolder);
            return null;
        }
        catch (MeasureException failure)
        {
            return new Refusal(failure.Reason, failure.Message, failure.Advice) { AllowsEstimate = failure.AllowsEstimate };
        }
    }
}
