using System.Globalization;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Report;

/// <summary>Turns what was measured into the report object. It copies and names; it computes nothing that a measurement should.</summary>
internal static class ReportBuilder
{
    /// <summary>The report of a measurement.</summary>
    /// <param name="result">What was measured.</param>
    /// <param name="name">What people call the process; the measurement knows what the kernel calls it.</param>
    /// <param name="savings">What was found to free; null where it was not looked for.</param>
    public static MeasurementReport Build(MeasureResult result, string name, IReadOnlyList<Saving>? savings = null) => new()
    {
        Engine = Name(result.Engine),
        EngineWhy = result.EngineWhy,
        Process = Process(result, name),
        Host = Host(result.Host, result.Cgroup),
        Parent = Memory(result.Parent),
        Fork = Fork(result.Fork),
        Vfork = result.Vfork is null ? null : new VforkSection { LatencyMicroseconds = Latency(result.Vfork.Latency) },
        CopyOnWrite = result.CopyOnWrite is { } held ? CopyOnWrite(held) : null,
        Verdicts = [.. result.Verdicts.Select(Verdict)],
        Verified = result.Verified is { } verified ? Verified(verified, SavingsBuilder.PredictRelease(savings)) : null,
        Savings = savings is null ? null : [.. savings.Select(SavingsBuilder.Section)],
        Heap = SavingsBuilder.Heap(result),
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
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "a measurement says which engine it used"),
    };

    private static ProcessSection Process(MeasureResult result, string name) => new()
    {
        Pid = result.Process.Pid,
        Name = name,
        Runtime = result.Process.Runtime,
        IsServerGC = result.Process.IsServerGC,
        Libc = Libc(result.ParentMappings),
    };

    // The dynamic loader names the C library: ld-musl-x86_64.so.1 is musl itself; glibc's is libc.so.6, libc-2.NN.so before 2.34.
    private static string? Libc(IReadOnlyList<Mapping> mappings)
    {
        foreach (var mapping in mappings)
        {
            var file = Path.GetFileName(mapping.Path.AsSpan());
            if (file.StartsWith("ld-musl-", StringComparison.Ordinal) || file.StartsWith("libc.musl-", StringComparison.Ordinal))
            {
                return "musl";
            }

            if (file.SequenceEqual("libc.so.6") || file.StartsWith("libc-2.", StringComparison.Ordinal))
            {
                return "glibc";
            }
        }

        return null;
    }

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
        MemoryLimitBytes = cgroup?.LimitBytes,
        MemoryUsageBytes = cgroup?.UsageBytes,
        ReclaimableBytes = cgroup is null ? null : cgroup.InactiveFileBytes + cgroup.ActiveFileBytes,
    };

    private static MemorySection Memory(MemoryFigures figures) => new()
    {
        VirtualBytes = figures.VirtualBytes,
        ResidentBytes = figures.ResidentBytes,
        AnonymousBytes = figures.AnonymousBytes,
        ProportionalBytes = figures.ProportionalBytes,
        UniqueBytes = figures.UniqueBytes,
        PageTableBytes = figures.PageTableBytes,
        AnonymousHugePageBytes = figures.AnonymousHugePageBytes,
        CommitChargeBytes = figures.CommitChargeBytes,
    };

    private static LatencySection? Latency(Latency? latency) =>
        latency is null ? null : new LatencySection { Median = latency.Median, Minimum = latency.Minimum, Maximum = latency.Maximum };

    private static ForkSection Fork(ForkFigures fork) => new()
    {
        Succeeded = fork.Succeeded,
        Errno = fork.Errno,
        PredictedChargeBytes = fork.PredictedChargeBytes,
        ChargedBytes = fork.ChargedBytes,
        CommittedDeltaBytes = fork.CommittedDeltaBytes,
        AgentOverheadBytes = fork.AgentOverheadBytes,
        LatencyMicroseconds = Latency(fork.Latency),
        IsLatencyEstimated = fork.IsLatencyEstimated,
        LongestStallMicroseconds = fork.LongestStallMicroseconds,
        ControlStallMicroseconds = fork.ControlStallMicroseconds,
        Child = fork.Child is null ? null : Memory(fork.Child),
        Trials = [.. fork.Trials.Select(trial => new TrialSection
        {
            Succeeded = trial.Succeeded,
            Errno = trial.Errno,
            LatencyMicroseconds = trial.LatencyMicroseconds,
            StallMicroseconds = trial.StallMicroseconds,
            CommittedDeltaBytes = trial.CommittedDeltaBytes,
        })],
    };

    private static CopyOnWriteSection CopyOnWrite(CopyOnWriteFigures held) => new()
    {
        HeldMilliseconds = held.HeldMilliseconds,
        Truncated = held.Truncated,
        SharedAtForkBytes = held.SharedAtForkBytes,
        ChildWrittenBytes = held.ChildWrittenBytes,
        Samples = [.. held.Samples.Select(sample => new CopyOnWriteSampleSection
        {
            AtMilliseconds = sample.AtMilliseconds,
            ParentUniqueBytes = sample.ParentUniqueBytes,
            ChildUniqueBytes = sample.ChildUniqueBytes,
            ParentResidentBytes = sample.ParentResidentBytes,
            ChildResidentBytes = sample.ChildResidentBytes,
            ParentProportionalBytes = sample.ParentProportionalBytes,
            ChildProportionalBytes = sample.ChildProportionalBytes,
        })],
    };

    /// <summary>The report's entry for a verdict.</summary>
    public static VerdictSection Verdict(ForkVerdict verdict) => new()
    {
        Where = verdict.Where,
        Succeeds = verdict.Succeeds,
        Reason = verdict.Reason,
        ShortfallBytes = verdict.ShortfallBytes,
        MarginBytes = verdict.MarginBytes,
        Mapping = verdict.Culprit is not { } culprit ? null : new MappingSection
        {
            Range = string.Create(CultureInfo.InvariantCulture, $"{culprit.Start:x}-{culprit.End:x}"),
            SizeBytes = culprit.SizeBytes,
            Path = culprit.Path.Length == 0 ? null : culprit.Path,
        },
    };

    private static VerifiedSection Verified(VerifyFigures verified, long? predicted) => new()
    {
        PredictedBytes = verified.PredictedBytes ?? predicted,
        RealisedBytes = verified.RealisedBytes,
        PauseMicroseconds = verified.PauseMicroseconds,
        Before = Memory(verified.Before),
        After = Memory(verified.After),
        LatencyBeforeMicroseconds = verified.LatencyBeforeMicroseconds,
        LatencyAfterMicroseconds = verified.LatencyAfterMicroseconds,
    };
}
