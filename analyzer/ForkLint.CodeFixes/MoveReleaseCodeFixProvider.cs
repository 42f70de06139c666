using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>
/// Moves the statement that releases an allocation from after the spawn to before it. For managed memory, which null alone
/// does not give back, the Aggressive collection follows it where the process is duplicated.
/// </summary>
public sealed class MoveReleaseCodeFixProvider : LocalCodeFixProvider
{
    private static readonly string[] ReleasingMethods =
        ["Dispose", "Close", "Free", "AlignedFree", "FreeHGlobal", "FreeCoTaskMem", "FreeBSTR", "munmap", "free"];

    private protected override (string Title, BlockSyntax Block)? Rewrite(HeldLocal held, Diagnostic diagnostic)
    {
        var statements = held.Statements;
        var release = held.Spawn + 1;
        while (release < statements.Count && !IsRelease(statements[release], held))
        {
            release++;
        }

        // The spawning statement itself, or what comes between, may still need it, or change what the release depends on.
        if (release == statements.Count || statements.Skip(held.Spawn).Take(release - held.Spawn).Any(held.Mentions) || DependsOnWhatComesBefore(held, release)
            || !(IsNulling(statements[release]) ? DisposeFrees.ByCollection(diagnostic) : DisposeFrees.AtOnce(diagnostic)))
        {
            return null;
        }

        var moved = new List<StatementSyntax> { statements[release] };
        if (IsNulling(statements[release]) && DisposeFrees.BeforeDuplication(diagnostic))
        {
            if (!AggressiveCollection.IsAvailable(held.Model.Compilation))
            {
                return null;
            }

            moved.Add(FixedDocument.NewStatement(AggressiveCollection.Statement(), held.Block));
        }

        return ("Release '" + held.Local.Name + "' before the process is started",
            held.Block.WithStatements(statements.RemoveAt(release).InsertRange(held.Spawn, moved)));
    }

    private static bool IsNulling(StatementSyntax statement) =>
        statement is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } };

    private static bool IsRelease(StatementSyntax statement, HeldLocal held) => statement switch
    {
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment } => assignment.Left is IdentifierNameSyntax
            && held.Mentions(assignment.Left)
            && assignment.Right is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression }
            && held.Local.Type.IsReferenceType,
        ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } => Array.IndexOf(ReleasingMethods, NameOf(call.Expression)) >= 0 && held.Mentions(call),
        ExpressionStatementSyntax { Expression: ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } } access } =>
            Array.IndexOf(ReleasingMethods, binding.Name.Identifier.ValueText) >= 0 && held.Mentions(access.Expression),
        _ => false,
    };

    private static string NameOf(ExpressionSyntax called) => called switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        IdentifierNameSyntax name => name.Identifier.ValueText,
        _ => "",
    };

    private static bool DependsOnWhatComesBefore(HeldLocal held, int release)
    {
        var between = held.Model.AnalyzeDataFlow(held.Statements[held.Spawn], held.Statements[release - 1]);
        if (between is not { Succeeded: true })
        {
            return true;
        }

        var changed = between.WrittenInside.Concat(between.VariablesDeclared).ToList();
        return held.MentionsAny(held.Statements[release], changed);
    }
}
