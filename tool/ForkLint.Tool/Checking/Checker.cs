using ForkLint.Heap;
using ForkLint.Tool.Checking.Building;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking;

/// <summary>What <c>check</c> found.</summary>
internal sealed record CheckResult
{
    /// <summary>What was checked.</summary>
    public required ProjectSet Projects { get; init; }

    /// <summary>What paths are relative to.</summary>
    public required SourceRoot Root { get; init; }

    /// <summary>The findings, merged over target frameworks, in the order of their places; suppressed ones included.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The rules that ran.</summary>
    public required IReadOnlyList<RuleDescription> Rules { get; init; }

    /// <summary>The target frameworks that were built, each once.</summary>
    public required IReadOnlyList<string> Frameworks { get; init; }

    /// <summary>Measured holders that cost much though nothing warns; empty without a measurement.</summary>
    public IReadOnlyList<MeasuredHolder> Unflagged { get; init; } = [];

    /// <summary>Projects that the solution lists but does not build.</summary>
    public IReadOnlyList<string> NotBuilt { get; init; } = [];

    /// <summary>The findings that count.</summary>
    public IEnumerable<Finding> Active => Findings.Where(finding => !finding.IsSuppressed);

    /// <summary>The same with some of the findings alone.</summary>
    public CheckResult Only(FindingFilter filter) => filter.IsAll ? this : this with { Findings = [.. Findings.Where(finding => filter.Keeps(finding.RuleId, finding.Level))] };
}

/// <summary>The build failed for reasons that are not ours.</summary>
/// <param name="name">What was built.</param>
/// <param name="outcome">How it ended.</param>
internal sealed class BuildFailedException(string name, BuildOutcome outcome) : Exception($"{name} could not be built")
{
    private const int TailLines = 20;

    /// <summary>The build's own errors; where it printed none in MSBuild's form, the last of what it printed.</summary>
    public IReadOnlyList<string> Lines { get; } = Explain(outcome);

    private static string[] Explain(BuildOutcome outcome)
    {
        var errors = outcome.Errors.Where(error => !error.IsFinding).Select(error => error.Text).Distinct(StringComparer.Ordinal).ToArray();
        return errors.Length > 0 ? errors : [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(TailLines)];
    }
}

/// <summary>Builds a project or solution with the analyzer and reads what the compilers found.</summary>
internal static class Checker
{
    /// <summary>Runs the check.</summary>
    /// <param name="projects">What to check.</param>
    /// <param name="root">What paths are made relative to.</param>
    /// <param name="settings">How to build.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <exception cref="BuildFailedException">It does not build.</exception>
    /// <exception cref="MissingResultException">Some of it has no result.</exception>
    /// <exception cref="UnreadableInputException">The measured sizes or the trace cannot be read.</exception>
    public static CheckResult Run(ProjectSet projects, SourceRoot root, BuildSettings settings, CancellationToken cancellation)
    {
        using var work = new WorkFolder();
        IReadOnlyList<MeasuredHolder> measured = settings.MeasuredFile is { } file ? MeasuredSizes.Read(file) : [];
        IReadOnlyList<MeasuredSpawn> traced = settings.TracedFile is { } trace ? TracedFile.Read(trace) : [];
        var handed = settings.MeasuredFile is null && traced.Count == 0 ? null : HandOver(settings.MeasuredFile, traced, work);
        Build(projects, new BuildRunner(projects, work, settings with { MeasuredFile = handed }), cancellation);

        var expected = ExpectedResults.Read(work.ResultsPath);
        var built = expected.Select(result => result.Project).ToHashSet(StringComparer.Ordinal);
        string[] notBuilt = projects.HasOneOfSeveralNames ? [] : [.. projects.Projects.Where(project => !built.Contains(project))];
        if (built.Count == 0 || (notBuilt.Length > 0 && !projects.IsSolution))
        {
            throw new MissingResultException(
                $"{projects.Name} has no result: its build does not import Microsoft.Common.props of .NET SDK 8 or later",
                "reference the package ForkLint.Analyzers instead, and give the build's log to 'gate'");
        }

        var logs = ExpectedResults.ReadLogs(expected, root);
        var findings = logs.SelectMany(log => log.Findings).Select(finding => PointBack(finding, handed, settings.MeasuredFile, root));
        var merged = HolderJoin.WithMeasuredSizes(Fingerprints.Assign(findings), measured);
        return new CheckResult
        {
            Projects = projects,
            Root = root,
            Findings = merged,
            Rules = [.. logs.SelectMany(log => log.Rules.Values).DistinctBy(rule => rule.Id).OrderBy(rule => rule.Id, StringComparer.Ordinal)],
            Frameworks = [.. expected.Select(result => result.Framework).Where(framework => framework.Length > 0).Distinct(StringComparer.Ordinal)],
            Unflagged = HolderJoin.Unflagged(HolderJoin.Match(measured, merged)),
            NotBuilt = notBuilt,
        };
    }

    /// <summary>
    /// Builds until nothing but the project's own errors can stop it. A finding that an <c>.editorconfig</c> raises to an error
    /// may stop a compilation; its log is written all the same, so that project is then compiled again without the analyzer, for
    /// the sake of the projects that need it.
    /// </summary>
    private static void Build(ProjectSet projects, BuildRunner runner, CancellationToken cancellation)
    {
        var finished = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var outcome = runner.Run(finished, cancellation);
            if (outcome.Succeeded)
            {
                return;
            }

            var stopped = outcome.Errors.Where(error => error.IsFinding).Select(error => error.Project).OfType<string>().Where(project => !finished.Contains(project)).ToArray();
            if (stopped.Length == 0 || outcome.Errors.Any(error => !error.IsFinding))
            {
                throw new BuildFailedException(projects.Name, outcome);
            }

            finished.UnionWith(stopped);
        }
    }

    /// <summary>The analyzer knows its files by their names: a file of another name is handed over as a copy, and what was traced behind it.</summary>
    private static string HandOver(string? file, IReadOnlyList<MeasuredSpawn> traced, WorkFolder work)
    {
        var name = Path.GetFileName(file);
        if (file is not null && traced.Count == 0
            && name!.StartsWith("ForkLint.Measured", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
        {
            return Path.GetFullPath(file);
        }

        var copy = Path.Combine(work.Path, "ForkLint.Measured.txt");
        if (file is not null)
        {
            File.Copy(file, copy);
        }

        // After the lines of the file, so that a finding about one of them has its number.
        File.AppendAllText(copy, string.Concat(traced.Select(static spawn => $"\n{spawn}")));
        return copy;
    }

    private static Finding PointBack(Finding finding, string? handed, string? given, SourceRoot root) =>
        given is not null && finding.Location is { } location && location.Path == handed
            ? finding with { Location = location with { Path = root.Relative(Path.GetFullPath(given)) } }
            : finding;
}
