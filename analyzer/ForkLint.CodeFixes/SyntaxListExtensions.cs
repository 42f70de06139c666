using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>What is missing from lists of statements.</summary>
internal static class SyntaxListExtensions
{
    /// <summary>The index of the first statement that is so, or -1.</summary>
    public static int IndexOf(this SyntaxList<StatementSyntax> statements, Func<StatementSyntax, bool> isSo)
    {
        for (var index = 0; index < statements.Count; index++)
        {
            if (isSo(statements[index]))
            {
                return index;
            }
        }

        return -1;
    }
}
