using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Report;

/// <summary>Turns what was measured into the report object. It copies and names; it computes nothing that a measurement should.</summary>
internal static class ReportBuilder
{
    /// <summary>The report of a measurement.</summary>
    /// <param name="measured">What was measured.</param>
    /// <param name="name">What people call the process; the measurement knows what the kernel calls it.</param>
    /// <param name="savings">What was found to free; null where it was not looked for.</param>
    public static MeasurementReport Build(Measured measured, string name, IReadOnlyList<Saving>? savings = null) =>
        Build(measured.Result, name, savings) with { Heap = SavingsBuilder.Heap(measured) };

    private static MeasurementReport Build(MeasureResult result, string name, IReadOnlyList<Saving>? savings) => new()
    {
        Engine = Name(result.Engine),
        EngineWhy = result.EngineWhy,
        Process = result.Process with { Name = name, Libc = Libc(result.ParentMappings) },
        Host = Host(result.Host, result.Cgroup?.TightestLimit),
        Parent = result.Parent,
        Fork = result.Fork,
        Vfork = result.Vfork,
        CopyOnWrite = result.CopyOnWrite,
        Verdicts = result.Verdicts,
        Verified = result.Verified is { } verified ? verified with { PredictedBytes = verified.PredictedBytes ?? SavingsBuilder.PredictRelease(savings) } : null,
        ShortOf = SavingsOrder.Of(result.Situation),
        Savings = savings is null ? null : [.. savings.Select(static saving => new SavingSection(saving))],
        Mappings = MappingGroupSection.Of(result.ParentMappings),
        Warnings = result.Warnings,
    };

    /// <summary>The report of a dry run.</summary>
    /// <param name="plan">What would be done.</param>
    /// <param name="name">What people call the process.</param>
    public static PlanReport Build(MeasurePlan plan, string name) => new()
    {
        Pid = plan.Process.Pid,
        Name = name,
        Engine = Name(plan.Engine),
        EngineWhy = plan.Why,
        Allowed = plan.Refusal is null,
        Refusal = plan.Refusal?.Message,
        Advice = plan.Refusal?.Advice,
        RefusalExitCode = (int?)plan.Refusal?.Reason,
        WouldDo = plan.WouldDo,
        Trials = plan.Trials,
        PredictedStallMicroseconds = plan.PredictedStallMicroseconds,
        PredictedChargeBytes = plan.PredictedChargeBytes,
        HeadRoomBytes = plan.HeadRoomBytes,
        NeededHeadRoomBytes = plan.NeededHeadRoomBytes,
    };

    private static string Name(EngineKind engine) => engine switch
    {
        EngineKind.Agent => "agent",
        EngineKind.Estimate => "estimate",
        EngineKind.Ptrace => "ptrace",
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "a measurement says which engine it used"),
    };

    /// <summary>The C library that is mapped; null where neither is.</summary>
    public static string? Libc(IReadOnlyList<Mapping> mappings) => CLibraries.Of(mappings.Select(static mapping => mapping.Path)) switch
    {
        CLibrary.Musl => "musl",
        CLibrary.Glibc => "glibc",
        _ => null,
    };

    private static HostSection Host(HostMemory host, MemoryCgroup? cgroup) => new()
    {
        Kernel = host.Kernel,
        PageSizeBytes = host.PageSizeBytes,
        TotalBytes = host.TotalBytes,
        SwapTotalBytes = host.SwapTotalBytes,
        AvailableBytes = host.AvailableBytes,
        OvercommitMode = host.OvercommitMode,
        CommitLimitBytes = host.CommitLimitBytes,
        CommittedBytes = host.CommittedBytes,
        ToolChargeBytes = host.ToolChargeBytes,
        ToolResidentBytes = host.ToolResidentBytes,
        MemoryLimitBytes = cgroup?.LimitBytes,
        MemoryLimitedBy = cgroup?.Path,
        MemoryUsageBytes = cgroup?.UsageBytes,
        ReclaimableBytes = cgroup?.ReclaimableBytes,
    };
}
