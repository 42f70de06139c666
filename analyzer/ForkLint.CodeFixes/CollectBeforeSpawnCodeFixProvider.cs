using System.Collections.Immutable;
using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>Runs the Aggressive collection between the drop of managed memory and the spawn, in place of a plain collection if one stands there.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CollectBeforeSpawnCodeFixProvider))]
public sealed class CollectBeforeSpawnCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIdentifiers.DroppedButStillCharged);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => MergingFixAllProvider.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var compilation = await context.Document.Project.GetCompilationAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || compilation is null || !AggressiveCollection.IsAvailable(compilation))
        {
            return;
        }

        foreach (var diagnostic in context.Diagnostics)
        {
            var spawn = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var allocation = diagnostic.AdditionalLocations is [var first, ..] && first.SourceTree == root.SyntaxTree ? root.FindNode(first.SourceSpan) : null;
            if (DisposeFrees.ByCollection(diagnostic) && SpawnStatement.Of(SpawnStatement.OrLoop(spawn, allocation)) is { Parent: BlockSyntax block } statement)
            {
                await FixedDocument.Offer(
                    context, diagnostic, new ChangedBlock(block, SpawnStatement.CollectBefore(block, statement)), "Make the GC give the memory back before the process is started", nameof(CollectBeforeSpawnCodeFixProvider)).ConfigureAwait(false);
            }
        }
    }
}
