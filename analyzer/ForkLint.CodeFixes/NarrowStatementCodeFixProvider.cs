using System.Collections.Immutable;
using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace ForkLint.CodeFixes;

/// <summary>Ends a <c>using</c> statement, or a <c>try</c> whose <c>finally</c> frees memory, before the spawn: what follows the last use moves out of it.</summary>
public sealed class NarrowStatementCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIdentifiers.HeldAcrossFork, RuleIdentifiers.HeldWhileWaiting);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => MergingFixAllProvider.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root is null || model is null || !DisposeFrees.Memory(diagnostic)
                || !diagnostic.Properties.TryGetValue(DiagnosticProperties.Holder, out var holder) || holder is null
                || FindBody(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true), holder) is not { } body)
            {
                continue;
            }

            var spawn = body.Statements.IndexOf(statement => statement.Span.Contains(diagnostic.Location.SourceSpan));
            if (Split(body, spawn, holder) is var (owner, replacement) && owner.Parent is BlockSyntax block)
            {
                var changed = block.WithStatements(block.Statements.ReplaceRange(owner, replacement));
                await FixedDocument.Offer(context, diagnostic, new ChangedBlock(block, changed), "Release '" + holder + "' before the process is started", nameof(NarrowStatementCodeFixProvider)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The block around the spawn whose end releases the holder.</summary>
    private static BlockSyntax? FindBody(SyntaxNode spawn, string holder)
    {
        for (var node = spawn; node is not null and not MemberDeclarationSyntax and not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax; node = node.Parent)
        {
            switch (node.Parent)
            {
                case UsingStatementSyntax { Declaration: { } declaration } owner
                    when node == owner.Statement && declaration.Variables.Count == 1 && declaration.Variables[0].Identifier.ValueText == holder:
                    return node as BlockSyntax;
                case TryStatementSyntax { Catches.Count: 0, Finally: { } release } owner
                    when node == owner.Block && release.Block.Statements.Count > 0 && release.Block.Statements.All(statement => Mentions(statement, new HashSet<string> { holder })):
                    return owner.Block;
            }
        }

        return null;
    }

    /// <summary>The statement that owns the body, and what stands in its place: itself with what is needed, then the rest.</summary>
    private static (StatementSyntax Owner, List<StatementSyntax> Replacement)? Split(BlockSyntax body, int spawn, string holder)
    {
        var statements = body.Statements;

        // All that was made from the holder, or from what was made from it, stays inside.
        var names = new HashSet<string> { holder };
        for (var index = 0; index < spawn; index++)
        {
            if (Mentions(statements[index], names))
            {
                names.UnionWith(statements[index].DescendantNodesAndSelf().OfType<VariableDeclaratorSyntax>().Select(variable => variable.Identifier.ValueText));
            }
        }

        var last = spawn - 1;
        while (last >= 0 && !Mentions(statements[last], names))
        {
            last--;
        }

        // What is declared inside and used outside would not be seen there.
        while (last >= 0 && last < spawn && IsNeededAfter(statements, last))
        {
            last++;
        }

        if (spawn < 0 || last < 0 || last >= spawn || statements.Skip(last + 1).Any(statement => Mentions(statement, new HashSet<string> { holder })))
        {
            return null;
        }

        // Another using declaration would be disposed later, if anything follows.
        var owner = (StatementSyntax)body.Parent!;
        if (owner.Parent is not BlockSyntax outer
            || (outer.Statements.Last() != owner
                && statements.Skip(last + 1).Any(static statement => statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.UsingKeyword })))
        {
            return null;
        }

        var inside = body.WithStatements(SyntaxFactory.List(statements.Take(last + 1)));
        var narrowed = owner.ReplaceNode(body, inside);
        return (owner, [narrowed, .. statements.Skip(last + 1).Select(static statement => statement.WithAdditionalAnnotations(Formatter.Annotation))]);
    }

    private static bool IsNeededAfter(SyntaxList<StatementSyntax> statements, int last)
    {
        var declared = new HashSet<string>(statements.Take(last + 1)
            .OfType<LocalDeclarationStatementSyntax>()
            .SelectMany(declaration => declaration.Declaration.Variables)
            .Select(variable => variable.Identifier.ValueText));
        return statements.Skip(last + 1).Any(statement => Mentions(statement, declared));
    }

    private static bool Mentions(SyntaxNode node, HashSet<string> names) =>
        node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => names.Contains(name.Identifier.ValueText));
}
