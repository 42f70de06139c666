using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Verification;

/// <summary>
/// The same program with other names in its texts: types by aliases of a file or of all files (of arrays, tuples, pointers and constructed types
/// too) or of their namespace, static members without their type, and identifiers with a verbatim sign or an escape. It means the same.
/// </summary>
internal static class Renamed
{
    private static readonly SymbolDisplayFormat Qualified = SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.ExpandNullable);

    /// <summary>The program with aliases for its types; <see langword="null"/> where there is nothing to rename, or where it would not compile.</summary>
    public static CSharpCompilation? ByAliases(CSharpCompilation compilation)
    {
        var global = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var renamed = Edit(compilation, (model, root) =>
        {
            var own = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var edits = new List<(int Start, int Length, string Text)>();
            var nodes = root.DescendantNodes(node => !IsReplaced(node, model, out _)).Where(node => IsReplaced(node, model, out _));
            foreach (var node in nodes)
            {
                IsReplaced(node, model, out var type);
                var name = type!.ToDisplayString(Qualified);
                var isGlobal = name.Sum(character => character) % 2 == 0;
                var aliases = isGlobal ? global : own;
                if (!aliases.TryGetValue(name, out var alias))
                {
                    aliases.Add(name, alias = string.Create(CultureInfo.InvariantCulture, $"{(isGlobal ? "Everywhere" : "Here")}{aliases.Count}"));
                }

                edits.Add((node.SpanStart, node.Span.Length, alias));
            }

            edits.Add((StartOfUsings(root), 0, string.Concat(own.Select(alias => $"using {Unsafe(alias.Key)}{alias.Value} = {alias.Key};\n"))));
            return edits;
        });
        return global.Count == 0
            ? Compiled(renamed)
            : Compiled(renamed?.AddSyntaxTrees(CSharpSyntaxTree.ParseText(
                string.Concat(global.Select(alias => $"global using {Unsafe(alias.Key)}{alias.Value} = {alias.Key};\n")), compilation.SyntaxTrees[0].Options as CSharpParseOptions, "/test/Aliases.cs")));
    }

    /// <summary>The program with the names of its members written in another way.</summary>
    public static CSharpCompilation? ByEscapes(CSharpCompilation compilation) => Compiled(Edit(compilation, (model, root) =>
    {
        var edits = new List<(int Start, int Length, string Text)>();
        foreach (var name in root.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var token = name.Identifier;
            if (name.Ancestors().Any(static outer => outer is UsingDirectiveSyntax or AttributeSyntax) || token.Text != token.ValueText
                || model.GetSymbolInfo(name).Symbol is not (IMethodSymbol or IFieldSymbol or IPropertySymbol or INamedTypeSymbol) and { } symbol || token.Text is "var" or "dynamic" or "nint" or "nuint" or "field" or "_")
            {
                continue;
            }

            edits.Add((token.SpanStart, token.Span.Length, (root.SyntaxTree.FilePath.Length + edits.Count) % 2 == 0
                ? "@" + token.Text
                : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)token.Text[0]:X4}{token.Text[1..]}")));
        }

        return edits;
    }));

    /// <summary>The program with its static members called without their type.</summary>
    public static CSharpCompilation? ByStaticUsings(CSharpCompilation compilation) => Compiled(Edit(compilation, (model, root) =>
    {
        var edits = new List<(int Start, int Length, string Text)>();
        var types = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var access in root.DescendantNodes().OfType<MemberAccessExpressionSyntax>())
        {
            if (access.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax
                && model.GetSymbolInfo(access.Expression).Symbol is INamedTypeSymbol { IsGenericType: false, TypeKind: TypeKind.Class or TypeKind.Struct } type
                && model.GetSymbolInfo(access).Symbol is { IsStatic: true } member
                && SymbolEqualityComparer.Default.Equals(member.ContainingType, type)
                && compilation.IsSymbolAccessibleWithin(type, compilation.Assembly)
                && model.LookupSymbols(access.SpanStart, name: member.Name).IsEmpty)
            {
                types.Add(type.ToDisplayString(Qualified));
                edits.Add((access.SpanStart, access.Name.SpanStart - access.SpanStart, ""));
            }
        }

        edits.Add((StartOfUsings(root), 0, string.Concat(types.Select(type => $"using static {type};\n"))));
        return edits;
    }));

    /// <summary>The program with aliases for the namespaces of its types.</summary>
    public static CSharpCompilation? ByNamespaces(CSharpCompilation compilation) => Compiled(Edit(compilation, (model, root) =>
    {
        var edits = new List<(int Start, int Length, string Text)>();
        var spaces = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in root.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (IsReplaced(name, model, out var type) && type is INamedTypeSymbol { ContainingType: null, ContainingNamespace: { IsGlobalNamespace: false } space })
            {
                var qualified = space.ToDisplayString(Qualified);
                if (!spaces.TryGetValue(qualified, out var alias))
                {
                    spaces.Add(qualified, alias = string.Create(CultureInfo.InvariantCulture, $"Space{spaces.Count}"));
                }

                edits.Add((name.SpanStart, name.Identifier.Span.Length, $"{alias}.{name.Identifier.Text}"));
            }
        }

        edits.Add((StartOfUsings(root), 0, string.Concat(spaces.Select(space => $"using {space.Value} = {space.Key};\n"))));
        return edits;
    }));

    private static int StartOfUsings(CompilationUnitSyntax root) =>
        root.Usings.LastOrDefault(directive => !directive.GlobalKeyword.IsKind(SyntaxKind.None))?.FullSpan.End
        ?? root.Externs.LastOrDefault()?.FullSpan.End
        ?? 0;

    private static string Unsafe(string type) => type.Contains('*', StringComparison.Ordinal) ? "unsafe " : "";

    private static bool IsReplaced(SyntaxNode node, SemanticModel model, out ITypeSymbol? type)
    {
        type = null;
        if (node is not (NameSyntax or ArrayTypeSyntax or TupleTypeSyntax or PointerTypeSyntax or MemberAccessExpressionSyntax)
            || node is IdentifierNameSyntax { Identifier.ValueText: "var" or "dynamic" or "nint" or "nuint" or "_" }
            || node.Parent is ArrayCreationExpressionSyntax or StackAllocArrayCreationExpressionSyntax or AttributeSyntax
            || node.Ancestors().Any(static outer => outer is UsingDirectiveSyntax or BaseListSyntax or AttributeSyntax or TypeOfExpressionSyntax or ExplicitInterfaceSpecifierSyntax
                || outer is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } })
            || node.Ancestors().TakeWhile(static outer => outer is TypeSyntax).Any(static outer => outer is ArrayTypeSyntax { Parent: ArrayCreationExpressionSyntax or StackAllocArrayCreationExpressionSyntax } && outer.DescendantNodes().OfType<ArrayTypeSyntax>().Any())
            || node.Parent is QualifiedNameSyntax or AliasQualifiedNameSyntax || (node.Parent is MemberAccessExpressionSyntax access && access.Name == node))
        {
            return false;
        }

        type = model.GetSymbolInfo(node).Symbol as ITypeSymbol ?? (node is MemberAccessExpressionSyntax ? null : node is TypeSyntax and not NameSyntax ? model.GetTypeInfo(node).Type : null);
        return type is not null && IsNameable(type, model.Compilation);
    }

    private static bool IsNameable(ITypeSymbol type, Compilation compilation) => type switch
    {
        IArrayTypeSymbol array => IsNameable(array.ElementType, compilation),
        IPointerTypeSymbol pointer => pointer.PointedAtType.SpecialType == SpecialType.System_Void || IsNameable(pointer.PointedAtType, compilation),
        INamedTypeSymbol named => !named.IsUnboundGenericType && named.TypeKind != TypeKind.Error && !named.IsFileLocal && !named.IsAnonymousType
            && compilation.IsSymbolAccessibleWithin(named, compilation.Assembly)
            && named.TypeArguments.All(argument => IsNameable(argument, compilation))
            && (named.ContainingType is null || IsNameable(named.ContainingType, compilation)),
        _ => false,
    };

    private static CSharpCompilation? Edit(CSharpCompilation compilation, Func<SemanticModel, CompilationUnitSyntax, List<(int Start, int Length, string Text)>> edit)
    {
        var trees = new List<SyntaxTree>();
        var isChanged = false;
        foreach (var tree in compilation.SyntaxTrees)
        {
            var edits = edit(compilation.GetSemanticModel(tree), (CompilationUnitSyntax)tree.GetRoot());
            if (!edits.Exists(static change => change.Length > 0))
            {
                trees.Add(tree);
                continue;
            }

            var (text, from, at) = (new StringBuilder(), tree.ToString(), 0);
            foreach (var (start, length, replacement) in edits.OrderBy(static change => change.Start).ThenBy(static change => change.Length))
            {
                text.Append(from, at, start - at).Append(replacement);
                at = start + length;
            }

            isChanged = true;
            trees.Add(CSharpSyntaxTree.ParseText(text.Append(from, at, from.Length - at).ToString(), (CSharpParseOptions)tree.Options, tree.FilePath));
        }

        return isChanged ? compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(trees) : null;
    }

    private static CSharpCompilation? Compiled(CSharpCompilation? compilation) =>
        compilation?.GetDiagnostics().Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) == false ? compilation : null;
}
