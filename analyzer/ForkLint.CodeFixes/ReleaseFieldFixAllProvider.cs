using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ForkLint.CodeFixes;

/// <summary>
/// Releases many fields at once. Merging the changes of each, as the batch fixer does, would lose all but one of those that go before the same spawn.
/// </summary>
internal sealed class ReleaseFieldFixAllProvider : FixAllProvider
{
    /// <summary>The only one: it keeps no state.</summary>
    public static ReleaseFieldFixAllProvider Instance { get; } = new();

    /// <inheritdoc/>
    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    /// <inheritdoc/>
    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        var solution = fixAllContext.Solution;
        var projects = fixAllContext.Scope == FixAllScope.Solution ? solution.Projects : [fixAllContext.Project];
        foreach (var project in projects)
        {
            var diagnostics = fixAllContext is { Scope: FixAllScope.Document, Document: { } document }
                ? await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false)
                : await fixAllContext.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
            var plan = new ReleasePlan(project);
            foreach (var diagnostic in InOrder(diagnostics))
            {
                if (project.GetDocument(diagnostic.Location.SourceTree) is { } declaring)
                {
                    await plan.Add(declaring, diagnostic, fixAllContext.CancellationToken).ConfigureAwait(false);
                }
            }

            solution = await plan.Apply(solution, fixAllContext.CancellationToken).ConfigureAwait(false) ?? solution;
        }

        return solution == fixAllContext.Solution
            ? null
            : CodeAction.Create("Release fields before processes are started", _ => Task.FromResult(solution), nameof(ReleaseFieldCodeFixProvider));
    }

    private static IEnumerable<Diagnostic> InOrder(ImmutableArray<Diagnostic> diagnostics) => diagnostics
        .OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal)
        .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start);
}
