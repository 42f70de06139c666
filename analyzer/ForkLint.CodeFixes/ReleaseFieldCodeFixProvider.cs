using System.Collections.Immutable;
using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace ForkLint.CodeFixes;

/// <summary>
/// Sets a field to null and runs the Aggressive collection before every spawn that the field is held across. Only for fields that say they
/// may be null, that the spawning methods can reach, and that those do not read after.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReleaseFieldCodeFixProvider))]
public sealed class ReleaseFieldCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIdentifiers.FieldHeldAcrossSpawn);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null || !AggressiveCollection.IsAvailable(model.Compilation))
        {
            return;
        }

        foreach (var diagnostic in context.Diagnostics)
        {
            var declared = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (!DisposeFrees.ByCollection(diagnostic)
                || FindHolder(declared, model, context.CancellationToken) is not { } holder
                || !CanBeNull(holder))
            {
                continue;
            }

            var changed = await Release(context.Document, holder, diagnostic.AdditionalLocations, context.CancellationToken).ConfigureAwait(false);
            if (changed is not null)
            {
                context.RegisterCodeFix(
                    CodeAction.Create("Release '" + holder.Name + "' before the process is started", _ => Task.FromResult(changed), nameof(ReleaseFieldCodeFixProvider)),
                    diagnostic);
            }
        }
    }

    private static ISymbol? FindHolder(SyntaxNode declared, SemanticModel model, CancellationToken cancellationToken)
    {
        var node = declared.FirstAncestorOrSelf<SyntaxNode>(part => part is VariableDeclaratorSyntax or PropertyDeclarationSyntax or FieldDeclarationSyntax);
        return node switch
        {
            FieldDeclarationSyntax { Declaration.Variables: { Count: 1 } variables } => model.GetDeclaredSymbol(variables[0], cancellationToken),
            null or FieldDeclarationSyntax => null,
            _ => model.GetDeclaredSymbol(node, cancellationToken),
        };
    }

    // Null where the code does not expect it would trade memory for a crash: the declaration must allow it (or know nothing of nullability).
    private static bool CanBeNull(ISymbol holder) => holder switch
    {
        IFieldSymbol { IsReadOnly: false, Type: { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.NotAnnotated } } => true,
        IPropertySymbol { SetMethod: { IsInitOnly: false }, Type: { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.NotAnnotated } } => true,
        _ => false,
    };

    private static async Task<Solution?> Release(Document document, ISymbol holder, IReadOnlyList<Location> locations, CancellationToken cancellationToken)
    {
        var project = document.Project;
        var solution = project.Solution;
        var found = false;
        foreach (var file in locations.Where(location => location.IsInSource).GroupBy(location => location.SourceTree))
        {
            if (project.GetDocument(file.Key) is not { } edited || await ReleaseIn(edited, holder, [.. file], cancellationToken).ConfigureAwait(false) is not var (root, count))
            {
                return null;
            }

            found |= count > 0;
            solution = solution.WithDocumentSyntaxRoot(edited.Id, root);
            if (await FixedDocument.IsWorse(edited, solution.GetDocument(edited.Id)!, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        return found ? solution : null;
    }

    private static async Task<(SyntaxNode Root, int Count)?> ReleaseIn(Document document, ISymbol holder, List<Location> locations, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        var statements = new HashSet<StatementSyntax>();
        foreach (var location in locations)
        {
            var node = root!.FindNode(location.SourceSpan, getInnermostNodeForTie: true);
            if (IsAllocationFor(node, holder, model!))
            {
                continue;
            }

            if (SpawnStatement.Of(node) is not { Parent: BlockSyntax block } statement
                || !model!.IsAccessible(node.SpanStart, holder)
                || !holder.IsStatic && !IsInInstanceMemberOf(holder.ContainingType, model, node)
                || IsReadFrom(block, statement, holder, model))
            {
                return null;
            }

            statements.Add(statement);
        }

        var result = root!.ReplaceNodes(
            statements.Select(statement => (BlockSyntax)statement.Parent!).Distinct(),
            (original, rewritten) =>
            {
                // By index from the last: the statements before keep theirs.
                var block = rewritten;
                for (var index = original.Statements.Count - 1; index >= 0; index--)
                {
                    if (statements.Contains(original.Statements[index]))
                    {
                        block = SpawnStatement.CollectBefore(block, block.Statements[index], Nulling(holder, model!, original.Statements[index]));
                    }
                }

                return block.WithAdditionalAnnotations(Formatter.Annotation);
            });
        return (result, statements.Count);
    }

    private static StatementSyntax Nulling(ISymbol holder, SemanticModel model, StatementSyntax before)
    {
        var isShadowed = !model.LookupSymbols(before.SpanStart, name: holder.Name).Contains(holder, SymbolEqualityComparer.Default);
        var qualifier = !isShadowed ? "" : holder.IsStatic ? holder.ContainingType.ToMinimalDisplayString(model, before.SpanStart) + "." : "this.";
        return FixedDocument.NewStatement(SyntaxFactory.ParseStatement($"{qualifier}{holder.Name} = null;"), before);
    }

    // The allocation is among the locations too: it stands where the field is filled, or in what fills it.
    private static bool IsAllocationFor(SyntaxNode node, ISymbol holder, SemanticModel model) =>
        node.AncestorsAndSelf().Any(part => part switch
        {
            AssignmentExpressionSyntax assignment => Holds(assignment.Left, holder, model),
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax or PropertyDeclarationSyntax } initializer =>
                SymbolEqualityComparer.Default.Equals(model.GetDeclaredSymbol(initializer.Parent!), holder),
            _ => false,
        })
        || model.GetOperation(node) is Microsoft.CodeAnalysis.Operations.IArrayCreationOperation or Microsoft.CodeAnalysis.Operations.IObjectCreationOperation;

    private static bool Holds(ExpressionSyntax expression, ISymbol holder, SemanticModel model) =>
        SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(expression).Symbol, holder);

    private static bool IsInInstanceMemberOf(INamedTypeSymbol type, SemanticModel model, SyntaxNode node) =>
        model.GetEnclosingSymbol(node.SpanStart) is { } enclosing
        && SymbolEqualityComparer.Default.Equals(enclosing.ContainingType, type)
        && !node.Ancestors().TakeWhile(part => part is not TypeDeclarationSyntax).Any(part => part switch
        {
            MemberDeclarationSyntax member => member.Modifiers.Any(SyntaxKind.StaticKeyword),
            LocalFunctionStatementSyntax function => function.Modifiers.Any(SyntaxKind.StaticKeyword),
            _ => false,
        });

    /// <summary>Whether the method reads the field in the spawning statement, after it, or in a loop around it.</summary>
    private static bool IsReadFrom(BlockSyntax block, StatementSyntax statement, ISymbol holder, SemanticModel model)
    {
        var loop = statement.Ancestors().LastOrDefault(part => part is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax);
        var member = block.Ancestors().FirstOrDefault(part => part is MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) ?? block;
        return member.DescendantNodes()
            .OfType<SimpleNameSyntax>()
            .Where(name => name.Identifier.ValueText == holder.Name && (name.SpanStart >= statement.SpanStart || loop is not null && loop.Span.Contains(name.Span)))
            .Any(name => Holds(name, holder, model) && !IsWritten(name));
    }

    private static bool IsWritten(SimpleNameSyntax name)
    {
        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        return whole.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment && assignment.Left == whole;
    }
}
