using ForkLint.Dumps;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

/// <summary>Reports of every shape that a measurement can have.</summary>
internal static class SampleReports
{
    public const long MiB = 1024 * 1024;

    public static MeasurementReport Agent { get; } = new()
    {
        Engine = "agent",
        EngineWhy = "the application lets a startup hook in",
        Process = new ProcessFacts(4242, "Shop.Api", "10.0.12", false) { Libc = "glibc" },
        Host = new HostSection
        {
            Kernel = "6.18.0",
            PageSizeBytes = 4096,
            TotalBytes = 24L * 1024 * MiB,
            SwapTotalBytes = 0,
            AvailableBytes = 20L * 1024 * MiB,
            OvercommitMode = 0,
            CommitLimitBytes = 12L * 1024 * MiB,
            CommittedBytes = 1024 * MiB,
            MemoryLimitBytes = 512 * MiB,
            MemoryUsageBytes = 400 * MiB,
            ReclaimableBytes = 100 * MiB,
        },
        Parent = new MemoryFigures
        {
            VirtualBytes = 256L * 1024 * MiB,
            ResidentBytes = 300 * MiB,
            AnonymousBytes = 261 * MiB,
            ProportionalBytes = 290 * MiB,
            UniqueBytes = 280 * MiB,
            PageTableBytes = 1 * MiB,
            AnonymousHugePageBytes = 0,
            CommitChargeBytes = 270 * MiB,
        },
        Fork = new ForkFigures
        {
            Succeeded = true,
            PredictedChargeBytes = 270 * MiB,
            ChargedBytes = 270 * MiB,
            CommittedDeltaBytes = (270 * MiB) + 12288,
            AgentOverheadBytes = 524288,
            LatencyMicroseconds = new Latency(8120, 7200, 9900),
            LongestStallMicroseconds = 9200,
            ControlStallMicroseconds = 93,
            StallBudgetMicroseconds = 250_000,
            Child = new MemoryFigures
            {
                VirtualBytes = 256L * 1024 * MiB,
                ResidentBytes = 262 * MiB,
                AnonymousBytes = 261 * MiB,
                ProportionalBytes = 130 * MiB,
                UniqueBytes = 40960,
                PageTableBytes = 786432,
                AnonymousHugePageBytes = 0,
                CommitChargeBytes = 270 * MiB,
            },
            Trials =
            [
                new TrialFigures { Succeeded = true, LatencyMicroseconds = 8120, StallMicroseconds = 9200, CommittedDeltaBytes = (270 * MiB) + 12288 },
                new TrialFigures { Succeeded = true, LatencyMicroseconds = 7200 },
                new TrialFigures { Succeeded = true, LatencyMicroseconds = 9900 },
            ],
        },
        Mappings =
        [
            new MappingGroupSection { Kind = MappingKind.Collector, Count = 12, SizeBytes = 256L * 1024 * MiB, CommitChargeBytes = 220 * MiB, ResidentBytes = 215 * MiB, AnonymousBytes = 215 * MiB },
            new MappingGroupSection { Kind = MappingKind.Anonymous, Count = 80, SizeBytes = 49 * MiB, CommitChargeBytes = 46 * MiB, ResidentBytes = 40 * MiB, AnonymousBytes = 40 * MiB },
            new MappingGroupSection { Kind = MappingKind.File, Name = "/usr/lib/libcoreclr.so", Count = 4, SizeBytes = 8 * MiB, CommitChargeBytes = 4 * MiB, ResidentBytes = 6 * MiB, AnonymousBytes = MiB },
            new MappingGroupSection { Kind = MappingKind.Kernel, Count = 2, SizeBytes = 24576 },
        ],
        Vfork = new VforkFigures(new Latency(120, 100, 210)),
        Verdicts =
        [
            new ForkVerdict { Rule = AdmissionRule.Here, Where = "here", Succeeds = Answer.Yes, Reason = "overcommit_memory=0: no mapping is larger than RAM and swap", MarginBytes = 1024 * MiB },
            new ForkVerdict { Rule = AdmissionRule.Strict, Where = "overcommit_memory=2", Succeeds = Answer.Uncertain, Reason = "within the counter's error", MarginBytes = 2 * MiB },
        ],
    };

    public static MeasurementReport WithChildWrites { get; } = Agent with
    {
        CopyOnWrite = new CopyOnWriteFigures
        {
            Truncated = false,
            HeldMilliseconds = 412,
            SharedAtForkBytes = 261 * MiB,
            ChildWrittenBytes = 25 * MiB,
            Samples =
            [
                new CopyOnWriteSample { AtMilliseconds = 12, ParentUniqueBytes = 19 * MiB, ChildUniqueBytes = 40960, ParentResidentBytes = 300 * MiB, ChildResidentBytes = 262 * MiB, ParentProportionalBytes = 150 * MiB, ChildProportionalBytes = 130 * MiB },
                new CopyOnWriteSample { AtMilliseconds = 400, ParentUniqueBytes = 44 * MiB, ChildUniqueBytes = (25 * MiB) + 40960, ParentResidentBytes = 300 * MiB, ChildResidentBytes = 262 * MiB, ParentProportionalBytes = 162 * MiB, ChildProportionalBytes = 142 * MiB },
            ],
        },
    };

    public static MeasurementReport Failed { get; } = Agent with
    {
        Fork = new ForkFigures
        {
            Succeeded = false,
            Errno = 12,
            PredictedChargeBytes = 30L * 1024 * MiB,
            Trials = [new TrialFigures { Succeeded = false, Errno = 12, LatencyMicroseconds = 150 }],
        },
        Verdicts =
        [
            new ForkVerdict
            {
                Rule = AdmissionRule.Here,
                Where = "here",
                Succeeds = Answer.No,
                Reason = "overcommit_memory=0: one mapping is larger than RAM and swap",
                ShortfallBytes = 6L * 1024 * MiB,
                Mapping = new MappingPlace { Range = "7f0000000000-7f0780000000", SizeBytes = 30L * 1024 * MiB },
            },
        ],
        Warnings = ["The child was not read."],
    };

    public static MeasurementReport Estimate { get; } = Agent with
    {
        Engine = "estimate",
        EngineWhy = "asked for",
        Fork = new ForkFigures { PredictedChargeBytes = 270 * MiB, LatencyMicroseconds = new Latency(8000, 7000, 9000), IsLatencyEstimated = true },
        Vfork = null,
        Verdicts =
        [
            .. Agent.Verdicts,
            new ForkVerdict { Rule = AdmissionRule.Elsewhere, Where = "as-if ram=512MiB,swap=0,overcommit=2", Succeeds = Answer.No, Reason = "overcommit_memory=2: too little", ShortfallBytes = 4L * 1024 * MiB },
        ],
    };

    /// <summary>Nothing is known but the process.</summary>
    public static MeasurementReport Unknown { get; } = new() { Engine = "estimate", Process = new ProcessFacts(1, "?", null, null) };

    public static MeasurementReport WithSavings { get; } = Agent with
    {
        Savings =
        [
            new SavingSection { What = "App.Cache.Table", Kind = SavingKind.Managed, CommitChargeBytes = 200 * MiB, ChildResidentBytes = 200 * MiB, LatencySavedMicroseconds = 5000, ExposureBytes = 200 * MiB, Action = "set it to null and collect", Confidence = Confidence.Estimated, Holder = "F:App.Cache.Table" },
            new SavingSection { What = "free GC memory", Kind = SavingKind.GcFree, CommitChargeBytes = 12 * MiB, ChildResidentBytes = 9 * MiB, LatencySavedMicroseconds = null, ExposureBytes = 9 * MiB, Action = "collect", Confidence = Confidence.Measured, JointlyHeldBy = ["F:A.B", "F:C.D"] },
        ],
        Heap = new HeapSection { Objects = 1000, Bytes = 200 * MiB, UnreadableObjects = 0, ReadMilliseconds = 400, ChildLivedMilliseconds = 500 },
        Verified = new VerifyFigures { PredictedBytes = 200 * MiB, RealisedBytes = 199 * MiB, PauseMicroseconds = 30000, Before = Agent.Parent, After = Agent.Parent },
        Budgets = [new BudgetSection { Name = "max-charge", Limit = 100 * MiB, Actual = 270 * MiB, Exceeded = true }],
    };

    public static MeasurementReport WithFindings { get; } = FindingsJoin.Join(
        WithSavings,
        [
            new MemberSize("F:App.Cache.Table", 200 * MiB, 1),
            new MemberSize("P:App.Index.Rows", 20 * MiB, 2),
            new MemberSize("F:App.Log.Lines", 17 * MiB, 1),
            new MemberSize("F:App.Names.All", MiB, 1),
            new MemberSize("F:App.Names.Few", MiB, 1),
        ],
        [
            Finding("F:App.Cache.Table", FindingLevel.Warning) with { Location = new CodeLocation("src/Cache.cs", 12, 5, 12, 20) },
            Finding("P:App.Index.Rows", FindingLevel.Warning) with { Location = new CodeLocation("src/Index.cs", 0, 0, 0, 0), Suppressions = [new FindingSuppression("inSource", null)] },
            Finding("F:App.Names.Few", FindingLevel.Note),
            Finding("F:App.Elsewhere.Data", FindingLevel.Warning),
        ]);

    /// <summary>A service in a container, beside which a child of 250 MiB does not fit.</summary>
    public static MeasurementReport Beside { get; } = WithSavings with
    {
        MadeAt = new DateTimeOffset(2026, 11, 29, 13, 30, 5, TimeSpan.FromHours(1)),
        ToolVersion = "0.2.0",
        ShortOf = ShortCost.Resident,
        Budgets = [],
        Verified = null,
        Beside = new BesideSection
        {
            LimitedBy = AdmissionRule.MemoryCgroup,
            LimitPath = "/sys/fs/cgroup/shop",
            LimitBytes = 400 * MiB,
            UsedBytes = 234 * MiB,
            ReclaimableBytes = 20 * MiB,
            RoomBytes = 186 * MiB,
            Others = [new OtherProcessSection { Pid = 77, Name = "nginx", ResidentBytes = 12 * MiB }],
            OthersCount = 1,
            OthersResidentBytes = 12 * MiB,
            CollectorCeilingBytes = 300 * MiB,
            CollectorResidentBytes = 150 * MiB,
            OomKills = 1,
            LimitHits = 23,
            PeakBytes = 399 * MiB,
            OomGroup = false,
            PressurePercent = 12.5,
            Children =
            [
                new ChildSection
                {
                    Asked = "250MiB",
                    SizeBytes = 250 * MiB,
                    NeededBytes = 251 * MiB,
                    Fits = Answer.No,
                    DecidedBy = AdmissionRule.MemoryCgroup,
                    ShortfallBytes = 65 * MiB,
                    UncertainBytes = 8 * MiB,
                    Consequence = ShortageConsequence.Kill,
                    KilledFirst = new KilledSection { Pid = 4242, Name = "Shop.Api" },
                    FitsAtCeiling = Answer.No,
                    ShortfallAtCeilingBytes = 215 * MiB,
                    HeapHardLimitPercent = 19,
                    SavingsSuffice = true,
                    Savings = [WithSavings.Savings![0]],
                },
                new ChildSection { Name = "git", SizeBytes = 9 * MiB, Source = ChildSource.Living, NeededBytes = 9 * MiB, Fits = Answer.Yes, MarginBytes = 177 * MiB, DecidedBy = AdmissionRule.MemoryCgroup, UncertainBytes = 8 * MiB, FitsAtCeiling = Answer.Yes },
            ],
        },
    };

    /// <summary>One whose crash dump does not fit in its directory.</summary>
    public static MeasurementReport CrashDump { get; } = WithSavings with
    {
        CrashDump = new CrashDumpSection
        {
            Type = DumpType.Heap,
            SizeBytes = 312 * MiB,
            FreeBytes = 64 * MiB,
            Directory = "/dumps",
            Fits = Answer.No,
            Reason = "312 MiB are needed, and /dumps (tmpfs) has 64 MiB free",
            Remedy = "make room, name another directory, or take a smaller type",
        },
    };

    /// <summary>From the core dump of a kernel: the machine and what was in memory are not known.</summary>
    public static MeasurementReport Core { get; } = new()
    {
        Engine = MeasurementReport.CoreEngine,
        EngineWhy = "read from core.4242; nothing was forked, and what a dump does not hold is unknown",
        Process = new ProcessFacts(4242, "Shop.Api", "10.0.12", false) { Libc = "glibc" },
        Parent = new MemoryFigures { CommitChargeBytes = 270 * MiB },
        Fork = new ForkFigures { PredictedChargeBytes = 270 * MiB },
        Savings = [WithSavings.Savings![0] with { ChildResidentBytes = Saving.Unknown, ExposureBytes = Saving.Unknown, LatencySavedMicroseconds = null }],
        Heap = new HeapSection { Objects = 1000, Bytes = 200 * MiB, UnreadableObjects = 0, ReadMilliseconds = 400 },
        Mappings = [.. Agent.Mappings.Select(static group => group with { ResidentBytes = null, AnonymousBytes = null })],
        Warnings = ["the charge is that of all private writable memory in the dump"],
    };

    public static TheoryData<string> Names { get; } = new(["CrashDump", "Core", "Beside", "Agent", "WithChildWrites", "Failed", "Estimate", "Unknown", "WithSavings", "WithFindings"]);

    public static MeasurementReport ByName(string name) => name switch
    {
        nameof(Agent) => Agent,
        nameof(CrashDump) => CrashDump,
        nameof(Core) => Core,
        nameof(Beside) => Beside,
        nameof(WithChildWrites) => WithChildWrites,
        nameof(Failed) => Failed,
        nameof(Estimate) => Estimate,
        nameof(Unknown) => Unknown,
        nameof(WithSavings) => WithSavings,
        nameof(WithFindings) => WithFindings,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static Finding Finding(string holder, FindingLevel level) => new()
    {
        RuleId = "FORK005",
        Level = level,
        Message = "It holds much.",
        Properties = new FindingProperties([new(FindingProperties.HolderMemberName, holder)]),
    };
}
