using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>All that is known of a target before anything is done to it: whether it may be measured, how, and what one fork will cost.</summary>
internal sealed record Assessment
{
    /// <summary>A trial's child, page tables aside: its kernel stack and the pages that it and the parent copy while it lives.</summary>
    private const int FewestFreeTasks = 4;

    public required EngineKind Engine { get; init; }

    public required string Why { get; init; }

    public required DotNetFacts Facts { get; init; }

    public required HostMemory Host { get; init; }

    public required MemoryCgroup? Cgroup { get; init; }

    public required PidLimits? Pids { get; init; }

    /// <summary>The mappings before the agent; null where the engine was refused before they were read.</summary>
    public required IReadOnlyList<Mapping> Mappings { get; init; }

    public required ProcessStatus Status { get; init; }

    public required ForkRate Rate { get; init; }

    public required Refusal? Refusal { get; init; }

    public required int Trials { get; init; }

    public long PredictedChargeBytes => CommitCharge.PredictBytes(Mappings);

    public TimeSpan PredictedStall => Rate.Predict(Mappings.Sum(static m => m.AnonymousBytes), Mappings.Sum(static m => m.AnonymousHugePageBytes));

    public long NeededHeadRoomBytes => (Status.PageTableBytes ?? 0) + ForkAdmission.HeadRoomReserveBytes;

    /// <summary>Looks at the target, and forks this process to calibrate.</summary>
    /// <exception cref="MeasureException">It is gone, may not be read, or no engine can measure it.</exception>
    public static Assessment Make(MeasureRequest request, Target target)
    {
        var calibration = Calibration.Begin();
        request.Observer?.Entered(MeasureStage.Probe);
        var facts = DotNetProbe.Probe(target.Files, target.Stat, target.Status);
        var (engine, why) = EngineChoice.Choose(request.Engine, facts, target);
        var refusal = ConditionOf(target);

        request.Observer?.Entered(MeasureStage.ReadMappings);
        var mappings = Measurement.Require(target.Files.Mappings(), target.Pid);
        var host = Measurement.Require(HostMemory.Read(), target.Pid);
        var assessment = new Assessment
        {
            Engine = engine,
            Why = why,
            Facts = facts,
            Host = host,
            Cgroup = MemoryCgroup.ForProcess(target.Pid).ValueOr(null),
            Pids = PidLimits.Read(target.Pid) is { IsOk: true } pids ? pids.Value : null,
            Mappings = mappings,
            Status = Measurement.Require(target.Files.Status(), target.Pid),
            Rate = Calibrate(request, calibration),
            Refusal = null,
            Trials = 0,
        };
        return engine == EngineKind.Estimate ? assessment : assessment with
        {
            Refusal = refusal ?? assessment.RefusalOfCost(request, target),
            Trials = assessment.TrialsWithin(request),
        };
    }

    private static ForkRate Calibrate(MeasureRequest request, Calibration calibration)
    {
        request.Observer?.Entered(MeasureStage.Calibrate);
        return calibration.Result();
    }

    /// <summary>How many forks fit the stall budget: one at least, or it would have been refused.</summary>
    private int TrialsWithin(MeasureRequest request) =>
        (int)Math.Clamp(request.MaxStall / PredictedStall, 1, Math.Max(1, request.MaxTrials));

    private static Refusal? ConditionOf(Target target)
    {
        var condition = Measurement.Require(ProcessSafety.Condition(target.Pid), target.Pid);
        string? state = condition switch
        {
            ProcessCondition.Stopped => "is stopped by a signal",
            ProcessCondition.Traced => "is stopped by a debugger",
            ProcessCondition.Frozen => "is frozen by its cgroup",
            ProcessCondition.CoreDumping => "is writing a core dump",
            _ when target.Status.TracerPid is > 0 => string.Create(CultureInfo.InvariantCulture, $"is traced by process {target.Status.TracerPid}"),
            _ => null,
        };
        return state == null ? null : new Refusal(
            ExitReason.RefusedForSafety,
            $"{target.Title} {state}: it would receive the agent at some later time",
            "let it run (kill -CONT, detach the debugger), or use --engine estimate");
    }

    private Refusal? RefusalOfCost(MeasureRequest request, Target target)
    {
        if (PredictedStall > request.MaxStall)
        {
            return new Refusal(
                ExitReason.RefusedForSafety,
                string.Create(CultureInfo.InvariantCulture, $"one fork would stop the application's writers for about {PredictedStall.TotalMilliseconds:F1} ms, and {request.MaxStall.TotalMilliseconds:F1} ms are allowed"),
                "allow more with --max-stall, or use --engine estimate");
        }

        if (!request.IgnoreHeadRoom && Cgroup?.Tightest is { } cgroup && cgroup.HeadRoomBytes < NeededHeadRoomBytes)
        {
            return new Refusal(
                ExitReason.RefusedForSafety,
                $"its memory cgroup {cgroup.Path} has {ByteSize.Format(Math.Max(0, cgroup.HeadRoomBytes))} left, and a fork needs {ByteSize.Format(NeededHeadRoomBytes)}: the kernel would kill, not refuse",
                "raise the limit, use --engine estimate, or --force if a kill is acceptable");
        }

        if (Pids?.Tightest is { } tasks && tasks.Left < FewestFreeTasks)
        {
            return new Refusal(
                ExitReason.RefusedForSafety,
                string.Create(CultureInfo.InvariantCulture, $"only {tasks.Left} more tasks may be created ({tasks.Name}): the trial could take the last one from the application"),
                "raise the limit, or use --engine estimate");
        }

        if (DescriptorRoom.Left(target.Files) is { } descriptors and < DescriptorRoom.Needed)
        {
            return new Refusal(
                ExitReason.RefusedForSafety,
                string.Create(CultureInfo.InvariantCulture, $"it can open only {descriptors} more files, and its runtime would end it if it could not open the agent"),
                "raise its limit (prlimit --nofile), or use --engine estimate");
        }

        return null;
    }
}
