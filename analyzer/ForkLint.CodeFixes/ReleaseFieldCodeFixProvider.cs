using System.Collections.Immutable;
using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ForkLint.CodeFixes;

/// <summary>
/// Sets a field to null and runs the Aggressive collection before every spawn that the field is held across. Only for fields that say they
/// may be null, that the spawning methods can reach, and that those do not read after.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReleaseFieldCodeFixProvider))]
public sealed class ReleaseFieldCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIdentifiers.FieldHeldAcrossSpawn);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => ReleaseFieldFixAllProvider.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            var plan = new ReleasePlan(context.Document.Project);
            if (await plan.Add(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } holder
                && await plan.Apply(context.Document.Project.Solution, context.CancellationToken).ConfigureAwait(false) is { } changed)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(TitleOf(holder), _ => Task.FromResult(changed), nameof(ReleaseFieldCodeFixProvider)),
                    diagnostic);
            }
        }
    }

    private static string TitleOf(ISymbol holder) => "Release '" + holder.Name + "' before the process is started";
}
