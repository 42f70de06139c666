using System.Text.Json.Serialization;
using ForkLint.Linux;

namespace ForkLint.Tool.Report;

/// <summary>How much room is left for a child beside the process, and whether the children that are known or asked about fit.</summary>
internal sealed record BesideSection
{
    /// <summary>The other machine or container that this is about, as it was asked for; null for here.</summary>
    public string? AsIf { get; init; }

    /// <summary>What sets the limit that leaves least room.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<AdmissionRule>))]
    public AdmissionRule LimitedBy { get; init; }

    /// <summary>The directory of the cgroup that sets it; null where it is the machine, or only supposed.</summary>
    public string? LimitPath { get; init; }

    /// <summary>Why a container's limits over the process cannot be seen from here, so that there may be less room; null where they are known.</summary>
    public string? HiddenLimit { get; init; }

    /// <summary>That limit; all RAM for the machine.</summary>
    public long LimitBytes { get; init; }

    /// <summary>What is used of it, page cache included and this tool left out.</summary>
    public long UsedBytes { get; init; }

    /// <summary>The page cache in it, which the kernel gives up before it kills.</summary>
    public long ReclaimableBytes { get; init; }

    /// <summary>What is left: limit − (used − reclaimable).</summary>
    public long RoomBytes { get; init; }

    /// <summary>What could be swapped out to make room.</summary>
    public long SwapBytes { get; init; }

    /// <summary>The largest of the other living processes below that limit, largest first.</summary>
    public IReadOnlyList<OtherProcessSection> Others { get; init; } = [];

    /// <summary>How many others there are.</summary>
    public int OthersCount { get; init; }

    /// <summary>What all of them have in memory, shared pages counted in each.</summary>
    public long OthersResidentBytes { get; init; }

    /// <summary>How large the garbage collector lets its heap become; null where only the machine's memory limits it.</summary>
    public long? CollectorCeilingBytes { get; init; }

    /// <summary>What of its heap is in memory now; null where that is not known.</summary>
    public long? CollectorResidentBytes { get; init; }

    /// <summary>How many processes of the cgroup the kernel has killed because memory ran out; null where it is not counted.</summary>
    public long? OomKills { get; init; }

    /// <summary>How often the limit was met; null where it is not counted.</summary>
    public long? LimitHits { get; init; }

    /// <summary>The most that was used at once, page cache included; null where it is not kept.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>Whether a kill takes the whole cgroup (memory.oom.group); null where the kernel has no such setting.</summary>
    public bool? OomGroup { get; init; }

    /// <summary>The share of the last ten seconds in which some task waited for memory, in percent; null where it is not kept.</summary>
    public double? PressurePercent { get; init; }

    /// <summary>The children that were asked about and those that live.</summary>
    public IReadOnlyList<ChildSection> Children { get; init; } = [];
}

/// <summary>Another process below the same limit.</summary>
internal sealed record OtherProcessSection
{
    /// <summary>Its id.</summary>
    public int Pid { get; init; }

    /// <summary>Its name, as <c>ps</c> shows it.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it has in memory, shared pages included.</summary>
    public long ResidentBytes { get; init; }
}

/// <summary>Where the size of a child comes from.</summary>
internal enum ChildSource
{
    /// <summary>The command line.</summary>
    Asked,

    /// <summary>A process that <c>trace</c> has seen.</summary>
    Traced,

    /// <summary>A process that the application has started and that still runs.</summary>
    Living,
}

/// <summary>What happens where a child does not fit.</summary>
internal enum ShortageConsequence
{
    /// <summary>The kernel kills.</summary>
    Kill,

    /// <summary>The kernel makes allocations wait: memory.high, or a cgroup whose killer is switched off.</summary>
    Wait,
}

/// <summary>A child and whether it fits.</summary>
internal sealed record ChildSection
{
    /// <summary>The program; null where only a size was asked about.</summary>
    public string? Name { get; init; }

    /// <summary>The size as it was asked about; null for a child that was measured.</summary>
    public string? Asked { get; init; }

    /// <summary>The highest resident set of each.</summary>
    public long SizeBytes { get; init; }

    /// <summary>How many at once.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Where the size comes from.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<ChildSource>))]
    public ChildSource Source { get; init; }

    /// <summary>What is needed: the resident sets, page tables and a task each.</summary>
    public long NeededBytes { get; init; }

    /// <summary>Whether it fits as the process is now.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<Answer>))]
    public Answer Fits { get; init; }

    /// <summary>The limit that decides.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<AdmissionRule>))]
    public AdmissionRule DecidedBy { get; init; }

    /// <summary>How much is left beside it; null where something is missing, or where limits cannot be seen.</summary>
    public long? MarginBytes { get; init; }

    /// <summary>How much is missing; null where nothing is.</summary>
    public long? ShortfallBytes { get; init; }

    /// <summary>How near to the limit nothing is certain: 2 % of it.</summary>
    public long UncertainBytes { get; init; }

    /// <summary>What the kernel does where it does not fit; null where it fits.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<ShortageConsequence>))]
    public ShortageConsequence? Consequence { get; init; }

    /// <summary>The process that the kernel would kill first; null where the child fits, or where it kills none.</summary>
    public KilledSection? KilledFirst { get; init; }

    /// <summary>A process of nearly the same size that it may kill instead; null where it is certain.</summary>
    public KilledSection? KilledOtherwise { get; init; }

    /// <summary>Whether everything in the cgroup dies with it (memory.oom.group).</summary>
    public bool KillsWholeCgroup { get; init; }

    /// <summary>Whether it fits once the collector's heap is as large as it may become; null where that is not known.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<Answer>))]
    public Answer? FitsAtCeiling { get; init; }

    /// <summary>How much is missing then; null where nothing is, or where it is not known.</summary>
    public long? ShortfallAtCeilingBytes { get; init; }

    /// <summary>The DOTNET_GCHeapHardLimitPercent with which it fits, in decimal: the variable takes it in hexadecimal. Null where none is needed or none is enough.</summary>
    public int? HeapHardLimitPercent { get; init; }

    /// <summary>Whether what is known to be freeable makes it fit; null where it fits, or where savings were not looked for.</summary>
    public bool? SavingsSuffice { get; init; }

    /// <summary>The fewest savings of resident memory that make it fit.</summary>
    public IReadOnlyList<SavingSection> Savings { get; init; } = [];
}

/// <summary>A process that the kernel would kill.</summary>
internal sealed record KilledSection
{
    /// <summary>Its id; null for the child that is to run.</summary>
    public int? Pid { get; init; }

    /// <summary>Its name, as <c>ps</c> shows it.</summary>
    public string Name { get; init; } = "";
}
