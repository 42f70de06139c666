using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Gating;

/// <summary>What the gate is asked.</summary>
internal sealed record GateRequest
{
    /// <summary>The logs; their findings are merged.</summary>
    public IReadOnlyList<string> SarifFiles { get; init; } = [];

    /// <summary>The measurement reports.</summary>
    public IReadOnlyList<string> MeasurementFiles { get; init; } = [];

    /// <summary>The baseline that was named; null for the default one, which may be missing.</summary>
    public string? BaselineFile { get; init; }

    /// <summary>Whether to write the baseline instead of comparing with it.</summary>
    public bool UpdatesBaseline { get; init; }

    /// <summary>The budgets.</summary>
    public CostBudgets Budgets { get; init; } = new(null, null);

    /// <summary>From which level on a new finding fails; null when none does.</summary>
    public FindingLevel? FailOn { get; init; } = FindingLevel.Warning;

    /// <summary>Which findings count, on both sides.</summary>
    public FindingFilter Filter { get; init; } = FindingFilter.All;

    /// <summary>What paths are relative to.</summary>
    public required SourceRoot Root { get; init; }

    /// <summary>Where the baseline is.</summary>
    public string BaselinePath => BaselineFile ?? Baseline.DefaultFileName;
}

/// <summary>Reads, compares and, when asked to, accepts.</summary>
internal static class GateRunner
{
    /// <summary>
    /// Runs the gate. With <see cref="GateRequest.UpdatesBaseline"/> the baseline is replaced: findings by those of the logs if
    /// any are given, measurements process by process; what nothing was given for stays.
    /// </summary>
    /// <exception cref="UnreadableInputException">An input cannot be used, or the request makes no sense.</exception>
    public static GateResult Run(GateRequest request)
    {
        var hasFindings = request.SarifFiles.Count > 0;
        if (!hasFindings && request.MeasurementFiles.Count == 0)
        {
            throw new UnreadableInputException("no input to gate", "give a log with --sarif, a measurement with --measurement, or both");
        }

        if (request.MeasurementFiles.Count == 0 && request.Budgets != new CostBudgets(null, null))
        {
            throw new UnreadableInputException("a budget was given but no measurement", "give a report of 'measure --format json' with --measurement");
        }

        if (request.UpdatesBaseline && !request.Filter.IsAll)
        {
            throw new UnreadableInputException("a baseline must accept all findings", "leave out --rule and --severity, or --update-baseline");
        }

        var before = ReadBaseline(request);
        var logs = request.SarifFiles.Select(file => SarifReader.Read(file, request.Root)).ToArray();
        var findings = Fingerprints.Assign(logs.SelectMany(log => log.Findings));
        var measured = request.MeasurementFiles.Select(MeasuredCost.ReadReport).ToArray();
        var costs = CostBudgets.Compare(before.Measurements, measured);
        var result = new GateResult
        {
            // Without a log nothing is known of the findings: that is not the same as all of them being fixed.
            Findings = GateComparison.Compare(
                hasFindings ? [.. before.Findings.Where(finding => request.Filter.Keeps(finding.RuleId, finding.Level))] : [],
                [.. findings.Where(finding => request.Filter.Keeps(finding.RuleId, finding.Level))]),
            Costs = costs,
            Budgets = request.UpdatesBaseline ? [] : request.Budgets.Judge(costs),
            Rules = [.. logs.SelectMany(log => log.Rules.Values).DistinctBy(rule => rule.Id).OrderBy(rule => rule.Id, StringComparer.Ordinal)],
            FailOn = request.FailOn,
        };
        if (request.UpdatesBaseline)
        {
            var kept = before.Measurements.Where(old => measured.All(cost => cost.Process != old.Process));
            Write(new Baseline(hasFindings ? Baseline.Accept(findings) : before.Findings, [.. kept, .. measured]), request.BaselinePath);
        }

        return result;
    }

    private static Baseline ReadBaseline(GateRequest request)
    {
        if (File.Exists(request.BaselinePath) || Directory.Exists(request.BaselinePath))
        {
            return Baseline.Read(request.BaselinePath);
        }

        // A baseline that was named but is not there is a slip in the workflow, and would make everything new.
        return request.BaselineFile is null || request.UpdatesBaseline
            ? Baseline.Empty
            : throw new UnreadableInputException($"the file {request.BaselineFile} does not exist", "write it with --update-baseline");
    }

    private static void Write(Baseline baseline, string path)
    {
        OutputFile.Check(path, "the baseline");
        try
        {
            baseline.Write(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitReason.MeasurementFailed, $"{path} could not be written and was not changed: {OutputFile.Words(exception)}", "make room, or name another file");
        }
    }
}
