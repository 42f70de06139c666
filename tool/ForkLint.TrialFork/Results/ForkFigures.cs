namespace ForkLint.TrialFork;

/// <summary>A duration over several trials, in microseconds.</summary>
/// <param name="Median">The middle one.</param>
/// <param name="Minimum">The shortest.</param>
/// <param name="Maximum">The longest.</param>
public sealed record Latency(double Median, double Minimum, double Maximum)
{
    /// <summary>Null where there was no trial.</summary>
    internal static Latency? Of(IEnumerable<double> microseconds)
    {
        double[] sorted = [.. microseconds.Order()];
        if (sorted.Length == 0)
        {
            return null;
        }

        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Latency(median, sorted[0], sorted[^1]);
    }
}

/// <summary>One trial fork.</summary>
public sealed record TrialFigures
{
    /// <summary>Whether the kernel made the child.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>The kernel's errno; null where it succeeded.</summary>
    public int? Errno { get; init; }

    /// <summary>From the call to its return in the parent.</summary>
    public required double LatencyMicroseconds { get; init; }

    /// <summary>The longest time between two writes of the watcher while it happened.</summary>
    public long? StallMicroseconds { get; init; }

    /// <summary>How long the one thread that made the call was kept from its own work; null where the agent's own made it.</summary>
    public double? ThreadStoppedMicroseconds { get; init; }

    /// <summary>How the host's Committed_AS moved: the whole host's, so others move it too.</summary>
    public long? CommittedDeltaBytes { get; init; }
}

/// <summary>What forks cost.</summary>
public sealed record ForkFigures
{
    /// <summary>Whether the kernel made the child in the first trial; null: nothing was forked.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>The kernel's errno where it did not (12 is ENOMEM, 11 EAGAIN): a result, no failure of the measurement.</summary>
    public int? Errno { get; init; }

    /// <summary>The charge as the parent's mappings predict it; every measurement has it.</summary>
    public long? PredictedChargeBytes { get; init; }

    /// <summary>The charge as the first child's own mappings show it.</summary>
    public long? ChargedBytes { get; init; }

    /// <summary>How the host's Committed_AS moved, of all trials the one nearest to the charge: the cross-check.</summary>
    public long? CommittedDeltaBytes { get; init; }

    /// <summary>
    /// How much of the predicted charge the agent itself added to the application; null for other engines, and where the application gave back more meanwhile than
    /// the agent added.
    /// </summary>
    public long? AgentOverheadBytes { get; init; }

    /// <summary>What the charge rose by; null where it fell.</summary>
    internal static long? OverheadBytes(long before, long after) => after >= before ? after - before : null;

    /// <summary>Over the successful trials; from a calibration for an estimate, and null where none could be made.</summary>
    public Latency? LatencyMicroseconds { get; init; }

    /// <summary>Whether <see cref="LatencyMicroseconds"/> was computed from a calibration instead of measured.</summary>
    public bool IsLatencyEstimated { get; init; }

    /// <summary>The longest stall that the watcher in the application saw during the trials.</summary>
    public long? LongestStallMicroseconds { get; init; }

    /// <summary>The longest in windows as long, in which nothing was forked.</summary>
    public long? ControlStallMicroseconds { get; init; }

    /// <summary>How long the application may stand still for all trials together (--max-stall); null where nothing was forked.</summary>
    public double? StallBudgetMicroseconds { get; init; }

    /// <summary>How long the one thread that ptrace stopped was kept from its own work, the fork included; null for other engines.</summary>
    public Latency? ThreadStoppedMicroseconds { get; init; }

    /// <summary>The first child, right at the fork.</summary>
    public MemoryFigures? Child { get; init; }

    /// <summary>Every trial.</summary>
    public IReadOnlyList<TrialFigures> Trials { get; init; } = [];
}

/// <summary>What children cost that share the memory, as vfork and posix_spawn make them.</summary>
/// <param name="LatencyMicroseconds">From the call until the child is gone; null where none succeeded.</param>
public sealed record VforkFigures(Latency? LatencyMicroseconds);
