using System.Collections.Concurrent;
using System.Globalization;
using ForkLint.Verification;
using Microsoft.CodeAnalysis.CSharp;

namespace ForkLint.Robustness;

/// <summary>Runs all analyzers over broken code. Its methods take and return runtime types, so that either compiler can run them.</summary>
internal static class BrokenCode
{
    // Hundreds of times what the slowest takes on a busy machine: reached only by an analyzer that never ends.
    private static readonly TimeSpan Endless = TimeSpan.FromMinutes(3);

    /// <summary>The version of the compiler that runs here.</summary>
    public static Task<string> CompilerVersion() =>
        Task.FromResult(typeof(CSharpCompilation).Assembly.GetName().Version!.ToString());

    /// <summary>Mutates the corpus <paramref name="count"/> times and lints the results, several to a compilation. Returns what went wrong.</summary>
    public static async Task<string[]> Mutated(int seed, int count)
    {
        var mutator = new Mutator(seed, CorpusTexts.All);
        var failures = new ConcurrentQueue<string>();
        for (var done = 0; done < count; done += 4)
        {
            await Lint([.. Enumerable.Range(0, 4).Select(_ => mutator.Next())], failures).ConfigureAwait(false);
        }

        return [.. failures];
    }

    /// <summary>Cuts the file with every construct off after each so many tokens. Returns what went wrong.</summary>
    public static async Task<string[]> Truncated(int everyTokens)
    {
        var failures = new ConcurrentQueue<string>();
        var tokens = CSharpSyntaxTree.ParseText(CorpusTexts.CSharp14).GetRoot().DescendantTokens().ToList();
        for (var last = everyTokens; last < tokens.Count; last += everyTokens)
        {
            await Lint([CorpusTexts.CSharp14[..tokens[last].Span.End]], failures).ConfigureAwait(false);
        }

        return [.. failures];
    }

    /// <summary>Lints the corpus as it is, and each text alone. Returns what went wrong, and the compile errors of the C# 14 file.</summary>
    public static async Task<string[]> AsItIs()
    {
        var failures = new ConcurrentQueue<string>();
        await Lint(CorpusTexts.All, failures).ConfigureAwait(false);
        foreach (var text in CorpusTexts.All)
        {
            await Lint([text], failures).ConfigureAwait(false);
        }

        return [.. failures];
    }

    /// <summary>The compile errors of the C# 14 file.</summary>
    public static Task<string[]> ErrorsOfCSharp14() => Task.FromResult<string[]>(
    [
        .. Verification.Lint.CSharp(CorpusTexts.CSharp14).On(Framework.Net100).Compile().GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString()),
    ]);

    private static async Task Lint(IReadOnlyList<string> texts, ConcurrentQueue<string> failures)
    {
        using var timeout = new CancellationTokenSource(Endless);
        try
        {
            var test = Verification.Lint.CSharp(Escaped(texts[0])).On(Framework.Net100).AllowCompileErrors();
            for (var index = 1; index < texts.Count; index++)
            {
                test.File(string.Create(CultureInfo.InvariantCulture, $"More{index}.cs"), Escaped(texts[index]));
            }

            // Some hang without looking at the token: the wait ends nevertheless.
            var run = test.Run(timeout.Token);
            if (await Task.WhenAny(run, Task.Delay(Endless + TimeSpan.FromSeconds(30), CancellationToken.None)).ConfigureAwait(false) != run)
            {
                throw new TimeoutException();
            }

            await run.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is LintException or OperationCanceledException or TimeoutException)
        {
            failures.Enqueue($"{exception.Message}\n=== in:\n{string.Join("\n=== and:\n", texts)}");
        }
    }

    // A mutation can make what reads as markup, which nobody meant.
    private static string Escaped(string text) => text
        .Replace("[|", "[ |", StringComparison.Ordinal).Replace("|]", "| ]", StringComparison.Ordinal)
        .Replace("{|", "{ |", StringComparison.Ordinal).Replace("|}", "| }", StringComparison.Ordinal);
}
