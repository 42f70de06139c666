using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>The statement in which a spawn stands, and what can be put before it.</summary>
internal static class SpawnStatement
{
    /// <summary>The statement of a block around the spawn; <see langword="null"/> where there is none in the spawn's own function.</summary>
    public static StatementSyntax? Of(SyntaxNode spawn) => spawn.AncestorsAndSelf().FirstOrDefault(static node => node is StatementSyntax { Parent: BlockSyntax } || IsFunction(node))
        is StatementSyntax statement and not LocalFunctionStatementSyntax ? statement : null;

    /// <summary>The outermost loop around a spawn that has nothing to do with what was dropped, so that it was dropped before the loop; else the spawn.</summary>
    public static SyntaxNode OrLoop(SyntaxNode spawn, SyntaxNode? allocation)
    {
        var function = spawn.FirstAncestorOrSelf<SyntaxNode>(IsFunction);
        if (allocation?.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { } made || made.FirstAncestorOrSelf<SyntaxNode>(IsFunction) != function)
        {
            return spawn;
        }

        // What a statement names beside it may keep it, too.
        var names = new HashSet<string>(function!.DescendantNodes()
            .Where(node => node is ExpressionStatementSyntax or LocalDeclarationStatementSyntax && Names(node).Contains(made.Identifier.ValueText)).SelectMany(Names));
        return spawn.Ancestors().TakeWhile(node => node != function).LastOrDefault(node => IsLoop(node) && !node.Contains(allocation) && !names.Overlaps(Names(node))) ?? spawn;
    }

    /// <summary>Whether it runs what is in it again and again.</summary>
    public static bool IsLoop(SyntaxNode node) => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax;

    private static bool IsFunction(SyntaxNode node) => node is AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax or LocalFunctionStatementSyntax;

    private static IEnumerable<string> Names(SyntaxNode node) =>
        node.DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText != "var").Select(static token => token.ValueText);

    /// <summary>The block with the Aggressive collection before a statement, instead of the plain one if that is what stands there.</summary>
    public static BlockSyntax CollectBefore(BlockSyntax block, StatementSyntax statement, params StatementSyntax[] andBeforeThat)
    {
        var index = block.Statements.IndexOf(statement);
        var statements = block.Statements;
        var collection = FixedDocument.NewStatement(AggressiveCollection.Statement(), block);
        if (index > 0 && AggressiveCollection.IsOtherCollection(statements[index - 1]))
        {
            collection = collection.WithTriviaFrom(statements[--index]);
            statements = statements.RemoveAt(index);
        }

        return block.WithStatements(statements.InsertRange(index, [.. andBeforeThat, collection]));
    }
}
