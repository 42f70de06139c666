using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>The report without running any code in the application: the charge is exact, the latency computed from the calibration.</summary>
internal static class EstimateEngine
{
    /// <summary>What the assessment already tells.</summary>
    public static MeasureResult Run(MeasureRequest request, Target target, Assessment assessment)
    {
        request.Observer?.Entered(MeasureStage.Conclude);
        double microseconds = assessment.PredictedStall.TotalMicroseconds;
        var warnings = new List<string> { "latency is an estimate: this process's pages times what a page cost in a fork of the tool itself" };
        if (request.Hold != null || request.ChildWritesBytes != null || request.Verify || request.ReadHeap != null)
        {
            warnings.Add("an estimate makes no child: nothing was held, written, verified or read");
        }

        return new MeasureResult
        {
            Engine = EngineKind.Estimate,
            EngineWhy = assessment.Why,
            Process = new ProcessFacts(target.Pid, target.Stat.Comm, assessment.Facts.RuntimeVersion, assessment.Facts.IsServerGC),
            Host = assessment.Host,
            Cgroup = assessment.Cgroup,
            Parent = MemoryFigures.From(assessment.Mappings, assessment.Status),
            ParentMappings = assessment.Mappings,
            Fork = new ForkFigures
            {
                PredictedChargeBytes = assessment.PredictedChargeBytes,
                Latency = new Latency(microseconds, microseconds, microseconds),
                IsLatencyEstimated = true,
                Trials = [],
            },
            Verdicts = Verdicts(request, target, assessment, assessment.Mappings),
            Warnings = warnings,
        };
    }

    /// <summary>What the rules say of a fork of these mappings.</summary>
    /// <exception cref="MeasureException">The target is gone.</exception>
    internal static IReadOnlyList<ForkVerdict> Verdicts(MeasureRequest request, Target target, Assessment assessment, IReadOnlyList<Mapping> mappings)
    {
        var candidate = Measurement.Require(ForkCandidate.Read(target.Files, mappings), target.Pid);
        return ForkAdmission.JudgeAll(assessment.Host, candidate, assessment.Cgroup, assessment.Pids, request.AsIf);
    }
}
