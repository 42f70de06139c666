using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace ForkLint.CodeFixes;

/// <summary>What a program does with a field that is null.</summary>
internal enum FieldUse
{
    /// <summary>It may rely on what the field held.</summary>
    Needed,

    /// <summary>It fills it again before it is used.</summary>
    Refilled,

    /// <summary>It never reads it.</summary>
    Unread,
}

/// <summary>Finds out whether a program goes on as before when a field of it becomes null.</summary>
internal static class FieldRefill
{
    /// <summary>What the solution does with the field, everywhere. What code outside of it can see is needed.</summary>
    public static async Task<FieldUse> Of(ISymbol field, Solution solution, CancellationToken cancellationToken)
    {
        if (!IsHidden(field))
        {
            return FieldUse.Needed;
        }

        var use = FieldUse.Unread;
        var content = new ReadOnlyUse(solution, cancellationToken);
        foreach (var found in await SymbolFinder.FindReferencesAsync(field, solution, cancellationToken).ConfigureAwait(false))
        {
            foreach (var reference in found.Locations)
            {
                var root = await reference.Document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
                if (root?.FindNode(reference.Location.SourceSpan, getInnermostNodeForTie: true) is not SimpleNameSyntax name)
                {
                    return FieldUse.Needed;
                }

                var whole = Whole(name);
                if (IsWritten(whole) || whole.Ancestors().Any(static outer => outer is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }))
                {
                    continue;
                }

                if ((Filled(whole.Parent, name.Identifier.ValueText) != whole && Filled(whole.Parent?.Parent, name.Identifier.ValueText) != whole && !IsAfterRefill(whole, name.Identifier.ValueText))
                    || await reference.Document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
                    || !await content.Of(ValueOf(whole), model).ConfigureAwait(false))
                {
                    return FieldUse.Needed;
                }

                use = FieldUse.Refilled;
            }
        }

        return use;
    }

    /// <summary>The expression whose value is the field's content: <c>_field ??= …</c> where that is what fills it.</summary>
    private static ExpressionSyntax ValueOf(ExpressionSyntax whole) => whole.Parent switch
    {
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression } assignment when assignment.Left == whole => assignment,
        _ => whole,
    };

    /// <summary>Whether no code outside of the solution can name a symbol.</summary>
    public static bool IsHidden(ISymbol? symbol)
    {
        for (; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name with what stands before its dot.</summary>
    public static ExpressionSyntax Whole(SimpleNameSyntax name) => name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;

    /// <summary>Whether a name is what a plain assignment assigns to.</summary>
    public static bool IsWritten(ExpressionSyntax whole) =>
        whole.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment && assignment.Left == whole;

    /// <summary>The field where a node asks whether it is null, and fills it then: <c>_field ??= …</c>, <c>_field ?? (_field = …)</c>, <c>if (_field is null) { _field = …; }</c>.</summary>
    private static ExpressionSyntax? Filled(SyntaxNode? node, string? name)
    {
        (ExpressionSyntax? asked, SyntaxNode? filling) = node switch
        {
            ExpressionStatementSyntax { Expression: var expression } => (Filled(expression, name), (SyntaxNode?)null),
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression } assignment => (assignment.Left, null),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce => (coalesce.Left, coalesce.Right),
            IfStatementSyntax { Condition: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } test } branch when IsNull(test.Right) || IsNull(test.Left) =>
                (IsNull(test.Right) ? test.Left : test.Right, branch.Statement),
            IfStatementSyntax { Condition: IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax { Expression: var constant } } test } branch when IsNull(constant) =>
                (test.Expression, branch.Statement),
            _ => (null, null),
        };
        return asked is not null && NameOf(asked) == name && (filling is null || Assigns(filling, name)) ? asked : null;
    }

    /// <summary>Whether a statement right before, in this block or in one around it, filled the field.</summary>
    private static bool IsAfterRefill(ExpressionSyntax whole, string name)
    {
        for (SyntaxNode node = whole; node.Parent is { } parent and not MemberDeclarationSyntax and not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax; node = parent)
        {
            if (parent is BlockSyntax block && node is StatementSyntax statement
                && block.Statements.IndexOf(statement) is > 0 and var index
                && Filled(block.Statements[index - 1], name) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Assigns(SyntaxNode node, string? name) => node.DescendantNodesAndSelf().OfType<AssignmentExpressionSyntax>()
        .Any(assignment => NameOf(assignment.Left) == name && !IsNull(assignment.Right));

    private static bool IsNull(ExpressionSyntax expression) => expression.IsKind(SyntaxKind.NullLiteralExpression) || expression.IsKind(SyntaxKind.DefaultLiteralExpression);

    private static string? NameOf(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => null,
    };
}
