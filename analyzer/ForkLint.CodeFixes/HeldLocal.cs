using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.CodeFixes;

/// <summary>A local that holds a large allocation at a spawn, where both stand in one block: the ground that the fixes for locals work on.</summary>
internal sealed class HeldLocal(SemanticModel model, BlockSyntax block, int declaration, int spawn, ILocalSymbol local)
{
    private HashSet<ISymbol>? _aliases;

    /// <summary>The model of its file.</summary>
    public SemanticModel Model { get; } = model;

    /// <summary>The block in whose list both the local's declaration and the spawn stand.</summary>
    public BlockSyntax Block { get; } = block;

    /// <summary>The index of the statement that declares the local.</summary>
    public int Declaration { get; } = declaration;

    /// <summary>The index of the statement that spawns, directly or somewhere inside.</summary>
    public int Spawn { get; } = spawn;

    /// <summary>The local.</summary>
    public ILocalSymbol Local { get; } = local;

    /// <summary>The statements of <see cref="Block"/>.</summary>
    public SyntaxList<StatementSyntax> Statements => Block.Statements;

    /// <summary>The index of the last statement before the spawn that uses the local or what was made from it.</summary>
    public int LastUse => Declaration + 1 + Statements.Take(Spawn).Skip(Declaration + 1).ToList().FindLastIndex(Mentions);

    /// <summary>Finds the local that a finding at a spawn is about; <see langword="null"/> where it is none, or not in the spawn's own function.</summary>
    public static async Task<HeldLocal?> Find(Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (root is null || model is null || !diagnostic.Properties.TryGetValue(DiagnosticProperties.Holder, out var holder) || holder is null)
        {
            return null;
        }

        var spawn = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        var local = model.LookupSymbols(diagnostic.Location.SourceSpan.Start, name: holder).OfType<ILocalSymbol>().FirstOrDefault();
        if (local?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is not VariableDeclaratorSyntax declarator
            || declarator.Parent?.Parent is not LocalDeclarationStatementSyntax { Parent: BlockSyntax block } declaration)
        {
            return null;
        }

        // Up from the spawn to the block, but not out of a lambda or a local function: those run at another time.
        var statement = spawn;
        while (statement is not null && statement.Parent != block)
        {
            if (statement is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
            {
                return null;
            }

            statement = statement.Parent;
        }

        return statement is StatementSyntax spawning
            ? new HeldLocal(model, block, block.Statements.IndexOf(declaration), block.Statements.IndexOf(spawning), local)
            : null;
    }

    /// <summary>Whether a node reads or writes the local, or anything that was made from it and may point into it.</summary>
    public bool Mentions(SyntaxNode node) => MentionsAny(node, _aliases ??= FindAliases());

    /// <summary>Whether a node mentions any of these.</summary>
    public bool MentionsAny(SyntaxNode node, ICollection<ISymbol> symbols) => node.DescendantNodesAndSelf()
        .OfType<IdentifierNameSyntax>()
        .Any(name => symbols.Any(symbol => symbol.Name == name.Identifier.ValueText)
            && Model.GetSymbolInfo(name).Symbol is { } found && symbols.Contains(found, SymbolEqualityComparer.Default));

    /// <summary>Whether anything that a run of statements declares directly in the block is mentioned in the block after it.</summary>
    public bool IsDeclaredBetweenAndMentionedAfter(int first, int last)
    {
        var declared = Statements.Skip(first).Take(last - first + 1).Select(statement => Model.AnalyzeDataFlow(statement))
            .SelectMany(static flow => flow is { Succeeded: true } ? flow.VariablesDeclared : Enumerable.Empty<ISymbol>()).Where(static symbol => symbol.DeclaringSyntaxReferences.Length > 0).ToList();
        return Statements.Skip(last + 1).Any(statement => MentionsAny(statement, declared));
    }

    private HashSet<ISymbol> FindAliases()
    {
        var aliases = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { Local };

        // What is declared or assigned from an alias is one, unless its type can keep nothing alive. Twice, for chains made backwards.
        for (var round = 0; round < 2; round++)
        {
            foreach (var node in Block.DescendantNodes())
            {
                var (target, value) = node switch
                {
                    VariableDeclaratorSyntax { Initializer: { } initializer } declarator => (Model.GetDeclaredSymbol(declarator), initializer.Value),
                    AssignmentExpressionSyntax assignment => (Model.GetSymbolInfo(assignment.Left).Symbol, assignment.Right),
                    ForEachStatementSyntax loop => (Model.GetDeclaredSymbol(loop), loop.Expression),
                    _ => (null, (ExpressionSyntax?)null),
                };
                if (target is ILocalSymbol { } local && value is not null && CanHold(local.Type) && MentionsAny(value, aliases))
                {
                    aliases.Add(local);
                }
            }
        }

        return aliases;
    }

    private static bool CanHold(ITypeSymbol type) =>
        type.SpecialType is SpecialType.None or SpecialType.System_Object or SpecialType.System_IntPtr or SpecialType.System_UIntPtr
        && type.TypeKind != TypeKind.Enum;
}
