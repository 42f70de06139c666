using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace ForkLint.CodeFixes;

/// <summary>A file as a fix would leave it.</summary>
internal static class FixedDocument
{
    /// <summary>Offers to replace one block, unless the result would not compile.</summary>
    public static async Task Offer(CodeFixContext context, Diagnostic diagnostic, BlockSyntax block, BlockSyntax replacement, string title, string key)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var changed = context.Document.WithSyntaxRoot(root!.ReplaceNode(block, replacement.WithAdditionalAnnotations(Formatter.Annotation)));
        if (!await IsWorse(context.Document, changed, context.CancellationToken).ConfigureAwait(false))
        {
            context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), key), diagnostic);
        }
    }

    /// <summary>A new statement in the document's own line ends, to be indented by the formatter.</summary>
    public static StatementSyntax NewStatement(StatementSyntax statement, SyntaxNode beside) => statement
        .WithLeadingTrivia(SyntaxFactory.ElasticMarker)
        .WithTrailingTrivia(LineEnd(beside))
        .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);

    /// <summary>How lines end where <paramref name="beside"/> stands.</summary>
    public static SyntaxTrivia LineEnd(SyntaxNode beside)
    {
        var first = beside.SyntaxTree.GetRoot().DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        return first.IsKind(SyntaxKind.EndOfLineTrivia) ? SyntaxFactory.EndOfLine(first.ToString()) : SyntaxFactory.ElasticLineFeed;
    }

    /// <summary>Whether a change brings errors that were not there.</summary>
    public static async Task<bool> IsWorse(Document before, Document after, CancellationToken cancellationToken) =>
        await Errors(after, cancellationToken).ConfigureAwait(false) > await Errors(before, cancellationToken).ConfigureAwait(false);

    private static async Task<int> Errors(Document document, CancellationToken cancellationToken)
    {
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        return model!.GetDiagnostics(cancellationToken: cancellationToken).Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }
}
