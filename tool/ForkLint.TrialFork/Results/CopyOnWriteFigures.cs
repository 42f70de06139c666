namespace ForkLint.TrialFork;

/// <summary>Both sides at one moment while a child is held.</summary>
public sealed record CopyOnWriteSample
{
    /// <summary>Since the fork.</summary>
    public required long AtMilliseconds { get; init; }

    /// <summary>The parent's USS: it grows by each page that either side wrote first.</summary>
    public required long ParentUniqueBytes { get; init; }

    /// <summary>The child's USS.</summary>
    public required long ChildUniqueBytes { get; init; }

    /// <summary>The parent's PSS: it grows by half of it.</summary>
    public required long ParentProportionalBytes { get; init; }

    /// <summary>The child's PSS.</summary>
    public required long ChildProportionalBytes { get; init; }

    /// <summary>The parent's RSS: copy-on-write does not move it.</summary>
    public required long ParentResidentBytes { get; init; }

    /// <summary>The child's RSS.</summary>
    public required long ChildResidentBytes { get; init; }
}

/// <summary>What became private while a child was held.</summary>
public sealed record CopyOnWriteFigures
{
    /// <summary>How long the child lived under observation.</summary>
    public required long HeldMilliseconds { get; init; }

    /// <summary>Whether the child was ended early, because the room in the memory cgroup got scarce.</summary>
    public required bool Truncated { get; init; }

    /// <summary>What the two shared at the first sample: all that copy-on-write can cost.</summary>
    public required long SharedAtForkBytes { get; init; }

    /// <summary>What was written in the child on request; null where nothing was asked for.</summary>
    public long? ChildWrittenBytes { get; init; }

    /// <summary>In order of time: the first right at the fork, with <see cref="ChildWrittenBytes"/> the second right after the writing.</summary>
    public required IReadOnlyList<CopyOnWriteSample> Samples { get; init; }
}

/// <summary>What happened when the application gave free memory back.</summary>
public sealed record VerifyFigures
{
    /// <summary>What was predicted to be saved; null where nothing predicted it: the savings of the heap do.</summary>
    public long? PredictedBytes { get; init; }

    /// <summary>How much smaller the charge of the next fork is.</summary>
    public required long RealisedBytes { get; init; }

    /// <summary>How long the runtime's collection paused the application.</summary>
    public required long PauseMicroseconds { get; init; }

    /// <summary>The parent before.</summary>
    public required MemoryFigures Before { get; init; }

    /// <summary>The parent after.</summary>
    public required MemoryFigures After { get; init; }

    /// <summary>A fork before, and one after; null where it failed.</summary>
    public double? LatencyBeforeMicroseconds { get; init; }

    /// <summary>A fork after; null where it failed.</summary>
    public double? LatencyAfterMicroseconds { get; init; }
}
