namespace ForkLint.Tool.Report;

/// <summary>What <c>measure --dry-run</c> prints: what would be done, and whether it is allowed.</summary>
internal sealed record PlanReport
{
    /// <summary>The version of the contract.</summary>
    public int SchemaVersion { get; init; } = MeasurementReport.CurrentSchemaVersion;

    /// <summary>The process that would be measured.</summary>
    public int Pid { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The engine that would measure.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Why that one.</summary>
    public string EngineWhy { get; init; } = "";

    /// <summary>Whether the measurement would be made.</summary>
    public bool Allowed { get; init; }

    /// <summary>Why it would not be made; null when it would.</summary>
    public string? Refusal { get; init; }

    /// <summary>What to do about a refusal; null when there is none.</summary>
    public string? Advice { get; init; }

    /// <summary>The exit code that <c>measure</c> would end with because of the refusal; null when there is none.</summary>
    public int? RefusalExitCode { get; init; }

    /// <summary>Each step, in order.</summary>
    public IReadOnlyList<string> WouldDo { get; init; } = [];

    /// <summary>How many trial forks would be made; 0 for an estimate.</summary>
    public int Trials { get; init; }

    /// <summary>How long the application would stand still for one fork.</summary>
    public double? PredictedStallMicroseconds { get; init; }

    /// <summary>What the fork would be charged.</summary>
    public long? PredictedChargeBytes { get; init; }

    /// <summary>The room left in the memory cgroup; null without a limit.</summary>
    public long? HeadRoomBytes { get; init; }

    /// <summary>The room that a trial needs there.</summary>
    public long? NeededHeadRoomBytes { get; init; }
}
