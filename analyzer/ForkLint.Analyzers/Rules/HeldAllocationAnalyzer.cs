using System.Collections.Immutable;
using ForkLint.Analyzers.Configuration;
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
        // A look at the text first: whatever touches symbols here makes the compiler bind all references.
        var isMentioned = SpawnMentions.Any(context.Compilation, context.CancellationToken);
        if (!isMentioned && !context.Options.AdditionalFiles.Any(static file => ApiListFile.TryGetKind(file.Path, out _)))
        {
            return;
        }

        var spawns = SpawnCatalog.Create(
            context.Compilation, context.Options.AnalyzerConfigOptionsProvider, context.Options.AdditionalFiles, context.CancellationToken);
        if (spawns is null || !(isMentioned || spawns.UserApis.HasSpawns))
        {
            return;
        }

        var analysis = new CompilationAnalysis(context.Compilation, spawns, AllocationCatalog.Create(spawns.UserApis), Words(context.Compilation, spawns, context.CancellationToken));
        context.RegisterOperationBlockAction(analysis.Read);
        context.RegisterCompilationEndAction(analysis.End);
    }

    /// <summary>The words that stand wherever something that spawns is called: all of them where an import or a list gives it any name.</summary>
    private static SpawnWords Words(Compilation compilation, SpawnCatalog spawns, CancellationToken cancellationToken) =>
        spawns.UserApis.HasSpawns || SpawnMentions.AnyImport(compilation, cancellationToken) ? SpawnWords.Every
        : SpawnCatalog.HasRun(compilation) ? SpawnWords.Start | SpawnWords.Run
        : SpawnWords.Start;
}
