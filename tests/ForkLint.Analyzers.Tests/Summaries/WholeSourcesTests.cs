using System.Reflection;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Summaries;

/// <summary>
/// The choice of files makes no difference to larger sources either: this repository's, or those of the folders in FORKLINT_SOURCES
/// (separated by colons), each compiled as one library. Thresholds are low, so that there is something to find.
/// </summary>
public sealed class WholeSourcesTests(ITestOutputHelper output)
{
    private static readonly string Repository = typeof(WholeSourcesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Repository").Value!;

    [Fact]
    public async Task The_same_findings()
    {
        var folders = Environment.GetEnvironmentVariable("FORKLINT_SOURCES")?.Split(':') ?? [Repository + "tool", Repository + "samples", Repository + "tests/TestApps"];
        foreach (var folder in folders)
        {
            var compilation = Compile(folder);
            var found = await Lint.CompareFindings(Lint.SameFindings!.Value, compilation, folder, new AnalyzerOptions([], new Configuration(
            [
                ("/.globalconfig", "is_global = true\nforklint.fork_threshold = 4096\nforklint.process_start_threshold = 4096\n"),
            ]).ForAnalyzers()));
            output.WriteLine($"{folder}: {compilation.SyntaxTrees.Length} files, {found.Count} findings");
            foreach (var finding in found)
            {
                output.WriteLine("  " + finding);
            }
        }
    }

    private static CSharpCompilation Compile(string folder) => CSharpCompilation.Create(
        "Sources",
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview), path))
            .Append(CSharpSyntaxTree.ParseText("""
                global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;
                """, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview), "Usings.cs")),
        Framework.Net100.References(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
}
