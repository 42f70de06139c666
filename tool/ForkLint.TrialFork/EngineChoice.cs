using System.Globalization;

namespace ForkLint.TrialFork;

/// <summary>Which engine measures a target.</summary>
internal static class EngineChoice
{
    private const int OldestEnterableMajor = 8;
    private const string EstimateAdvice = "use --engine estimate";

    /// <summary>
    /// The engine and why. What cannot be entered is estimated when the choice is ours; what is unsafe to enter is not, because the user
    /// has to know.
    /// </summary>
    /// <exception cref="MeasureException">The engine that was asked for cannot measure it, or it is not .NET.</exception>
    public static (EngineKind Engine, string Why) Choose(EngineKind asked, DotNetFacts facts, Target target)
    {
        if (!facts.IsDotNet)
        {
            throw new MeasureException(ExitReason.NotDotNet, $"{target.Title} is not a .NET process: it maps no .NET runtime and has no diagnostics socket", "dotnet forklint ps lists the .NET processes");
        }

        if (asked == EngineKind.Estimate)
        {
            return (EngineKind.Estimate, "it was asked for");
        }

        var obstacle = ObstacleToAgent(facts, target);
        return (asked, obstacle) switch
        {
            (_, null) => (EngineKind.Agent, asked == EngineKind.Agent ? "it was asked for" : "the application's runtime can load an agent"),
            (EngineKind.Auto, { Reason: ExitReason.NotDotNet }) => (EngineKind.Estimate, $"no agent can enter: {obstacle.Message}"),
            _ => throw new MeasureException(obstacle.Reason, obstacle.Message, obstacle.Advice),
        };
    }

    /// <summary>What keeps the agent out of this target; null: nothing that shows from outside.</summary>
    private static Refusal? ObstacleToAgent(DotNetFacts facts, Target target)
    {
        uint own = Libc.EffectiveUser();
        if (own != 0 && own != target.Status.EffectiveUid)
        {
            return new Refusal(
                ExitReason.NotPermitted,
                string.Create(CultureInfo.InvariantCulture, $"{target.Title} belongs to user {target.Status.EffectiveUid}, and only he and root may use its diagnostics socket"),
                "run the tool as root (sudo) or as that user");
        }

        string? why = facts switch
        {
            { IsNativeAot: true } => $"{target.Title} is compiled ahead of time: it has no startup hooks",
            { IsMono: true } => $"{target.Title} runs on Mono: it has no startup hooks over a socket",
            { MajorVersion: < OldestEnterableMajor } => string.Create(CultureInfo.InvariantCulture, $"{target.Title} runs on .NET {facts.RuntimeVersion}, and the agent needs .NET {OldestEnterableMajor}"),
            { StartupHooksDisabled: true } => $"{target.Title} switches startup hooks off (System.StartupHookProvider.IsSupported, which trimming does)",
            { HasDiagnosticsSocket: false, DiagnosticsDisabled: true } => $"{target.Title} was started with diagnostics disabled (DOTNET_EnableDiagnostics=0)",
            { HasDiagnosticsSocket: false } => $"{target.Title} has no diagnostics socket in {facts.TemporaryFolder}: diagnostics are disabled, or the socket was deleted",
            _ => null,
        };
        return UnreachableFolder(facts, target) ?? (why == null ? null : new Refusal(ExitReason.NotDotNet, why, EstimateAdvice));
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
            return new Refusal(failure.Reason, failure.Message, failure.Advice);
        }
    }
}
