using System.Collections.Immutable;
using ForkLint.Analyzers.Rules;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Flow;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Rules;

/// <summary>Runs the rules about held allocations over a program, and says how many steps they took and what they found.</summary>
#pragma warning disable RS1036, RS1041 // It runs in these tests alone.
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class WorkProbe(SpawnWords words = SpawnWords.Every) : DiagnosticAnalyzer
{
    private long _work;
    private (int LookedAt, int All) _bodies;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = new HeldAllocationAnalyzer().SupportedDiagnostics;

    /// <summary>The steps that <paramref name="code"/> takes, and the rules it breaks, in order.</summary>
    public static async Task<(long Work, string Rules)> Of(string code)
    {
        var probe = new WorkProbe();
        var result = await ForkTest.Code(code).Using(probe).Run();
        return (probe._work, string.Join(" ", result.Diagnostics.Select(diagnostic => diagnostic.Id).Order(StringComparer.Ordinal)));
    }

    /// <summary>The steps that a project of these files takes, the bodies that are looked at, all that it has, and how many findings there are.</summary>
    public static async Task<(long Work, int LookedAt, int All, int Findings)> Of(IEnumerable<(string Name, string Source)> files)
    {
        var probe = new WorkProbe(SpawnWords.Spawn | SpawnWords.Start | SpawnWords.Run);
        var lint = Lint.CSharp("").Using(probe);
        foreach (var (name, source) in files)
        {
            lint.File(name, source);
        }

        var result = await lint.Run();
        return (probe._work, probe._bodies.LookedAt, probe._bodies.All, result.Diagnostics.Length);
    }

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.RegisterCompilationStartAction(start =>
        {
            var spawns = SpawnCatalog.Create(start.Compilation, start.Options.AnalyzerConfigOptionsProvider, start.Options.AdditionalFiles)!;
            var analysis = new CompilationAnalysis(start.Compilation, spawns, AllocationCatalog.Create(spawns.UserApis), words);
            start.RegisterOperationBlockAction(analysis.Read);
            start.RegisterCompilationEndAction(end =>
            {
                analysis.End(end);
                (_work, _bodies) = (analysis.Work, analysis.Bodies);
            });
        });
    }
}
