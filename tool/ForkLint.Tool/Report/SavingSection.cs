using System.Text.Json.Serialization;

namespace ForkLint.Tool.Report;

/// <summary>What kind of memory a saving frees.</summary>
internal enum SavingKind
{
    /// <summary>Unreachable objects that were not collected yet.</summary>
    Garbage,

    /// <summary>Memory the GC has committed and does not use.</summary>
    GcFree,

    /// <summary>Objects that a holder keeps alive.</summary>
    Managed,

    /// <summary>Native memory.</summary>
    Native,

    /// <summary>Stacks of threads.</summary>
    ThreadStacks,

    /// <summary>Private pages of mapped files.</summary>
    FilePrivate,

    /// <summary>The whole duplication: start the process in a way that shares memory.</summary>
    DoNotDuplicate,
}

/// <summary>How sure a saving is.</summary>
internal enum SavingConfidence
{
    /// <summary>It was tried.</summary>
    Measured,

    /// <summary>It follows from the kernel's own accounting.</summary>
    Exact,

    /// <summary>It follows from a model that is usually right.</summary>
    Estimated,

    /// <summary>It may be so; look before acting.</summary>
    Possible,
}

/// <summary>One thing to free, what it saves in each of the three costs, and how.</summary>
internal sealed record SavingSection
{
    /// <summary>What it is, for people.</summary>
    public string What { get; init; } = "";

    /// <summary>What kind of memory.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<SavingKind>))]
    public SavingKind Kind { get; init; }

    /// <summary>How much lower the next fork's commit charge would be.</summary>
    public long? CommitChargeBytes { get; init; }

    /// <summary>How much less the child would have resident.</summary>
    public long? ChildResidentBytes { get; init; }

    /// <summary>How much faster the fork would be.</summary>
    public double? LatencySavedMicroseconds { get; init; }

    /// <summary>How much less copy-on-write could add.</summary>
    public long? ExposureBytes { get; init; }

    /// <summary>What realises it.</summary>
    public string Action { get; init; } = "";

    /// <summary>How sure it is.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<SavingConfidence>))]
    public SavingConfidence Confidence { get; init; }

    /// <summary>Who holds it: a documentation-comment id where one exists.</summary>
    public string? Holder { get; init; }

    /// <summary>The holders of a joint entry: all of them must let go.</summary>
    public IReadOnlyList<string>? JointlyHeldBy { get; init; }
}

/// <summary>The managed heap as read from the frozen child.</summary>
internal sealed record HeapSection
{
    /// <summary>Objects read.</summary>
    public long? Objects { get; init; }

    /// <summary>Bytes of them.</summary>
    public long? Bytes { get; init; }

    /// <summary>Objects that could not be read.</summary>
    public long? UnreadableObjects { get; init; }

    /// <summary>How long the reading took.</summary>
    public double? ReadMilliseconds { get; init; }

    /// <summary>How long the child was kept for it.</summary>
    public double? ChildLivedMilliseconds { get; init; }
}

/// <summary>A release of memory that was tried: predicted beside realised.</summary>
internal sealed record VerifiedSection
{
    /// <summary>The saving in commit charge that was predicted.</summary>
    public long? PredictedBytes { get; init; }

    /// <summary>The saving in commit charge that the second fork showed.</summary>
    public long? RealisedBytes { get; init; }

    /// <summary>How long the application stood still for it.</summary>
    public double? PauseMicroseconds { get; init; }

    /// <summary>The process before the release.</summary>
    public MemorySection? Before { get; init; }

    /// <summary>The process after the release.</summary>
    public MemorySection? After { get; init; }

    /// <summary>How long a fork took before; null where it failed.</summary>
    public double? LatencyBeforeMicroseconds { get; init; }

    /// <summary>How long a fork took after; null where it failed.</summary>
    public double? LatencyAfterMicroseconds { get; init; }
}
