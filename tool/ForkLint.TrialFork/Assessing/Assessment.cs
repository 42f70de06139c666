using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>All that is known of a target before anything is done to it: whether it may be measured, how, and what one fork will cost.</summary>
internal sealed record Assessment
{
    private const int FewestFreeTasks = 4;

    public required EngineKind Engine { get; init; }

    public required string Why { get; init; }

    public required DotNetFacts Facts { get; init; }

    /// <summary>The memory cgroups over the target as they are, this tool included: what a watchdog compares with. Null: no limit.</summary>
    public required MemoryCgroup? Cgroup { get; init; }

    /// <summary>The target and its machine as they are without this tool and its agent: what verdicts are about.</summary>
    public required ForkSituation Situation { get; init; }

    /// <summary>Who else is there.</summary>
    public required Surroundings Surroundings { get; init; }

    public HostMemory Host => Situation.Host;

    /// <summary>The mappings before the agent; null where the engine was refused before they were read.</summary>
    public required IReadOnlyList<Mapping> Mappings { get; init; }

    public required ProcessStatus Status { get; init; }

    public required ForkRate Rate { get; init; }

    public required Refusal? Refusal { get; init; }

    public required int Trials { get; init; }

    /// <summary>What forbids every fork of the application, whatever memory there is.</summary>
    public string? ForkForbidden { get; init; }

    public long PredictedChargeBytes => CommitCharge.PredictBytes(Mappings);

    /// <summary>What the trials are planned with: where the rate could not be measured here, the longest that it may be.</summary>
    public TimeSpan PredictedStall => Rate.Predict(Mappings.Sum(static m => m.AnonymousBytes) + MappingWork.WorthBytes(Mappings), Mappings.Sum(static m => m.AnonymousHugePageBytes));

    /// <summary>How long one fork stops the application's writers, as far as it could be measured here.</summary>
    public TimeSpan? MeasuredStall => Rate.Unmeasured == null ? PredictedStall : null;

    private string PlannedWith => Rate.Unmeasured is { } why
        ? string.Create(CultureInfo.InvariantCulture, $" at the slowest published rate, {ForkRate.SlowestPublished} ms a GB ({why})")
        : "";

    /// <summary>What a trial needs in each memory cgroup over the target (<see cref="RoomCheck.NeededBytes"/>).</summary>
    public required long NeededHeadRoomBytes { get; init; }

    /// <summary>Looks at the target, and forks this process to calibrate where that fits.</summary>
    /// <exception cref="MeasureException">It is gone, may not be read, or no engine can measure it.</exception>
    public static Assessment Make(MeasureRequest request, Target target, CancellationToken cancellation)
    {
        request.Observer?.Entered(MeasureStage.Probe);
        var facts = RuntimeStart.Settled(new PreflightSubject(request, target, DotNetProbe.Probe(target.Files, target.Stat, target.Status), cancellation));
        var subject = new PreflightSubject(request, target, facts, cancellation);
        var (engine, why) = EngineChoice.Choose(request.Engine, facts, target);
        var refusal = Examine(engine, subject);
        string? forbidden = refusal?.ForkForbidden;
        if (refusal is { AllowsEstimate: true } && request.Engine == EngineKind.Auto)
        {
            (engine, why) = engine == EngineKind.Agent
                ? EngineChoice.Instead(refusal, target, () => Preflight.Trace.Examine(subject))
                : (EngineKind.Estimate, $"{why}; and {refusal.Message}");
            refusal = null;
        }

        // What this tool needs must fit before it reads, touches or starts anything of size.
        var (host, tool) = Measurement.Require(ToolFootprint.ReadWithHost(target.Pid), target.Pid);
        var cgroup = MemoryCgroup.ForProcess(target.Pid);
        var room = new RoomCheck(request, target, host, tool, cgroup.ValueOr(null));
        if (room.BeforeReading(engine) is { } tooLittle)
        {
            throw new MeasureException(tooLittle.Reason, tooLittle.Message, tooLittle.Advice);
        }

        request.Observer?.Entered(MeasureStage.ReadMappings);
        var mappings = Measurement.Require(target.Files.Mappings(), target.Pid);
        var status = Measurement.Require(target.Files.Status(), target.Pid);
        var candidate = Measurement.Require(ForkCandidate.Read(target.Files, mappings), target.Pid);
        var situation = new ForkSituation
        {
            Host = host.Without(tool),
            Candidate = candidate,
            Cgroup = cgroup.ValueOr(null)?.Without(tool.BytesIn),
            HiddenCgroup = cgroup.IsOk ? null : cgroup.Detail,
            Pids = PidLimits.Read(target.Pid) is { IsOk: true } pids ? pids.Value : null,
        };
        var assessment = new Assessment
        {
            Engine = engine,
            Why = why,
            Facts = facts,
            ForkForbidden = forbidden,
            Cgroup = cgroup.ValueOr(null),
            Situation = situation,
            Surroundings = Surroundings.Read(target.Pid, situation, tool),
            NeededHeadRoomBytes = engine == EngineKind.Estimate ? 0 : room.NeededBytes(candidate.KernelBytes, candidate.AnonymousBytes),
            Mappings = mappings,
            Status = status,
            Rate = Calibrate(request, host),
            Refusal = null,
            Trials = 0,
        };
        return engine == EngineKind.Estimate ? assessment : assessment with
        {
            Refusal = refusal ?? room.BeforeTrials(assessment.NeededHeadRoomBytes) ?? assessment.RefusalOfCost(request, target),
            Trials = assessment.TrialsWithin(request),
        };
    }

    /// <summary>Whether a task that is created for a trial could be the last one that the application may have.</summary>
    public static bool HasTooFewTasks(PidLimits? limits) => limits?.Tightest is { } tightest && tightest.Left < FewestFreeTasks;

    private static Refusal? Examine(EngineKind engine, PreflightSubject subject) => engine switch
    {
        EngineKind.Agent => Preflight.Agent.Examine(subject),
        EngineKind.Ptrace => Preflight.Trace.Examine(subject),
        _ => null,
    };

    private static ForkRate Calibrate(MeasureRequest request, HostMemory host)
    {
        request.Observer?.Entered(MeasureStage.Calibrate);
        return Calibration.Measure(CalibrationRoom.Bytes(host));
    }

    /// <summary>How many forks fit the stall budget: one at least, or it would have been refused.</summary>
    private int TrialsWithin(MeasureRequest request) =>
        (int)Math.Clamp(request.MaxStall / PredictedStall, 1, Math.Max(1, request.MaxTrials));

    private Refusal? RefusalOfCost(MeasureRequest request, Target target)
    {
        if (PredictedStall > request.MaxStall)
        {
            return new Refusal(
                ExitReason.RefusedForSafety,
                string.Create(CultureInfo.InvariantCulture, $"one fork would stop the application's writers for {(Rate.Unmeasured == null ? "about" : "up to")} {PredictedStall.TotalMilliseconds:F1} ms{PlannedWith}, and {request.MaxStall.TotalMilliseconds:F1} ms are allowed"),
                "allow more with --max-stall, or use --engine estimate");
        }

        if (!request.IgnoreHeadRoom && Situation.HiddenCgroup is { } hidden)
        {
            return new Refusal(
                ExitReason.RefusedForSafety,
                $"the memory limits of {target.Title} cannot be seen from here, so it is unknown how much room a fork has: {hidden}",
                "run the tool on the host or in the application's own container, use --engine estimate, or --force if a kill is acceptable");
        }

        if (HasTooFewTasks(Situation.Pids) && Situation.Pids?.Tightest is { } tasks)
        {
            return new Refusal(
                ExitReason.RefusedForSafety,
                string.Create(CultureInfo.InvariantCulture, $"only {tasks.Left} more tasks may be created ({tasks.Name}): the trial could take the last one from the application"),
                "raise the limit, or use --engine estimate");
        }

        if (Engine == EngineKind.Agent && DescriptorRoom.Left(target.Files) is { } descriptors and < DescriptorRoom.Needed)
        {
            return new Refusal(
                ExitReason.RefusedForSafety,
                string.Create(CultureInfo.InvariantCulture, $"it can open only {descriptors} more files, and its runtime would end it if it could not open the agent"),
                "raise its limit (prlimit --nofile), or use --engine estimate");
        }

        return null;
    }
}
