using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Ways to call a member without writing its name.</summary>
[Flags]
internal enum NamelessCalls
{
    /// <summary>It is called by its name alone.</summary>
    None = 0,

    /// <summary>A constructor: <c>new(…)</c> of a type that is named elsewhere, <c>base(…)</c>.</summary>
    Creation = 1,

    /// <summary><c>using</c>, and the end of a <c>foreach</c>.</summary>
    Disposal = 2,

    /// <summary><c>foreach</c>.</summary>
    Enumeration = 4,

    /// <summary><c>await</c>, that of an <c>await foreach</c> and <c>await using</c> among them.</summary>
    Await = 8,

    /// <summary>A query.</summary>
    Query = 16,

    /// <summary>An operator, a conversion, an indexer, a pattern, an initializer: any expression may be one.</summary>
    Anywhere = 32,
}

/// <summary>A file of the compilation: its bodies, and what its text may call.</summary>
internal sealed class SourceFile(SyntaxTree tree, CancellationToken cancellationToken)
{
    private TextNames? _names;

    /// <summary>The bodies.</summary>
    public List<MemberBody> Bodies { get; } = [];

    /// <summary>Whether its bodies were looked at.</summary>
    public bool IsRead { get; set; }

    /// <summary>The names in its text.</summary>
    public TextNames Names => _names ??= new TextNames(tree.GetText(cancellationToken).ToString());

    /// <summary>Whether it may call something in one of these ways.</summary>
    public bool MayCall(NamelessCalls ways)
    {
        if (ways == NamelessCalls.None)
        {
            return false;
        }

        return (ways & NamelessCalls.Anywhere) != 0
            || (Has(NamelessCalls.Creation) && (Names.MayHave("base") || Any("new", IsUnnamedCreation, opens: true)))
            || (Has(NamelessCalls.Disposal) && (Names.MayHave("foreach") || Any("using", static word => word.Parent is UsingStatementSyntax or LocalDeclarationStatementSyntax)))
            || (Has(NamelessCalls.Enumeration) && Names.MayHave("foreach"))
            || (Has(NamelessCalls.Await) && Names.MayHave("await"))
            || (Has(NamelessCalls.Query) && Names.MayHave("from"));

        bool Has(NamelessCalls way) => (ways & way) != 0;
    }

    /// <summary>The names that <c>global using Name = Type;</c> gives to types in all files, each with its type.</summary>
    public IEnumerable<(string Alias, TypeSyntax Type)> GlobalAliases()
    {
        if (Names.MayHave("global") && tree.GetRoot(cancellationToken) is CompilationUnitSyntax unit)
        {
            foreach (var directive in unit.Usings)
            {
                if (directive is { Alias: { } alias } && directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword))
                {
                    yield return (alias.Name.Identifier.ValueText, directive.NamespaceOrType);
                }
            }
        }
    }

    /// <summary>A <c>new</c> of a type that is not named before it: <c>Type name = new()</c> is a call by name.</summary>
    private static bool IsUnnamedCreation(SyntaxToken word) =>
        word.Parent is ImplicitObjectCreationExpressionSyntax creation
        && creation.Parent is not EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax } };

    /// <summary>Whether a word stands for something, which a parenthesis or a comment must follow where it <paramref name="opens"/> one.</summary>
    private bool Any(string word, Func<SyntaxToken, bool> isMeant, bool opens = false) => Names.PlacesOf(word).Any(place =>
        (!opens || Names.Text.AsSpan(place + word.Length).TrimStart() is ['(' or '/' or '#', ..]) && tree.GetRoot(cancellationToken).FindToken(place) is var token && token.SpanStart == place && isMeant(token));
}
