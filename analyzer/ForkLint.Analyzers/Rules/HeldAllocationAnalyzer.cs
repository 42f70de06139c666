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
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.CreateRange(HeldRule.All.SelectMany(static rule => Descriptors.Both(rule.Descriptor)).Append(FieldRule.Descriptor));

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        // A look at the text first: any use of symbols here makes the compiler bind all references.
        var isMentioned = SpawnMentions.Any(context.Compilation, context.CancellationToken);
        if (!isMentioned && !context.Options.AdditionalFiles.Any(static file => ApiListFile.TryGetKind(file.Path, out var kind) && kind == ApiListKind.Spawns))
        {
            return;
        }

        // The catalogs ask for symbols, so they are made when the first body comes: by then the compiler has bound the references for itself.
        var (compilation, options) = (context.Compilation, context.Options);
        var analysis = new Deferred<CompilationAnalysis>(cancellationToken => Create(compilation, options, isMentioned, cancellationToken));
        if (!isMentioned && analysis.Get(context.CancellationToken) is null)
        {
            return;
        }

        context.RegisterOperationBlockAction(block => analysis.Get(block.CancellationToken)?.Read(block));
        context.RegisterCompilationEndAction(end => analysis.Get(end.CancellationToken)?.End(end));
    }

    private static CompilationAnalysis? Create(Compilation compilation, AnalyzerOptions options, bool isMentioned, CancellationToken cancellationToken)
    {
        var spawns = SpawnCatalog.Create(compilation, options.AnalyzerConfigOptionsProvider, options.AdditionalFiles, cancellationToken);
        return spawns is not null && (isMentioned || spawns.UserApis.HasSpawns)
            ? new CompilationAnalysis(compilation, spawns, AllocationCatalog.Create(spawns.UserApis), Words(compilation, spawns, cancellationToken))
            : null;
    }

    /// <summary>The words that stand at each call of something that spawns: all words where an import or a list gives it any name.</summary>
    private static SpawnWords Words(Compilation compilation, SpawnCatalog spawns, CancellationToken cancellationToken) =>
        spawns.UserApis.HasSpawns
            ? SpawnWords.Every
            : SpawnMentions.OfCallers(compilation, SpawnCatalog.HasRun(compilation) ? SpawnWords.Start | SpawnWords.Run : SpawnWords.Start, cancellationToken);
}
