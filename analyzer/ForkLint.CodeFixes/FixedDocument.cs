using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace ForkLint.CodeFixes;

/// <summary>A block of a file, and as a fix would leave it.</summary>
internal sealed record ChangedBlock(BlockSyntax Block, BlockSyntax Replacement);

/// <summary>A file as a fix would leave it: a fix whose result does not compile is not offered.</summary>
internal static class FixedDocument
{
    /// <summary>Offers to replace one block, unless the result would not compile as it did, here or where other symbols are defined.</summary>
    public static async Task Offer(CodeFixContext context, Diagnostic diagnostic, ChangedBlock change, string title, string key)
    {
        var (block, replacement) = change;
        // A block on one line is laid out anew; of any other, only what is new in it.
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var changed = context.Document.WithSyntaxRoot(root!.ReplaceNode(block, !block.ToString().Contains('\n') ? replacement.WithAdditionalAnnotations(Formatter.Annotation) : replacement));
        changed = await LaidOut(changed, LineEnd(block), context.CancellationToken).ConfigureAwait(false);
        if (!block.ContainsDirectives && !await IsWorse(context.Document, changed, context.CancellationToken).ConfigureAwait(false))
        {
            context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), key), diagnostic);
        }
    }

    /// <summary>The file with what is annotated shortened and laid out. An editor would end its lines as the machine does, not as the file.</summary>
    public static async Task<Document> LaidOut(Document document, SyntaxTrivia lineEnd, CancellationToken cancellationToken)
    {
        document = await Simplifier.ReduceAsync(document, Simplifier.Annotation, cancellationToken: cancellationToken).ConfigureAwait(false);
        var options = (await document.GetOptionsAsync(cancellationToken).ConfigureAwait(false)).WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, lineEnd.ToString());
        document = await Formatter.FormatAsync(document, Formatter.Annotation, options, cancellationToken).ConfigureAwait(false);
        return document.WithText(await document.GetTextAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A new statement in the document's own line ends, to be indented by the formatter.</summary>
    public static StatementSyntax NewStatement(StatementSyntax statement, SyntaxNode beside) => statement
        .WithLeadingTrivia(SyntaxFactory.ElasticMarker)
        .WithTrailingTrivia(LineEnd(beside))
        .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);

    /// <summary>Lets full names be shortened to what the file's usings allow.</summary>
    public static T Qualified<T>(T node)
        where T : SyntaxNode => node.ReplaceNodes(
            node.DescendantNodes().Where(static part => part is QualifiedNameSyntax or MemberAccessExpressionSyntax && part.ToString().StartsWith("global::", StringComparison.Ordinal)),
            static (_, rewritten) => rewritten.WithAdditionalAnnotations(Simplifier.Annotation));

    /// <summary>What follows a statement, its comment, to the end of the line.</summary>
    public static SyntaxTriviaList WithLineEnd(SyntaxTriviaList trailing, SyntaxTrivia lineEnd) =>
        trailing.Any(SyntaxKind.EndOfLineTrivia) ? trailing : trailing.Add(lineEnd);

    /// <summary>How lines end where <paramref name="beside"/> stands.</summary>
    public static SyntaxTrivia LineEnd(SyntaxNode beside)
    {
        var first = beside.SyntaxTree.GetRoot().DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        return first.IsKind(SyntaxKind.EndOfLineTrivia) ? SyntaxFactory.EndOfLine(first.ToString()) : SyntaxFactory.ElasticLineFeed;
    }

    /// <summary>Whether a change brings errors or warnings of the compiler that were not there.</summary>
    public static async Task<bool> IsWorse(Document before, Document after, CancellationToken cancellationToken) =>
        await Errors(after, cancellationToken).ConfigureAwait(false) > await Errors(before, cancellationToken).ConfigureAwait(false);

    private static async Task<int> Errors(Document document, CancellationToken cancellationToken)
    {
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        return model!.GetDiagnostics(cancellationToken: cancellationToken).Count(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
    }
}
