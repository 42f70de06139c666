using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace ForkLint.CodeFixes;

/// <summary>
/// Fixes each finding of a file in the first way that is offered for it. The batch fixer would leave out those that are fixed in another way than
/// the first finding of all, and everything where that one cannot be fixed. What two findings would change differently is left for the next run.
/// </summary>
internal sealed class MergingFixAllProvider : DocumentBasedFixAllProvider
{
    /// <summary>The only one: it keeps no state.</summary>
    public static MergingFixAllProvider Instance { get; } = new();

    /// <inheritdoc/>
    protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        var merged = new List<TextChange>();
        foreach (var diagnostic in diagnostics.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start))
        {
            var changes = await ChangesOf(fixAllContext, document, diagnostic).ConfigureAwait(false);
            changes.RemoveAll(merged.Contains);
            if (!changes.Exists(change => merged.Exists(other => other.Span.IntersectsWith(change.Span))))
            {
                merged.AddRange(changes);
            }
        }

        if (merged.Count == 0)
        {
            return null;
        }

        var text = await document.GetTextAsync(fixAllContext.CancellationToken).ConfigureAwait(false);
        var changed = document.WithText(text.WithChanges(merged.OrderBy(static change => change.Span)));
        return await FixedDocument.IsWorse(document, changed, fixAllContext.CancellationToken).ConfigureAwait(false) ? null : changed;
    }

    private static async Task<List<TextChange>> ChangesOf(FixAllContext context, Document document, Diagnostic diagnostic)
    {
        var offered = new List<CodeAction>();
        await context.CodeFixProvider.RegisterCodeFixesAsync(
            new CodeFixContext(document, diagnostic, (action, _) => offered.Add(action), context.CancellationToken)).ConfigureAwait(false);
        if ((offered.Find(action => action.EquivalenceKey == context.CodeActionEquivalenceKey) ?? offered.FirstOrDefault()) is not { } chosen)
        {
            return [];
        }

        var operations = await chosen.GetOperationsAsync(context.CancellationToken).ConfigureAwait(false);
        return operations.OfType<ApplyChangesOperation>().FirstOrDefault()?.ChangedSolution.GetDocument(document.Id) is { } changed
            ? [.. await changed.GetTextChangesAsync(document, context.CancellationToken).ConfigureAwait(false)]
            : [];
    }
}
