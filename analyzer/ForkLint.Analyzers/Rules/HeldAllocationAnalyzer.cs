using System.Collections.Immutable;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Analyzers.Rules;

/// <summary>FORK001 to FORK006 and FORK008: large allocations that are held across a spawn.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HeldAllocationAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        Descriptors.UsedAfterFork,
        Descriptors.HeldAcrossFork,
        Descriptors.UsedAfterSharingSpawn,
        Descriptors.HeldWhileWaiting,
        Descriptors.DroppedButStillCharged,
        Descriptors.UnboundedReadHeldAcrossFork,
        Descriptors.UsedAfterForkAtEnd,
        Descriptors.HeldAcrossForkAtEnd,
        Descriptors.UsedAfterSharingSpawnAtEnd,
        Descriptors.HeldWhileWaitingAtEnd,
        Descriptors.FieldHeldAcrossSpawnAtEnd,
        Descriptors.DroppedButStillChargedAtEnd,
        Descriptors.UnboundedReadHeldAcrossForkAtEnd);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var spawns = SpawnCatalog.Create(
            context.Compilation, context.Options.AnalyzerConfigOptionsProvider, context.Options.AdditionalFiles, context.CancellationToken);
        if (spawns is null || !(spawns.UserApis.HasSpawns || SpawnMentions.Any(context.Compilation, context.CancellationToken)))
        {
            return;
        }

        var analysis = new CompilationAnalysis(context.Compilation, spawns, AllocationCatalog.Create(spawns.UserApis));
        context.RegisterOperationBlockAction(analysis.Read);
        context.RegisterCompilationEndAction(analysis.End);
    }
}
