using System.Text.Json.Serialization;

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
    /// <summary>The rule.</summary>
    public required AdmissionRule Rule { get; init; }

    /// <summary>For <see cref="AdmissionRule.Here"/> and <see cref="AdmissionRule.Elsewhere"/>, the one rule that decided; null for a rule of its own.</summary>
    [JsonIgnore]
    public AdmissionRule? DecidedBy { get; init; }

    /// <summary>What people call the rule: <c>here</c>, <c>overcommit_memory=0</c>, <c>memory cgroup</c>, <c>as-if ram=2GiB</c>. For display: nothing depends on it.</summary>
    public required string Where { get; init; }

    /// <summary>Whether the fork succeeds under it.</summary>
    public required Answer Succeeds { get; init; }

    /// <summary>One sentence with the figures that decided.</summary>
    public required string Reason { get; init; }

    /// <summary>How much is missing; null where nothing is, or where no bytes are compared.</summary>
    public long? ShortfallBytes { get; init; }

    /// <summary>How much is left after the fork; null where something is missing, or where no bytes are compared.</summary>
    public long? MarginBytes { get; init; }

    /// <summary>The one mapping that makes the fork fail.</summary>
    [JsonIgnore]
    public Mapping? Culprit { get; init; }

    /// <summary>That mapping, as a report names it.</summary>
    public MappingPlace? Mapping
    {
        get => field ?? (Culprit is null ? null : MappingPlace.Of(Culprit));
        init;
    }

    /// <summary>
    /// The least favourable of several: the worst answer, and of equal answers the one with the least room, because the smallest margin is the margin.
    /// </summary>
    /// <param name="verdicts">At least one.</param>
    public static ForkVerdict Worst(IEnumerable<ForkVerdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        return verdicts.Aggregate(static (worst, other) => Compare(other, worst) < 0 ? other : worst);
    }

    // Less is worse.
    private static int Compare(ForkVerdict first, ForkVerdict second)
    {
        var answers = Rank(first.Succeeds).CompareTo(Rank(second.Succeeds));
        return answers != 0 ? answers : RoomBytes(first).CompareTo(RoomBytes(second));
    }

    private static int Rank(Answer answer) => answer switch
    {
        Answer.No => 0,
        Answer.Uncertain => 1,
        _ => 2,
    };

    private static long RoomBytes(ForkVerdict verdict) => verdict.MarginBytes ?? -verdict.ShortfallBytes ?? long.MaxValue;
}
