using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking.Building;

/// <summary>One target framework of a project, which owes a result.</summary>
/// <param name="Project">The project's absolute path.</param>
/// <param name="Framework">The target framework; empty for a project that names none.</param>
/// <param name="Logs">The logs that its compilers wrote.</param>
/// <param name="Levels">What its own build makes of the findings.</param>
internal sealed record ExpectedResult(string Project, string Framework, IReadOnlyList<string> Logs, RaisedLevels Levels)
{
    /// <summary>For people: <c>App (net8.0)</c>.</summary>
    public override string ToString()
    {
        var name = Path.GetFileNameWithoutExtension(Project);
        return Framework.Length == 0 ? name : $"{name} ({Framework})";
    }
}

/// <summary>
/// What the hooked-in targets left behind: a mark for every target framework of every project that was built, and a log for
/// every compilation.
/// </summary>
internal static class ExpectedResults
{
    private const string MarkExtension = ".expected";
    private const string LevelsPrefix = "levels:";

    /// <summary>Reads the marks and finds the logs that belong to them.</summary>
    public static IReadOnlyList<ExpectedResult> Read(string resultsFolder)
    {
        var results = new List<ExpectedResult>();
        foreach (var mark in Directory.GetFiles(resultsFolder, "*" + MarkExtension).Order(StringComparer.Ordinal))
        {
            var lines = File.ReadAllLines(mark);
            var levels = lines.FirstOrDefault(line => line.StartsWith(LevelsPrefix, StringComparison.Ordinal));
            var logs = Directory.GetFiles(resultsFolder, $"{Path.GetFileNameWithoutExtension(mark)}!*.sarif").Order(StringComparer.Ordinal).ToArray();
            results.Add(new ExpectedResult(lines[0], lines.Length > 1 && !lines[1].StartsWith(LevelsPrefix, StringComparison.Ordinal) ? lines[1] : "", logs, levels is null ? RaisedLevels.None : RaisedLevels.Parse(levels[LevelsPrefix.Length..])));
        }

        return results;
    }

    /// <summary>Reads the logs of what was built.</summary>
    /// <exception cref="MissingResultException">A framework has no log, or one in which the analyzer took no part.</exception>
    public static IReadOnlyList<SarifLog> ReadLogs(IReadOnlyList<ExpectedResult> expected, SourceRoot root)
    {
        var logs = new List<SarifLog>();
        foreach (var result in expected)
        {
            if (result.Logs.Count == 0)
            {
                throw new MissingResultException($"{result} has no result: its build compiled nothing", "check that 'dotnet build --no-incremental' compiles it");
            }

            logs.AddRange(result.Logs.Select(file => Read(file, result, root)));
        }

        return logs;
    }

    private static SarifLog Read(string file, ExpectedResult result, SourceRoot root)
    {
        SarifLog log;
        try
        {
            log = SarifReader.Read(file, root, mustHoldOurRules: false);
        }
        catch (UnreadableInputException exception)
        {
            throw new MissingResultException($"{result} has no result: {exception.Message}", exception.Advice);
        }

        if (log.AnalyzerFailure is { } failure)
        {
            throw new MissingResultException($"the analyzer failed on {result}: {failure}", "report it, with the code it failed on");
        }

        if (!log.HoldsOurRules)
        {
            throw new MissingResultException(
                $"{result} has no result: the compiler did not run the analyzer",
                "it needs the compiler of .NET SDK 8 or later (Roslyn 4.8); see whether the project brings an older one");
        }

        for (var index = 0; index < log.Findings.Count; index++)
        {
            var finding = log.Findings[index];
            log.Findings[index] = finding with { Level = result.Levels.Of(finding), TargetFrameworks = result.Framework.Length > 0 ? [result.Framework] : finding.TargetFrameworks };
        }

        return log;
    }
}
