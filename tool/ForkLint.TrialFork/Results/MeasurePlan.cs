namespace ForkLint.TrialFork;

/// <summary>Why a measurement is not made.</summary>
/// <param name="Reason">As an exit code.</param>
/// <param name="Message">What prevents it.</param>
/// <param name="Advice">What to do next.</param>
public sealed record Refusal(ExitReason Reason, string Message, string Advice)
{
    /// <summary>
    /// Whether an estimate is made instead where the choice of the engine is left to the tool. Not where the state is one that passes: then
    /// you have to know, because the same measurement works in a moment.
    /// </summary>
    public bool AllowsEstimate { get; init; } = Reason == ExitReason.NotDotNet;

    /// <summary>What forbids every fork of the application, whatever memory there is; null where nothing is known to.</summary>
    public string? ForkForbidden { get; init; }
}

/// <summary>What a measurement would do. Making the plan runs nothing in the target and forks only this process.</summary>
public sealed record MeasurePlan
{
    /// <summary>The target.</summary>
    public required ProcessFacts Process { get; init; }

    /// <summary>The engine that would be used.</summary>
    public required EngineKind Engine { get; init; }

    /// <summary>Why this one, one sentence.</summary>
    public required string Why { get; init; }

    /// <summary>The steps, in order, one sentence each.</summary>
    public required IReadOnlyList<string> WouldDo { get; init; }

    /// <summary>Why it would be refused; null: it is allowed.</summary>
    public required Refusal? Refusal { get; init; }

    /// <summary>How long one fork is expected to stop the application's writers; null where it could not be learnt what a page costs here.</summary>
    public required long? PredictedStallMicroseconds { get; init; }

    /// <summary>The charge of the next fork.</summary>
    public required long? PredictedChargeBytes { get; init; }

    /// <summary>The room left in the memory cgroup, page cache not counted; null: no limit.</summary>
    public required long? HeadRoomBytes { get; init; }

    /// <summary>The room that a trial needs there.</summary>
    public required long? NeededHeadRoomBytes { get; init; }

    /// <summary>How many trials fit the stall budget; 0 for an estimate.</summary>
    public required int Trials { get; init; }
}
