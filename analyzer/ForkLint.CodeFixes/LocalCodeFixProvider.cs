using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>
/// What the fixes for locals have in common: they rewrite the block in which the local and the spawn stand, and are offered only
/// where the result compiles.
/// </summary>
/// <remarks>
/// The providers are not [Shared]: the attribute would tie the assembly to one version of System.Composition, and they keep no state.
/// </remarks>
public abstract class LocalCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public abstract override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => MergingFixAllProvider.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            var held = await HeldLocal.Find(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false);
            if (held is null || Rewrite(held, diagnostic) is not var (title, block))
            {
                continue;
            }

            var changed = await FixedDocument.Replace(context.Document, held.Block, block, context.CancellationToken).ConfigureAwait(false);
            if (changed is not null)
            {
                context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), GetType().Name), diagnostic);
            }
        }
    }

    /// <summary>The title of the fix and the block as it would be; <see langword="null"/> where this fix is not right.</summary>
    private protected abstract (string Title, BlockSyntax Block)? Rewrite(HeldLocal held, Diagnostic diagnostic);
}
