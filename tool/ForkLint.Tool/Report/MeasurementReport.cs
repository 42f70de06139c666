using System.Text.Json.Serialization;

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

    /// <summary>The engine that measured: <c>agent</c> or <c>estimate</c>.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Why this engine was taken, in one sentence.</summary>
    public string? EngineWhy { get; init; }

    /// <summary>The process that was measured.</summary>
    public ProcessSection Process { get; init; } = new();

    /// <summary>The machine, and the memory cgroup that limits the process.</summary>
    public HostSection Host { get; init; } = new();

    /// <summary>The process before the fork.</summary>
    public MemorySection Parent { get; init; } = new();

    /// <summary>The fork: what it was predicted to cost and what it did cost.</summary>
    public ForkSection Fork { get; init; } = new();

    /// <summary>The same trial without duplicating the address space; null when none was made.</summary>
    public VforkSection? Vfork { get; init; }

    /// <summary>How memory became private while a child was held; null when none was held.</summary>
    public CopyOnWriteSection? CopyOnWrite { get; init; }

    /// <summary>Whether the next fork succeeds: here, under each overcommit mode, in the cgroup, as if elsewhere.</summary>
    public IReadOnlyList<VerdictSection> Verdicts { get; init; } = [];

    /// <summary>What to free and what that saves, largest first; null when it was not looked for.</summary>
    public IReadOnlyList<SavingSection>? Savings { get; init; }

    /// <summary>The managed heap as read from the child; null when it was not read.</summary>
    public HeapSection? Heap { get; init; }

    /// <summary>The members that hold much or that a finding is about, largest first; null when no findings were given (--sarif).</summary>
    public IReadOnlyList<HolderSection>? Holders { get; init; }

    /// <summary>The fork without the holders that --what-if-freed named; null when none was.</summary>
    public WhatIfSection? WhatIfFreed { get; init; }

    /// <summary>For each place where the fork fails, the fewest savings that make it succeed; null when savings were not looked for.</summary>
    public IReadOnlyList<ShortestListSection>? ShortestLists { get; init; }

    /// <summary>What a release of memory really saved; null when it was not tried.</summary>
    public VerifiedSection? Verified { get; init; }

    /// <summary>The budgets given on the command line and whether they were kept; empty without budgets.</summary>
    public IReadOnlyList<BudgetSection> Budgets { get; init; } = [];

    /// <summary>What a reader must know before trusting a figure above.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>The process that was measured.</summary>
internal sealed record ProcessSection
{
    /// <summary>Its id, in the pid namespace of the tool.</summary>
    public int Pid { get; init; }

    /// <summary>The managed entry assembly where it is known, else the executable.</summary>
    public string Name { get; init; } = "";

    /// <summary>The version of the .NET runtime it runs on, such as <c>10.0.12</c>.</summary>
    public string? Runtime { get; init; }

    /// <summary>Whether it uses the server garbage collector.</summary>
    [JsonPropertyName("isServerGC")]
    public bool? IsServerGC { get; init; }

    /// <summary>The C library it has loaded, <c>glibc</c> or <c>musl</c>: this decides whether Process.Start duplicates.</summary>
    public string? Libc { get; init; }
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

    /// <summary>The limit of the nearest memory cgroup that has one; null without a limit.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>What that cgroup uses, page cache included; null without a limit.</summary>
    public long? MemoryUsageBytes { get; init; }

    /// <summary>The page cache within it, which the kernel gives up under pressure; null without a limit.</summary>
    public long? ReclaimableBytes { get; init; }
}

/// <summary>The memory of one process at one moment, in bytes. Each is null where it could not be read.</summary>
internal sealed record MemorySection
{
    /// <summary>Address space (VmSize). For .NET mostly a reserve that costs nothing.</summary>
    public long? VirtualBytes { get; init; }

    /// <summary>Pages in memory, shared ones included (VmRSS).</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>The anonymous part of it (RssAnon): what a fork copies page table entries for.</summary>
    public long? AnonymousBytes { get; init; }

    /// <summary>Pages in memory, each divided by the number of its sharers (Pss).</summary>
    public long? ProportionalBytes { get; init; }

    /// <summary>Pages nobody else maps (Private_Clean + Private_Dirty).</summary>
    public long? UniqueBytes { get; init; }

    /// <summary>Its page tables (VmPTE).</summary>
    public long? PageTableBytes { get; init; }

    /// <summary>Anonymous memory in huge pages (AnonHugePages).</summary>
    public long? AnonymousHugePageBytes { get; init; }

    /// <summary>What it is charged against the kernel's commit limit.</summary>
    public long? CommitChargeBytes { get; init; }
}
