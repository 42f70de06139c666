using System.Collections.Immutable;
using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ForkLint.CodeFixes;

/// <summary>
/// Offers what is right for a local, the least change first. It is one provider for all of the ways: <c>dotnet format</c> runs the rules once for
/// each identifier, so what a second provider of that identifier would change is no longer where the rules found it.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HeldLocalCodeFixProvider))]
public sealed class HeldLocalCodeFixProvider : CodeFixProvider
{
    private static readonly ImmutableArray<CodeFixProvider> Ways = ImmutableArray.Create<CodeFixProvider>(
        new MoveReleaseCodeFixProvider(), new NarrowScopeCodeFixProvider(), new NarrowStatementCodeFixProvider(), new ExtractAllocationCodeFixProvider());

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIdentifiers.HeldAcrossFork, RuleIdentifiers.HeldWhileWaiting);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => MergingFixAllProvider.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            foreach (var way in Ways)
            {
                var offered = new List<CodeAction>();
                await way.RegisterCodeFixesAsync(new CodeFixContext(context.Document, diagnostic, (action, _) => offered.Add(action), context.CancellationToken)).ConfigureAwait(false);
                offered.ForEach(action => context.RegisterCodeFix(action, diagnostic));
            }
        }
    }
}
