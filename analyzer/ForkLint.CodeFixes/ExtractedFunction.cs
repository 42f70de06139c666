using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace ForkLint.CodeFixes;

/// <summary>A run of statements as a local function, and the statement that calls it in their place.</summary>
/// <param name="Call">What stands where the statements stood.</param>
/// <param name="Declaration">The function.</param>
internal sealed record ExtractedFunction(StatementSyntax Call, LocalFunctionStatementSyntax Declaration)
{
    /// <summary>
    /// Extracts the statements from the local's declaration to <paramref name="last"/>; <see langword="null"/> where that would change what they do:
    /// they jump out, give more than one value to what follows, or share variables with a delegate.
    /// </summary>
    public static ExtractedFunction? Create(HeldLocal held, int last)
    {
        var region = held.Statements.Skip(held.Declaration).Take(last - held.Declaration + 1).ToList();
        var control = held.Model.AnalyzeControlFlow(region[0], region[region.Count - 1]);
        var data = held.Model.AnalyzeDataFlow(region[0], region[region.Count - 1]);
        if (control is not { Succeeded: true } || data is not { Succeeded: true }
            || !control.ExitPoints.IsEmpty || !control.EntryPoints.IsEmpty || !control.ReturnStatements.IsEmpty
            || region.Exists(IsBoundToItsBlock)
            || SharesVariables(data))
        {
            return null;
        }

        var outputs = data.DataFlowsOut
            .Concat(data.VariablesDeclared.Where(symbol => data.ReadOutside.Contains(symbol) || data.WrittenOutside.Contains(symbol)))
            .Distinct(SymbolEqualityComparer.Default)
            .ToList();
        var inputs = data.DataFlowsIn.Where(symbol => !IsOfThis(symbol) && symbol is not ILocalSymbol { IsConst: true }).ToList();
        if (outputs.Count > 1 || held.MentionsAny(region[0], outputs) || inputs.Concat(outputs).Any(symbol => TypeOf(symbol) is null or { IsAnonymousType: true }))
        {
            return null;
        }

        return Build(held, region, inputs!, outputs.FirstOrDefault(), isStatic: !UsesThis(data) && held.Model.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp8 });
    }

    private static ExtractedFunction Build(HeldLocal held, List<StatementSyntax> region, List<ISymbol> inputs, ISymbol? output, bool isStatic)
    {
        var isAsync = region.Exists(HasAwait);
        var name = UniqueName(held, isAsync);
        var position = region[0].SpanStart;
        var outputType = output is null ? null : TypeText(
            IsNullAfter(held, region[region.Count - 1], output) ? TypeOf(output)! : TypeOf(output)!.WithNullableAnnotation(NullableAnnotation.NotAnnotated), held.Model, position);
        var returnType = (outputType, isAsync) switch
        {
            (null, false) => "void",
            (null, true) => "global::System.Threading.Tasks.Task",
            (_, false) => outputType!,
            (_, true) => $"global::System.Threading.Tasks.Task<{outputType}>",
        };
        var arguments = string.Join(", ", inputs.Select(symbol => Escape(symbol.Name)));
        var call = $"{(isAsync ? "await " : "")}{name}({arguments});";
        if (output is not null)
        {
            var isDeclaredInside = region.Exists(statement => output.DeclaringSyntaxReferences.Any(reference => statement.Span.Contains(reference.Span)));
            call = $"{(isDeclaredInside ? outputType + " " : "")}{Escape(output.Name)} = {call}";
        }

        var parameters = string.Join(", ", inputs.Select(symbol => $"{TypeText(TypeOf(symbol)!, held.Model, position)} {Escape(symbol.Name)}"));
        var header = $"{(isStatic ? "static " : "")}{(isAsync ? "async " : "")}{returnType} {name}({parameters}) {{ }}";
        var lineEnd = FixedDocument.LineEnd(held.Block);
        var body = SyntaxFactory.Block(region.Skip(1).Prepend(WithoutGap(region[0])));
        if (output is not null)
        {
            body = body.AddStatements(FixedDocument.NewStatement(SyntaxFactory.ParseStatement($"return {Escape(output.Name)};"), held.Block));
        }

        var declaration = ((LocalFunctionStatementSyntax)SyntaxFactory.ParseStatement(header))
            .WithBody(body
                .WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithLeadingTrivia(lineEnd).WithTrailingTrivia(lineEnd))
                .WithCloseBraceToken(SyntaxFactory.Token(SyntaxKind.CloseBraceToken).WithTrailingTrivia(lineEnd)))
            .WithLeadingTrivia(lineEnd)
            .WithAdditionalAnnotations(Formatter.Annotation);
        return new ExtractedFunction(
            FixedDocument.NewStatement(FixedDocument.Qualified(SyntaxFactory.ParseStatement(call)), held.Block).WithLeadingTrivia(Gap(region[0])),
            FixedDocument.Qualified(declaration));
    }

    /// <summary>Whether the compiler takes a variable for one that may be null where it is next read: the type that "var" stands for always may.</summary>
    private static bool IsNullAfter(HeldLocal held, StatementSyntax last, ISymbol variable) => held.Block.DescendantNodes()
        .OfType<IdentifierNameSyntax>()
        .FirstOrDefault(name => name.SpanStart > last.Span.End && name.Identifier.ValueText == variable.Name
            && SymbolEqualityComparer.Default.Equals(held.Model.GetSymbolInfo(name).Symbol, variable)) is not { } read
        || held.Model.GetTypeInfo(read).Nullability.FlowState != NullableFlowState.NotNull;

    // A blank line before the first statement stays where it was; its comments go with it.
    private static SyntaxTriviaList Gap(StatementSyntax first) =>
        first.GetLeadingTrivia() is { Count: > 0 } trivia && trivia[0].IsKind(SyntaxKind.EndOfLineTrivia)
            ? SyntaxFactory.TriviaList(trivia[0])
            : SyntaxFactory.TriviaList(SyntaxFactory.ElasticMarker);

    private static StatementSyntax WithoutGap(StatementSyntax first) =>
        first.WithLeadingTrivia(first.GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)));

    private static string UniqueName(HeldLocal held, bool isAsync)
    {
        var local = held.Local.Name.TrimStart('_');
        var name = "Use" + char.ToUpperInvariant(local[0]) + local.Substring(1);
        var taken = new HashSet<string>(held.Model.LookupSymbols(held.Block.SpanStart).Select(symbol => symbol.Name));
        taken.UnionWith(held.Block.Ancestors().OfType<BlockSyntax>().Append(held.Block).SelectMany(block => block.DescendantNodes().OfType<LocalFunctionStatementSyntax>()).Select(function => function.Identifier.ValueText));
        var suffix = isAsync ? "Async" : "";
        var unique = name + suffix;
        for (var number = 2; taken.Contains(unique); number++)
        {
            unique = name + number.ToString(System.Globalization.CultureInfo.InvariantCulture) + suffix;
        }

        return unique;
    }

    // Using declarations would be disposed earlier, labels and local functions seen no more, a yield would be another iterator's.
    private static bool IsBoundToItsBlock(StatementSyntax statement) =>
        statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.UsingKeyword } or LabeledStatementSyntax or LocalFunctionStatementSyntax
        || statement.DescendantNodesAndSelf(IsSameFunction).Any(node => node is YieldStatementSyntax);

    private static bool SharesVariables(DataFlowAnalysis data)
    {
        var outside = data.CapturedInside.Where(symbol => !data.VariablesDeclared.Contains(symbol) && !IsOfThis(symbol));
        var shared = data.CapturedOutside.Concat(data.UnsafeAddressTaken).Concat(outside.Where(symbol => data.WrittenInside.Contains(symbol) || data.WrittenOutside.Contains(symbol) && symbol is not IParameterSymbol));
        return shared.Any(symbol => !data.VariablesDeclared.Contains(symbol) && (data.ReadInside.Contains(symbol) || data.WrittenInside.Contains(symbol)) && !IsOfThis(symbol))
            || data.WrittenInside.Any(symbol => symbol is IParameterSymbol { RefKind: not RefKind.None } or ILocalSymbol { IsRef: true })
            || data.DataFlowsIn.Any(symbol => symbol is ILocalSymbol { IsRef: true });
    }

    private static bool UsesThis(DataFlowAnalysis data) =>
        data.ReadInside.Concat(data.WrittenInside).Concat(data.DataFlowsIn).Any(IsOfThis);

    // A parameter of a primary constructor is a field in all but name.
    private static bool IsOfThis(ISymbol symbol) => symbol is IParameterSymbol parameter
        && (parameter.IsThis || (parameter.ContainingSymbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax));

    private static bool HasAwait(StatementSyntax statement) => statement.DescendantNodesAndSelf(IsSameFunction).Any(node => node switch
    {
        AwaitExpressionSyntax => true,
        CommonForEachStatementSyntax loop => loop.AwaitKeyword.IsKind(SyntaxKind.AwaitKeyword),
        UsingStatementSyntax scope => scope.AwaitKeyword.IsKind(SyntaxKind.AwaitKeyword),
        LocalDeclarationStatementSyntax declaration => declaration.AwaitKeyword.IsKind(SyntaxKind.AwaitKeyword),
        _ => false,
    });

    private static bool IsSameFunction(SyntaxNode node) => node is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax;

    private static ITypeSymbol? TypeOf(ISymbol? symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => null,
    };

    private static string TypeText(ITypeSymbol type, SemanticModel model, int position) =>
        type.ToMinimalDisplayString(model, position, SymbolDisplayFormat.MinimallyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier));

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
