using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ForkLint.Analyzers.Rules;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Summaries;

/// <summary>
/// The rules about held allocations, which look at a text of the beginning only where a word of spawning stands, even where an import may
/// have given it any name: what else matters must be found from there.
/// </summary>
#pragma warning disable RS1036, RS1041 // It runs in these tests alone.
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class NarrowProbe(bool isExhaustive) : DiagnosticAnalyzer
{
    /// <summary>One that looks at the texts with a word of spawning first.</summary>
    public NarrowProbe()
        : this(isExhaustive: false)
    {
    }

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = new HeldAllocationAnalyzer().SupportedDiagnostics;

    /// <summary>Has every test of this assembly that can be scattered run that way too.</summary>
    [ModuleInitializer]
    internal static void Register()
    {
        Lint.WhenScattered = [new NarrowProbe()];
        Lint.SameFindings = (new HeldAllocationAnalyzer(), new NarrowProbe(isExhaustive: true));
    }

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.RegisterCompilationStartAction(start =>
        {
            if (SpawnCatalog.Create(start.Compilation, start.Options.AnalyzerConfigOptionsProvider, start.Options.AdditionalFiles) is { } spawns)
            {
                var analysis = new CompilationAnalysis(
                    start.Compilation, spawns, AllocationCatalog.Create(spawns.UserApis), isExhaustive ? SpawnWords.Every : SpawnWords.Spawn | SpawnWords.Start | SpawnWords.Run)
                {
                    IsExhaustive = isExhaustive,
                };
                start.RegisterOperationBlockAction(analysis.Read);
                start.RegisterCompilationEndAction(analysis.End);
            }
        });
    }
}
