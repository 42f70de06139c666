using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>The report without running any code in the application: the charge is exact, the latency computed from the calibration.</summary>
internal static class EstimateEngine
{
    /// <summary>What the assessment already tells.</summary>
    public static MeasureResult Run(MeasureRequest request, Target target, Assessment assessment)
    {
        request.Observer?.Entered(MeasureStage.Conclude);
        var latency = assessment.MeasuredStall is { } stall ? new Latency(stall.TotalMicroseconds, stall.TotalMicroseconds, stall.TotalMicroseconds) : null;
        var warnings = new List<string> { OfLatency(assessment) };
        if (request.Hold != null || request.ChildWritesBytes != null || request.Verify)
        {
            warnings.Add("an estimate creates no child: nothing was held, written or verified");
        }

        return new MeasureResult
        {
            Engine = EngineKind.Estimate,
            EngineWhy = assessment.Why,
            Process = new ProcessFacts(target.Pid, target.Stat.Comm, assessment.Facts.RuntimeVersion, assessment.Facts.IsServerGC) { IsDotNet = assessment.Facts.IsDotNet },
            Parent = MemoryFigures.From(assessment.Mappings, assessment.Status),
            ParentMappings = assessment.Mappings,
            Fork = new ForkFigures
            {
                PredictedChargeBytes = assessment.PredictedChargeBytes,
                LatencyMicroseconds = latency,
                IsLatencyEstimated = latency != null,
                Trials = [],
            },
            Situation = assessment.Situation,
            Surroundings = assessment.Surroundings,
            Collector = assessment.Facts.Collector,
            Verdicts = Verdicts(request, assessment),
            Warnings = warnings,
        };
    }

    private static string OfLatency(Assessment assessment)
    {
        if (assessment.Rate.Unmeasured is not { } why)
        {
            return "latency is an estimate: this process's pages times what a page cost in a fork of the tool itself";
        }

        double gigabytes = assessment.Mappings.Sum(static mapping => mapping.AnonymousBytes) / 1e9;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"latency is not known: {why}. At the rates that Redis publishes for pages of 4 KiB ({ForkRate.FastestPublished} to {ForkRate.SlowestPublished} ms a GB, redis.io, Diagnosing latency issues) it would be {gigabytes * ForkRate.FastestPublished:F1} to {gigabytes * ForkRate.SlowestPublished:F1} ms");
    }

    /// <summary>What forbids a fork outright is stronger than all room.</summary>
    private static IReadOnlyList<ForkVerdict> Verdicts(MeasureRequest request, Assessment assessment)
    {
        var verdicts = ForkAdmission.JudgeAll(assessment.Situation, request.AsIf);
        return assessment.ForkForbidden is not { } why
            ? verdicts
            : [.. verdicts.Select(verdict => verdict.Rule == AdmissionRule.Here ? verdict with { Succeeds = Answer.No, DecidedBy = null, Reason = why, MarginBytes = null, ShortfallBytes = null } : verdict)];
    }
}
