using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Measures what a fork of a process costs.</summary>
public static class Measurer
{
    /// <summary>A plan waits for nothing that takes long; it takes this long to see that an application has started.</summary>
    private static readonly TimeSpan PlanPatience = TimeSpan.FromSeconds(1);

    /// <summary>What <see cref="Run"/> would do, and whether it is allowed. Runs nothing in the target.</summary>
    /// <exception cref="MeasureException">There is no such process, it may not be read, or no engine can measure it.</exception>
    public static MeasurePlan Plan(MeasureRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var target = Target.Open(request.Pid);
        var assessment = Assessment.Make(request with { StartPatience = PlanPatience }, target, CancellationToken.None);
        return new MeasurePlan
        {
            Process = new ProcessFacts(target.Pid, target.Stat.Comm, assessment.Facts.RuntimeVersion, assessment.Facts.IsServerGC) { IsDotNet = assessment.Facts.IsDotNet },
            Engine = assessment.Engine,
            Why = assessment.Why,
            WouldDo = Steps(request, assessment),
            Refusal = assessment.Refusal,
            PredictedStallMicroseconds = (long?)assessment.MeasuredStall?.TotalMicroseconds,
            PredictedChargeBytes = assessment.PredictedChargeBytes,
            HeadRoomBytes = assessment.Cgroup?.TightestLimit.HeadRoomBytes,
            NeededHeadRoomBytes = assessment.NeededHeadRoomBytes,
            Trials = assessment.Trials,
        };
    }

    /// <summary>Measures. Whatever happens, the application lives on, and no child of it outlives the call.</summary>
    /// <exception cref="MeasureException">It was refused or failed, and why.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted; everything is cleaned up.</exception>
    public static MeasureResult Run(MeasureRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var target = Target.Open(request.Pid);
        try
        {
            var assessment = Assessment.Make(request, target, cancellation);
            if (assessment.Refusal is { } refusal)
            {
                throw new MeasureException(refusal.Reason, refusal.Message, refusal.Advice);
            }

            var result = Measure(request, target, assessment, cancellation);
            result = result with { Facts = assessment.Facts, Createdump = Createdump(target, assessment.Facts, result.Engine) };
            return result.Fork.Trials.Count == 0 ? result : result with { Fork = result.Fork with { StallBudgetMicroseconds = request.MaxStall.TotalMicroseconds } };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MeasureException(ExitReason.MeasurementFailed, $"the measurement failed: {failure.Message}", $"{Aftermath.Of(target)}; try again, or use --engine estimate");
        }
    }

    /// <summary>What is known of createdump's rights; null where the process is gone by now. An estimate stops nothing for it.</summary>
    private static IReadOnlyList<TracingRight>? Createdump(Target target, DotNetFacts facts, EngineKind engine)
    {
        try
        {
            return facts.IsDotNet ? CreatedumpCheck.Examine(target, engine == EngineKind.Estimate ? FilterReading.StopsNothing : FilterReading.StopsThread) : null;
        }
        catch (MeasureException)
        {
            return null;
        }
    }

    private static MeasureResult Measure(MeasureRequest request, Target target, Assessment assessment, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (assessment.Engine == EngineKind.Estimate)
        {
            return EstimateEngine.Run(request, target, assessment);
        }

        request.Admitted?.Invoke();
        try
        {
            return assessment.Engine == EngineKind.Agent
                ? AgentEngine.Run(request, target, assessment, cancellation)
                : TraceEngine.Run(request, target, assessment, cancellation);
        }
        catch (MeasureException failure) when (failure.AllowsEstimate && request.Engine == EngineKind.Auto)
        {
            // Only entering can show that a runtime ignores startup hooks, that there is no room in its temporary folder, or that no thread
            // can be stopped unseen.
            return assessment.Engine == EngineKind.Agent
                ? MeasureInstead(request, target, assessment, failure, cancellation)
                : EstimateEngine.Run(request, target, assessment with { Engine = EngineKind.Estimate, Why = $"{assessment.Why}; and {failure.Message}" });
        }
    }

    private static MeasureResult MeasureInstead(MeasureRequest request, Target target, Assessment assessment, MeasureException failure, CancellationToken cancellation)
    {
        var obstacle = new Refusal(failure.Reason, failure.Message, failure.Advice) { AllowsEstimate = true };
        var subject = new PreflightSubject(request, target, assessment.Facts, cancellation);
        var (engine, why) = EngineChoice.Instead(obstacle, target, () => Preflight.Trace.Examine(subject));
        var other = assessment with { Engine = engine, Why = why };
        if (engine == EngineKind.Estimate)
        {
            return EstimateEngine.Run(request, target, other);
        }

        try
        {
            return TraceEngine.Run(request, target, other, cancellation);
        }
        catch (MeasureException last) when (last.AllowsEstimate)
        {
            return EstimateEngine.Run(request, target, other with { Engine = EngineKind.Estimate, Why = $"{why}; and {last.Message}" });
        }
    }

    private static List<string> Steps(MeasureRequest request, Assessment assessment)
    {
        if (assessment.Engine == EngineKind.Estimate)
        {
            return ["read its mappings, status and cgroup", .. assessment.Rate.Unmeasured == null ? ["fork the tool itself, without its own memory, to learn what a page costs here"] : Array.Empty<string>()];
        }

        List<string> steps =
        [
            .. Entry(assessment.Engine),
            string.Create(CultureInfo.InvariantCulture, $"fork it up to {assessment.Trials} times, {(assessment.MeasuredStall == null ? "at most" : "about")} {assessment.PredictedStall.TotalMilliseconds:F1} ms each, each child killed at once"),
            "make children that share its memory, for comparison",
        ];
        if (request.Hold is { } hold)
        {
            steps.Add(string.Create(CultureInfo.InvariantCulture, $"hold one child for {hold.TotalSeconds:F1} s and watch what becomes private"));
        }

        if (request.ChildWritesBytes is { } bytes)
        {
            steps.Add($"write {ByteSize.FormatGiven(bytes)} of that child's memory, each byte with its own value");
        }

        if (request.ReadHeap != null)
        {
            steps.Add("hold one child and read its heap");
        }

        if (request.Verify && assessment.Engine == EngineKind.Agent)
        {
            steps.Add("let the application collect aggressively and trim its heap, then fork it again");
        }

        return steps;
    }

    private static IEnumerable<string> Entry(EngineKind engine) => engine == EngineKind.Agent
        ?
        [
            "ask its runtime over the diagnostics socket who it is",
            "load the shim, a startup hook that stays in the application, and through it the agent, which leaves again",
        ]
        : ["for each fork and each ended child, stop one of its threads that waits in a system call, then let the thread continue to wait"];
}
