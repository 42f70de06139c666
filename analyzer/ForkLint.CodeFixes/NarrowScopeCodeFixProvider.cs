using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace ForkLint.CodeFixes;

/// <summary>Ends a <c>using</c> declaration that frees memory at the last use, before the spawn, by making it a <c>using</c> statement.</summary>
public sealed class NarrowScopeCodeFixProvider : LocalCodeFixProvider
{
    private protected override (string Title, BlockSyntax Block)? Rewrite(HeldLocal held, Diagnostic diagnostic)
    {
        if (held.Statements[held.Declaration] is not LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.UsingKeyword } declaration
            || !DisposeFrees.Memory(diagnostic)
            || held.Statements.Skip(held.Spawn).Any(held.Mentions))
        {
            return null;
        }

        // As far as the last use; further where that keeps together what belongs together.
        var last = held.LastUse;
        while (last < held.Spawn && held.IsDeclaredBetweenAndMentionedAfter(held.Declaration, last))
        {
            last++;
        }

        if (last == held.Spawn || held.Statements.Skip(held.Declaration + 1).Take(last - held.Declaration).Any(IsScopeBound))
        {
            return null;
        }

        var inside = held.Statements.Skip(held.Declaration + 1).Take(last - held.Declaration);
        var lineEnd = FixedDocument.LineEnd(held.Block);
        var narrowed = SyntaxFactory.UsingStatement(
                declaration.AwaitKeyword,
                SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space),
                SyntaxFactory.Token(SyntaxKind.OpenParenToken),
                declaration.Declaration.WithoutTrivia(),
                null,
                SyntaxFactory.Token(SyntaxKind.CloseParenToken).WithTrailingTrivia(FixedDocument.WithLineEnd(declaration.GetTrailingTrivia(), lineEnd)),
                SyntaxFactory.Block(
                    SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(lineEnd),
                    SyntaxFactory.List(inside),
                    SyntaxFactory.Token(SyntaxKind.CloseBraceToken).WithTrailingTrivia(lineEnd)))
            .WithLeadingTrivia(declaration.GetLeadingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation);
        return ("Dispose '" + held.Local.Name + "' before the process is started",
            held.Block.WithStatements(SyntaxFactory.List(
                [.. held.Statements.Take(held.Declaration), narrowed, .. held.Statements.Skip(last + 1)])));
    }

    // Another using declaration would be disposed earlier too, which is not wanted; a label or a local function is seen in its block only.
    private static bool IsScopeBound(StatementSyntax statement) =>
        statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.UsingKeyword } or LabeledStatementSyntax or LocalFunctionStatementSyntax;
}
