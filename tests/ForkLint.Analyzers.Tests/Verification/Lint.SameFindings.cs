using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Verification;

/// <summary>
/// The property that the rules' choice of files must have: they find the same as if they looked at every body, of each test's program, of the
/// program scattered over files, and of it with other names.
/// </summary>
internal sealed partial class Lint
{
    /// <summary>The rules as they are, and the same rules looking at everything; <see langword="null"/> where this assembly has none of them.</summary>
    public static (DiagnosticAnalyzer Chosen, DiagnosticAnalyzer Exhaustive)? SameFindings { get; set; }

    private async Task VerifySameFindings(CSharpCompilation compilation)
    {
        // A program of thousands of statements in one body says nothing of files.
        if (SameFindings is not { } rules || _analyzers is not null || _allowCompileErrors || _sources.Sum(static source => source.Marked.Length) > 20_000)
        {
            return;
        }

        var options = new AnalyzerOptions([.. _additionalFiles.Select(file => new MemoryText(file.Path, Markup.Parse(file.Marked).Text))], ReadConfiguration().ForAnalyzers());
        var scattered = Scattered.Of(compilation) ?? compilation;
        await CompareFindings(rules, scattered, "scattered", options).ConfigureAwait(false);

        // One of these for each test, always the same; all of them where somebody has the time.
        Func<CSharpCompilation, CSharpCompilation?>[] ways = [Renamed.ByAliases, Renamed.ByEscapes, Renamed.ByStaticUsings, Renamed.ByNamespaces];
        var first = _sources.Sum(static source => source.Marked.Length) % ways.Length;
        foreach (var renamed in ways.Select((_, number) => ways[(first + number) % ways.Length](scattered)).OfType<CSharpCompilation>().Take(AllNames ? ways.Length : 1))
        {
            await CompareFindings(rules, renamed, "renamed", options).ConfigureAwait(false);
        }
    }

    // FORKLINT_ALL_NAMES=1 dotnet test tests/ForkLint.Analyzers.Tests
    private static readonly bool AllNames = Environment.GetEnvironmentVariable("FORKLINT_ALL_NAMES") == "1";

    /// <summary>Runs both over a program and throws where they differ; returns what was found.</summary>
    public static async Task<IReadOnlyList<string>> CompareFindings(
        (DiagnosticAnalyzer Chosen, DiagnosticAnalyzer Exhaustive) rules, CSharpCompilation program, string how, AnalyzerOptions? options = null)
    {
        var chosen = await Findings(rules.Chosen).ConfigureAwait(false);
        var exhaustive = await Findings(rules.Exhaustive).ConfigureAwait(false);
        if (!chosen.SequenceEqual(exhaustive))
        {
            throw new LintException($"The choice of files makes a difference ({how}).\nLost:\n{string.Join("\n", exhaustive.Except(chosen))}\nAdded:\n{string.Join("\n", chosen.Except(exhaustive))}\n"
                + string.Join("\n", program.SyntaxTrees.Select(tree => "// " + tree.FilePath + "\n" + tree)));
        }

        return chosen;

        async Task<List<string>> Findings(DiagnosticAnalyzer analyzer)
        {
            var found = await program.WithAnalyzers([analyzer], new CompilationWithAnalyzersOptions(options ?? new AnalyzerOptions([]), null, concurrentAnalysis: true, logAnalyzerExecutionTime: false))
                .GetAnalyzerDiagnosticsAsync().ConfigureAwait(false);
            return [.. found.Select(static diagnostic => string.Create(CultureInfo.InvariantCulture,
                $"{diagnostic} [{string.Join(" ", diagnostic.AdditionalLocations.Select(static place => place.GetLineSpan().ToString()))}] {string.Join(" ", diagnostic.Properties.OrderBy(static property => property.Key, StringComparer.Ordinal))}"))
                .Order(StringComparer.Ordinal)];
        }
    }
}
