using ForkLint.Tool.Checking.Sarif;

namespace ForkLint.Tool.Checking.Building;

/// <summary>One target framework of a project, which owes a result.</summary>
/// <param name="Project">The project's absolute path.</param>
/// <param name="Framework">The target framework; empty for a project that names none.</param>
/// <param name="Logs">The logs that its compilers wrote.</param>
internal sealed record ExpectedResult(string Project, string Framework, IReadOnlyList<string> Logs)
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

    /// <summary>Reads the marks and finds the logs that belong to them.</summary>
    public static IReadOnlyList<ExpectedResult> Read(string resultsFolder)
    {
        var results = new List<ExpectedResult>();
        foreach (var mark in Directory.GetFiles(resultsFolder, "*" + MarkExtension).Order(StringComparer.Ordinal))
        {
            var lines = File.ReadAllLines(mark);
            var logs = Directory.GetFiles(resultsFolder, $"{Path.GetFileNameWithoutExtension(mark)}!*.sarif").Order(StringComparer.Ordinal).ToArray();
            results.Add(new ExpectedResult(lines[0], lines.Length > 1 ? lines[1] : "", logs));
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
                throw new MissingResultException($"there is no result for {result}: its build did not compile anything", "see whether 'dotnet build --no-incremental' does");
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
            throw new MissingResultException($"there is no result for {result}: {exception.Message}", exception.Advice);
        }

        if (log.AnalyzerFailure is { } failure)
        {
            throw new MissingResultException($"the analyzer failed on {result}: {failure}", "report it, with the code it failed on");
        }

        if (!log.HoldsOurRules)
        {
            throw new MissingResultException(
                $"there is no result for {result}: the compiler did not run the analyzer",
                "it needs the compiler of .NET SDK 8 or later (Roslyn 4.8); see whether the project brings an older one");
        }

        for (var index = 0; index < log.Findings.Count && result.Framework.Length > 0; index++)
        {
            log.Findings[index] = log.Findings[index] with { TargetFrameworks = [result.Framework] };
        }

        return log;
    }
}
