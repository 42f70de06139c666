using System.Text.Json.Serialization;
using ForkLint.Linux;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Report;

/// <summary>
/// One measurement as <c>docs/report.schema.json</c> describes it. The text report is a rendering of the same object.
/// What is unknown is null and is written as null: a reader never has to tell "absent" from "unknown".
/// </summary>
internal sealed record MeasurementReport
{
    /// <summary>The version of the contract. It changes only when a name goes away or changes its meaning.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The version of the contract this report was written for.</summary>
    [JsonPropertyOrder(-1)]
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>When it was made; null where that was not kept.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>The version of the tool that made it; null where that was not kept.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>What stands for <see cref="Engine"/> in a report that was made from a core dump.</summary>
    public const string CoreEngine = "core";

    /// <summary>The engine that measured: <c>agent</c>, <c>ptrace</c> or <c>estimate</c>; <c>core</c> where a core dump was read.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Whether it was made from a core dump: the machine is not known then.</summary>
    [JsonIgnore]
    public bool IsOfCore => Engine == CoreEngine;

    /// <summary>Why this engine was taken, in one sentence.</summary>
    public string? EngineWhy { get; init; }

    /// <summary>The process that was measured.</summary>
    public ProcessFacts Process { get; init; } = new(0, "", null, null);

    /// <summary>The machine, and the memory cgroup that limits the process.</summary>
    public HostSection Host { get; init; } = new();

    /// <summary>The process before the fork.</summary>
    public MemoryFigures Parent { get; init; } = new();

    /// <summary>The fork: what it was predicted to cost and what it did cost.</summary>
    public ForkFigures Fork { get; init; } = new();

    /// <summary>The same trial without duplicating the address space; null when none was made.</summary>
    public VforkFigures? Vfork { get; init; }

    /// <summary>How memory became private while a child was held; null when none was held.</summary>
    public CopyOnWriteFigures? CopyOnWrite { get; init; }

    /// <summary>How much room there is for a child beside the process; null where it could not be worked out.</summary>
    public BesideSection? Beside { get; init; }

    /// <summary>The same as if on the machine or in the container that --as-if describes; null without it.</summary>
    public BesideSection? BesideAsIf { get; init; }

    /// <summary>Whether the next fork succeeds: here, under each overcommit mode, in the cgroup, as if elsewhere.</summary>
    public IReadOnlyList<ForkVerdict> Verdicts { get; init; } = [];

    /// <summary>Whether a dump by the runtime's createdump would work; null for a program that is not .NET, and where it could not be found out.</summary>
    public CrashDumpSection? CrashDump { get; init; }

    /// <summary>The cost that is short here, by which <see cref="Savings"/> are ordered.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<ShortCost>))]
    public ShortCost ShortOf { get; init; }

    /// <summary>What to free and what that saves, in the order of what is short; null when it was not looked for.</summary>
    public IReadOnlyList<SavingSection>? Savings { get; init; }

    /// <summary>The managed heap as read from the child; null when it was not read.</summary>
    public HeapSection? Heap { get; init; }

    /// <summary>The members that hold much or that a finding is about, largest first; null when no findings were given (--sarif).</summary>
    public IReadOnlyList<HolderSection>? Holders { get; init; }

    /// <summary>What the application was seen to start, the highest peak first; null when no trace was given (--traced).</summary>
    public IReadOnlyList<TracedSection>? Traced { get; init; }

    /// <summary>The fork without the holders that --what-if-freed named; null when none was.</summary>
    public WhatIfSection? WhatIfFreed { get; init; }

    /// <summary>For each place where the fork fails, the fewest savings that make it succeed; null when savings were not looked for.</summary>
    public IReadOnlyList<ShortestListSection>? ShortestLists { get; init; }

    /// <summary>What a release of memory really saved; null when it was not tried.</summary>
    public VerifyFigures? Verified { get; init; }

    /// <summary>The budgets given on the command line and whether they were kept; empty without budgets.</summary>
    public IReadOnlyList<BudgetSection> Budgets { get; init; } = [];

    /// <summary>The mappings of the process in groups, the largest charge first.</summary>
    public IReadOnlyList<MappingGroupSection> Mappings { get; init; } = [];

    /// <summary>What a reader must know before trusting a figure above.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>The machine, and the memory cgroup that limits the process.</summary>
internal sealed record HostSection
{
    /// <summary>The kernel release.</summary>
    public string? Kernel { get; init; }

    /// <summary>Bytes of one page.</summary>
    public long? PageSizeBytes { get; init; }

    /// <summary>Installed memory (MemTotal).</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Swap (SwapTotal).</summary>
    public long? SwapTotalBytes { get; init; }

    /// <summary>Memory that can be had without swapping (MemAvailable).</summary>
    public long? AvailableBytes { get; init; }

    /// <summary>The value of <c>vm.overcommit_memory</c>.</summary>
    public int? OvercommitMode { get; init; }

    /// <summary>CommitLimit: enforced only in mode 2.</summary>
    public long? CommitLimitBytes { get; init; }

    /// <summary>Committed_AS: what the kernel has promised to all processes.</summary>
    public long? CommittedBytes { get; init; }

    /// <summary>What this tool and its helpers are charged for: it is not part of <see cref="CommittedBytes"/>.</summary>
    public long? ToolChargeBytes { get; init; }

    /// <summary>What this tool and its helpers have in memory: <see cref="AvailableBytes"/> counts it as available.</summary>
    public long? ToolResidentBytes { get; init; }

    /// <summary>The limit with the least room of all memory cgroups over the process; null without a limit.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>The directory of that cgroup; null without a limit.</summary>
    public string? MemoryLimitedBy { get; init; }

    /// <summary>What that cgroup uses, page cache included and this tool left out; null without a limit.</summary>
    public long? MemoryUsageBytes { get; init; }

    /// <summary>The page cache within it, which the kernel gives up under pressure; null without a limit.</summary>
    public long? ReclaimableBytes { get; init; }
}
