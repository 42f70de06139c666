using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>The statement in which a spawn stands, and what can be put before it.</summary>
internal static class SpawnStatement
{
    /// <summary>The statement of a block around the spawn; <see langword="null"/> where there is none in the spawn's own function.</summary>
    public static StatementSyntax? Of(SyntaxNode spawn)
    {
        for (var node = spawn; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case StatementSyntax { Parent: BlockSyntax } statement and not LocalFunctionStatementSyntax:
                    return statement;
                case AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax or LocalFunctionStatementSyntax:
                    return null;
            }
        }

        return null;
    }

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
