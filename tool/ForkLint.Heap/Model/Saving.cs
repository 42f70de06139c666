using System.Text.Json.Serialization;

namespace ForkLint.Heap;

/// <summary>What kind of memory a saving is about.</summary>
public enum SavingKind
{
    /// <summary>Objects that nothing refers to and that no collection has freed yet.</summary>
    Garbage,

    /// <summary>Memory the collector holds and has no objects in.</summary>
    GcFree,

    /// <summary>Objects by who keeps them alive.</summary>
    Managed,

    /// <summary>Memory from malloc or mmap.</summary>
    Native,

    /// <summary>Stacks of threads: charged in full, hardly touched.</summary>
    ThreadStacks,

    /// <summary>Private writable pages of files.</summary>
    FilePrivate,

    /// <summary>Creating the process in a way that copies nothing.</summary>
    DoNotDuplicate,

    /// <summary>What is charged or resident beside all other entries, so that the list adds up. Nothing is known that frees it.</summary>
    Other,
}

/// <summary>What realises a saving.</summary>
public enum SavingMeans
{
    /// <summary>The application lets something go.</summary>
    Release,

    /// <summary>An Aggressive collection.</summary>
    Collect,

    /// <summary>malloc_trim.</summary>
    Trim,

    /// <summary>Another setting, which the application has after its next start.</summary>
    Restart,

    /// <summary>Another way to create the process.</summary>
    Spawn,

    /// <summary>Nothing that is known.</summary>
    Nothing,
}

/// <summary>How sure a saving is.</summary>
public enum Confidence
{
    /// <summary>It was done, and measured.</summary>
    Measured,

    /// <summary>Counted, and nothing else is known to hold the memory.</summary>
    Exact,

    /// <summary>Counted, but something may keep part of it.</summary>
    Estimated,

    /// <summary>It rests on a stack that was scanned without knowing which words are alive.</summary>
    Possible,
}

/// <summary>
/// Something to free before the next fork, and what it is worth in each of the three costs. They answer to different actions:
/// they are never added to each other.
/// </summary>
public record Saving
{
    /// <summary>Stands for bytes that are not known, as what of a dumped process was in memory; null in JSON.</summary>
    public const long Unknown = -1;

    /// <summary>What it is, in one line.</summary>
    public required string What { get; init; }

    /// <summary>What kind of memory.</summary>
    public required SavingKind Kind { get; init; }

    /// <summary>What kind of action realises it.</summary>
    public SavingMeans Means { get; init; }

    /// <summary>Bytes by which the commit charge of the next fork falls.</summary>
    public required long CommitChargeBytes { get; init; }

    /// <summary>Bytes the child does not map any more: its resident set, and with it the page tables to copy.</summary>
    [JsonConverter(typeof(UnknownBytesConverter))]
    public required long ChildResidentBytes { get; init; }

    /// <summary>Duplication work saved, in microseconds; null where this process's rate is not known.</summary>
    public required double? LatencySavedMicroseconds { get; init; }

    /// <summary>Bytes that can no longer be copied on write while a child lives.</summary>
    [JsonConverter(typeof(UnknownBytesConverter))]
    public required long ExposureBytes { get; init; }

    /// <summary>What to do, in full: what really realises the saving.</summary>
    public required string Action { get; init; }

    /// <summary>How sure it is.</summary>
    public required Confidence Confidence { get; init; }

    /// <summary>Who holds the memory: a documentation-comment id where there is one; null where no holder is known.</summary>
    public string? Holder { get; init; }

    /// <summary>
    /// For native memory, the member or root whose value is an address in it: it may own it. Null where nothing managed knows it.
    /// </summary>
    public string? PossibleOwner { get; init; }

    /// <summary>For objects that several holders share: all of them must let go. Null otherwise.</summary>
    public IReadOnlyList<string>? JointlyHeldBy { get; init; }

    /// <summary>The larger of charge and resident bytes: what decides the order of a list.</summary>
    [JsonIgnore]
    public long WeightBytes => Math.Max(CommitChargeBytes, ChildResidentBytes);
}

/// <summary>Why memory stays.</summary>
public enum KeptReason
{
    /// <summary>The runtime needs it.</summary>
    Runtime,

    /// <summary>It lies in a segment that the collector never touches.</summary>
    Frozen,

    /// <summary>It lies between pinned objects.</summary>
    PinnedHoles,
}

/// <summary>Memory that no action gives back, listed so that users do not search for one.</summary>
/// <param name="Reason">Why it stays, for programs.</param>
/// <param name="What">What it is.</param>
/// <param name="Bytes">How much of the commit charge it is.</param>
/// <param name="Why">Why it stays.</param>
public sealed record KeptMemory(KeptReason Reason, string What, long Bytes, string Why);

/// <summary>The measured size of a source member.</summary>
/// <param name="Id">Its documentation-comment id.</param>
/// <param name="Bytes">What it alone keeps alive; for an instance field, over all instances.</param>
/// <param name="Instances">How many instances hold something there; 1 for a static.</param>
public sealed record MemberSize(string Id, long Bytes, int Instances);
