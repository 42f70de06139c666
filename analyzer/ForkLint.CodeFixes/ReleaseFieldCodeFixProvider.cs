using System.Collections.Immutable;
using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ForkLint.CodeFixes;

/// <summary>
/// Sets a field to null and runs the Aggressive collection before every spawn that duplicates what the field holds. Only for fields that say they
/// may be null, that the spawning methods can reach and do not read after, and that the program fills again where it needs them, or never reads.
/// Loading again what was released takes time, so this is never done to many fields at once.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReleaseFieldCodeFixProvider))]
public sealed class ReleaseFieldCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIdentifiers.FieldHeldAcrossSpawn);

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            var plan = new ReleasePlan(context.Document.Project);
            if (await plan.Add(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } holder
                && await FieldRefill.Of(holder, context.Document.Project.Solution, context.CancellationToken).ConfigureAwait(false) is var use and not FieldUse.Needed
                && await plan.Apply(context.Document.Project.Solution, context.CancellationToken).ConfigureAwait(false) is { } changed)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(TitleOf(holder, use), _ => Task.FromResult(changed), nameof(ReleaseFieldCodeFixProvider)),
                    diagnostic);
            }
        }
    }

    private static string TitleOf(ISymbol holder, FieldUse use) =>
        $"Release '{holder.Name}' before the process is started ({(use == FieldUse.Refilled ? "the next use fills it again" : "nothing reads it")})";
}
