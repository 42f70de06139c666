namespace ForkLint.Linux;

/// <summary>Whether a fork succeeds.</summary>
public enum Answer
{
    /// <summary>It succeeds.</summary>
    Yes,

    /// <summary>It fails.</summary>
    No,

    /// <summary>It cannot be told: the kernel compares a counter that is itself inexact, or a figure could not be read.</summary>
    Uncertain,
}

/// <summary>What one rule says about the next fork.</summary>
public sealed record ForkVerdict
{
    /// <summary>The rule: <c>here</c> (all of them together), <c>overcommit_memory=0</c>, <c>=1</c>, <c>=2</c>, <c>memory cgroup</c>, <c>pids</c>, <c>as-if …</c>.</summary>
    public required string Where { get; init; }

    /// <summary>Whether the fork succeeds under it.</summary>
    public required Answer Succeeds { get; init; }

    /// <summary>One sentence with the figures that decided.</summary>
    public required string Reason { get; init; }

    /// <summary>How much is missing; null where the answer is yes, or where no bytes are compared.</summary>
    public long? ShortfallBytes { get; init; }

    /// <summary>How much is left after the fork; null where the answer is no, or where no bytes are compared.</summary>
    public long? MarginBytes { get; init; }

    /// <summary>The one mapping that makes the fork fail.</summary>
    public Mapping? Culprit { get; init; }
}
