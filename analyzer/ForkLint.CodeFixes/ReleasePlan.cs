using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace ForkLint.CodeFixes;

/// <summary>Which fields of a project are set to null before which statements. One collection before each statement serves all of its fields.</summary>
internal sealed class ReleasePlan(Project project)
{
    private readonly Dictionary<DocumentId, Dictionary<StatementSyntax, List<ISymbol>>> _before = [];

    /// <summary>Adds what a finding asks for. Returns its field; <see langword="null"/>, and adds nothing, where releasing it would not be right.</summary>
    public async Task<ISymbol?> Add(Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (root is null || model is null
            || !AggressiveCollection.IsAvailable(model.Compilation)
            || !DisposeFrees.ByCollection(diagnostic)
            || !DisposeFrees.BeforeDuplication(diagnostic)
            || FindHolder(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true), model, cancellationToken) is not { } holder
            || !CanBeNull(holder))
        {
            return null;
        }

        var found = new List<(DocumentId Document, StatementSyntax Statement)>();
        foreach (var file in diagnostic.AdditionalLocations.Where(location => location.IsInSource).GroupBy(location => location.SourceTree))
        {
            if (project.GetDocument(file.Key) is not { } edited || await StatementsIn(edited, holder, file, cancellationToken).ConfigureAwait(false) is not { } statements)
            {
                return null;
            }

            found.AddRange(statements.Select(statement => (edited.Id, statement)));
        }

        foreach (var (id, statement) in found)
        {
            _before.GetOrAdd(id).GetOrAdd(statement).Add(holder);
        }

        return found.Count > 0 ? holder : null;
    }

    /// <summary>The solution with all of it done; <see langword="null"/> where there is nothing to do, or the result would not compile.</summary>
    public async Task<Solution?> Apply(Solution solution, CancellationToken cancellationToken)
    {
        foreach (var file in _before)
        {
            var document = project.GetDocument(file.Key)!;
            var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
            var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
            var changed = await FixedDocument.LaidOut(document.WithSyntaxRoot(Rewrite(root!, model!, file.Value)), FixedDocument.LineEnd(root!), cancellationToken).ConfigureAwait(false);
            solution = solution.WithDocumentText(document.Id, await changed.GetTextAsync(cancellationToken).ConfigureAwait(false));
            if (await FixedDocument.IsWorse(document, solution.GetDocument(document.Id)!, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        return _before.Count > 0 ? solution : null;
    }

    private static SyntaxNode Rewrite(SyntaxNode root, SemanticModel model, Dictionary<StatementSyntax, List<ISymbol>> before) => root.ReplaceNodes(
        before.Keys.Select(statement => (BlockSyntax)statement.Parent!).Distinct(),
        (original, rewritten) =>
        {
            // By index from the last: the statements before keep theirs.
            var block = rewritten;
            for (var index = original.Statements.Count - 1; index >= 0; index--)
            {
                if (before.TryGetValue(original.Statements[index], out var holders))
                {
                    block = SpawnStatement.CollectBefore(
                        block, block.Statements[index], [.. holders.Select(holder => Nulling(holder, model, original.Statements[index]))]);
                }
            }

            return original.ToString().Contains('\n') ? block : block.WithAdditionalAnnotations(Formatter.Annotation);
        });

    private static async Task<HashSet<StatementSyntax>?> StatementsIn(
        Document document, ISymbol holder, IEnumerable<Location> locations, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        var statements = new HashSet<StatementSyntax>();
        foreach (var location in locations)
        {
            var node = root!.FindNode(location.SourceSpan, getInnermostNodeForTie: true);
            if (SpawnStatement.Of(node) is not { Parent: BlockSyntax block } statement
                || statement.GetLeadingTrivia().Any(static trivia => trivia.IsDirective)
                || !model!.IsAccessible(node.SpanStart, holder)
                || (!holder.IsStatic && !IsInInstanceMemberOf(holder.ContainingType, model, node))
                || IsReadFrom(block, statement, holder, model))
            {
                return null;
            }

            statements.Add(statement);
        }

        return statements;
    }

    private static ISymbol? FindHolder(SyntaxNode declared, SemanticModel model, CancellationToken cancellationToken) =>
        declared.FirstAncestorOrSelf<SyntaxNode>(part => part is VariableDeclaratorSyntax or PropertyDeclarationSyntax or FieldDeclarationSyntax) switch
        {
            FieldDeclarationSyntax { Declaration.Variables: { Count: 1 } variables } => model.GetDeclaredSymbol(variables[0], cancellationToken),
            null or FieldDeclarationSyntax => null,
            var node => model.GetDeclaredSymbol(node, cancellationToken),
        };

    // Null where the code does not expect it would trade memory for a crash: the declaration must allow it (or know nothing of nullability).
    private static bool CanBeNull(ISymbol holder) => holder switch
    {
        IFieldSymbol { IsReadOnly: false, Type: { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.NotAnnotated } } => true,
        IPropertySymbol { SetMethod: { IsInitOnly: false }, Type: { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.NotAnnotated } } => true,
        _ => false,
    };

    private static StatementSyntax Nulling(ISymbol holder, SemanticModel model, StatementSyntax before)
    {
        var isShadowed = !model.LookupSymbols(before.SpanStart, name: holder.Name).Contains(holder, SymbolEqualityComparer.Default);
        var qualifier = !isShadowed ? "" : holder.IsStatic ? holder.ContainingType.ToMinimalDisplayString(model, before.SpanStart) + "." : "this.";
        return FixedDocument.NewStatement(SyntaxFactory.ParseStatement($"{qualifier}{holder.Name} = null;"), before);
    }

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
        var loop = statement.Ancestors().LastOrDefault(SpawnStatement.IsLoop);
        var member = block.Ancestors().FirstOrDefault(part => part is MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) ?? block;
        return member.DescendantNodes()
            .OfType<SimpleNameSyntax>()
            .Where(name => name.Identifier.ValueText == holder.Name && (name.SpanStart >= statement.SpanStart || loop is not null && loop.Span.Contains(name.Span)))
            .Any(name => Holds(name, holder, model) && !FieldRefill.IsWritten(FieldRefill.Whole(name)));
    }
}
