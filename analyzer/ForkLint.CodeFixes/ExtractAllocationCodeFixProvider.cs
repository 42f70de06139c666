using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>
/// Moves allocation and use of managed memory into a function of its own, which returns before the spawn, and runs the Aggressive
/// collection after it where the process is duplicated. The only remedy that always works for a local: in code that is not optimised yet, temporaries of the JIT keep
/// what a local held alive until the method returns, set to null or not.
/// </summary>
public sealed class ExtractAllocationCodeFixProvider : LocalCodeFixProvider
{
    private protected override (string Title, BlockSyntax Block)? Rewrite(HeldLocal held, Diagnostic diagnostic)
    {
        var statements = held.Statements;
        if (!DisposeFrees.ByCollection(diagnostic)
            || (DisposeFrees.BeforeDuplication(diagnostic) && !AggressiveCollection.IsAvailable(held.Model.Compilation))
            || statements.Skip(held.Spawn).Any(held.Mentions)
            || ExtractedFunction.Create(held, held.LastUse) is not { } function)
        {
            return null;
        }

        var result = new List<StatementSyntax>(statements.Take(held.Declaration)) { function.Call };
        result.AddRange(statements.Skip(held.LastUse + 1).Take(held.Spawn - held.LastUse - 1));
        if (DisposeFrees.BeforeDuplication(diagnostic) && !result.Skip(held.Declaration).Any(AggressiveCollection.IsRunBy))
        {
            var collection = FixedDocument.NewStatement(AggressiveCollection.Statement(), held.Block);
            if (result.FindLastIndex(statement => statement.SpanStart > statements[held.LastUse].Span.End && AggressiveCollection.IsOtherCollection(statement)) is >= 0 and var plain)
            {
                result[plain] = collection.WithTriviaFrom(result[plain]);
            }
            else
            {
                result.Add(collection);
            }
        }

        result.AddRange(statements.Skip(held.Spawn));
        result.Add(function.Declaration);
        return ("Allocate and use '" + held.Local.Name + "' in a function that returns before the process is started",
            held.Block.WithStatements(Microsoft.CodeAnalysis.CSharp.SyntaxFactory.List(result)));
    }
}
