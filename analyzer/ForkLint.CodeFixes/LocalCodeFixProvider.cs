using System.Collections.Immutable;
using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>What the fixes for locals have in common: they rewrite the block in which the local and the spawn stand, and are offered only where the result compiles.</summary>
/// <remarks>
/// The providers are not [Shared]: the attribute would tie the assembly to one version of System.Composition, and they keep no state.
/// </remarks>
public abstract class LocalCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIdentifiers.HeldAcrossFork, RuleIdentifiers.HeldWhileWaiting);

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => MergingFixAllProvider.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            var held = await HeldLocal.Find(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false);
            if (held is not null && Rewrite(held, diagnostic) is var (title, block))
            {
                await FixedDocument.Offer(context, diagnostic, new ChangedBlock(held.Block, block), title, GetType().Name).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The title of the fix and the block as it would be; <see langword="null"/> where this fix is not right.</summary>
    private protected abstract (string Title, BlockSyntax Block)? Rewrite(HeldLocal held, Diagnostic diagnostic);
}
