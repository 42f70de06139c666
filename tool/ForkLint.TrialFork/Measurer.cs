using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Measures what a fork of a process costs.</summary>
public static class Measurer
{
    /// <summary>What <see cref="Run"/> would do, and whether it is allowed. Runs nothing in the target.</summary>
    /// <exception cref="MeasureException">There is no such process, it may not be read, or no engine can measure it.</exception>
    public static MeasurePlan Plan(MeasureRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var target = Target.Open(request.Pid);
        var assessment = Assessment.Make(request, target);
        return new MeasurePlan
        {
            Process = new ProcessFacts(target.Pid, target.Stat.Comm, assessment.Facts.RuntimeVersion, assessment.Facts.IsServerGC),
            Engine = assessment.Engine,
            Why = assessment.Why,
            WouldDo = Steps(request, assessment),
            Refusal = assessment.Refusal,
            PredictedStallMicroseconds = (long)assessment.PredictedStall.TotalMicroseconds,
            PredictedChargeBytes = assessment.PredictedChargeBytes,
            HeadRoomBytes = assessment.Cgroup?.Tightest.HeadRoomBytes,
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
        try
        {
            return Measure(request, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MeasureException(ExitReason.MeasurementFailed, $"the measurement failed: {failure.Message}", "try again; the application is unharmed");
        }
    }

    private static MeasureResult Measure(MeasureRequest request, CancellationToken cancellation)
    {
        using var target = Target.Open(request.Pid);
        var assessment = Assessment.Make(request, target);
        if (assessment.Refusal is { } refusal)
        {
            throw new MeasureException(refusal.Reason, refusal.Message, refusal.Advice);
        }

        cancellation.ThrowIfCancellationRequested();
        if (assessment.Engine == EngineKind.Estimate)
        {
            return EstimateEngine.Run(request, target, assessment);
        }

        try
        {
            return AgentEngine.Run(request, target, assessment, cancellation);
        }
        catch (MeasureException failure) when (failure.Reason == ExitReason.NotDotNet && request.Engine == EngineKind.Auto)
        {
            // Only entering can show that a runtime ignores startup hooks; nothing has happened to the application then.
            return EstimateEngine.Run(request, target, assessment with { Engine = EngineKind.Estimate, Why = $"no agent can enter: {failure.Message}" });
        }
    }

    private static List<string> Steps(MeasureRequest request, Assessment assessment)
    {
        if (assessment.Engine == EngineKind.Estimate)
        {
            return ["read its mappings, status and cgroup", "fork the tool itself to learn what a page costs here"];
        }

        var steps = new List<string>
        {
            "ask its runtime over the diagnostics socket who it is",
            "load the shim, a startup hook that stays in the application, and through it the agent, which leaves again",
            string.Create(CultureInfo.InvariantCulture, $"fork it up to {assessment.Trials} times, about {assessment.PredictedStall.TotalMilliseconds:F1} ms each, each child killed at once"),
            "make children that share its memory, for comparison",
        };
        if (request.Hold is { } hold)
        {
            steps.Add(string.Create(CultureInfo.InvariantCulture, $"hold one child for {hold.TotalSeconds:F1} s and watch what becomes private"));
        }

        if (request.ChildWritesBytes is { } bytes)
        {
            steps.Add($"write {ByteSize.Format(bytes)} of that child's memory, each byte with its own value");
        }

        if (request.ReadHeap != null)
        {
            steps.Add("hold one child and read its heap");
        }

        if (request.Verify)
        {
            steps.Add("let the application collect aggressively and trim its heap, then fork it again");
        }

        return steps;
    }
}
