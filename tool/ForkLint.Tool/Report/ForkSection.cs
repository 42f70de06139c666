using ForkLint.TrialFork;

namespace ForkLint.Tool.Report;

/// <summary>The fork: what it was predicted to cost and what it did cost.</summary>
internal sealed record ForkSection
{
    /// <summary>Whether the trial fork succeeded; null when none was made.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>The error number of a trial that failed, such as 12 for ENOMEM.</summary>
    public int? Errno { get; init; }

    /// <summary>The charge read from the parent's mappings.</summary>
    public long? PredictedChargeBytes { get; init; }

    /// <summary>The charge read from the child's own mappings.</summary>
    public long? ChargedBytes { get; init; }

    /// <summary>How far Committed_AS rose: system-wide, so a cross-check only.</summary>
    public long? CommittedDeltaBytes { get; init; }

    /// <summary>What the agent itself added to the charge.</summary>
    public long? AgentOverheadBytes { get; init; }

    /// <summary>How long the call took; for the estimate engine, how long it is estimated to take; null where neither is known.</summary>
    public Latency? LatencyMicroseconds { get; init; }

    /// <summary>Whether that is an estimate, made from a fork of the tool itself.</summary>
    public bool IsLatencyEstimated { get; init; }

    /// <summary>The longest stall that a thread of the application saw during a trial.</summary>
    public double? LongestStallMicroseconds { get; init; }

    /// <summary>The longest stall that thread saw in a window of the same length without a fork.</summary>
    public double? ControlStallMicroseconds { get; init; }

    /// <summary>How long the application was allowed to stand still for all trials together (--max-stall); null when nothing was forked.</summary>
    public double? StallBudgetMicroseconds { get; init; }

    /// <summary>How long the one thread that ptrace stopped was kept from its own work, the fork included; null for other engines.</summary>
    public Latency? ThreadStoppedMicroseconds { get; init; }

    /// <summary>The child of the first trial, right after the fork.</summary>
    public MemoryFigures? Child { get; init; }

    /// <summary>Every trial, in order.</summary>
    public IReadOnlyList<TrialFigures> Trials { get; init; } = [];
}

/// <summary>The same trial with CLONE_VM and CLONE_VFORK: what Process.Start does on glibc.</summary>
internal sealed record VforkSection
{
    /// <summary>How long the call took.</summary>
    public Latency? LatencyMicroseconds { get; init; }
}
