using ForkLint.Analyzers.Sizing;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>Asks the catalog about a test's calls, alone and in their control-flow graph; both must agree.</summary>
internal static class SpawnProbe
{
    /// <summary>Every spawn of the code in source order, as <c>duplicates libc fork</c>, with the reason in brackets.</summary>
    public static IReadOnlyList<string> SpawnsOf(Lint code, params (string Name, string Text)[] additionalFiles)
    {
        var compilation = code.Compile();
        var catalog = Catalog(code, compilation, additionalFiles)!;
        var result = new List<string>();
        foreach (var operation in Operations.Of<IOperation>(compilation).Where(operation =>
            operation is IInvocationOperation or IObjectCreationOperation or IPropertyReferenceOperation))
        {
            var site = catalog.Classify(operation);
            if (Graph(operation) is { } graph)
            {
                var counterpart = SizeProbe.Counterpart(graph, operation);
                var again = catalog.Classify(counterpart, SizeEnvironment.ForGraph(graph));
                Assert.Equal(Describe(site), Describe(again));
            }

            if (site is not null)
            {
                result.Add(Describe(site));
            }
        }

        return result;
    }

    /// <summary>The catalog of a test's code, with its options and properties.</summary>
    public static SpawnCatalog? Catalog(Lint code, Compilation compilation, params (string Name, string Text)[] additionalFiles) =>
        SpawnCatalog.Create(compilation, code.OptionsProvider, [.. additionalFiles.Select(file => new MemoryText(file.Name, file.Text))]);

    /// <summary>A spawn for a test's table.</summary>
    public static string Describe(SpawnSite? site) => site is null
        ? "none"
        : $"{(site.Kind == SpawnKind.Duplicates ? site.ChargesCommit ? "duplicates" : "duplicates uncharged" : "shares")} {site.DisplayName}"
            + (site.Why is null ? "" : $" [{site.Why}]");

    /// <summary>The graph of the method around an operation; operations in lambdas and local functions have graphs of their own.</summary>
    private static ControlFlowGraph? Graph(IOperation operation)
    {
        for (var node = operation.Syntax; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax:
                    return null;
                case BaseMethodDeclarationSyntax:
                    return ControlFlowGraph.Create(node, operation.SemanticModel!);
            }
        }

        return null;
    }
}
