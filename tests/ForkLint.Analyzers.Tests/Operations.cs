using ForkLint.Verification;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

/// <summary>The operations of a test's code.</summary>
internal static class Operations
{
    /// <summary>Every operation of this kind in <see cref="Lint.MainFile"/>, in source order.</summary>
    public static IReadOnlyList<T> Of<T>(Compilation compilation)
        where T : class, IOperation
    {
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var tree = compilation.SyntaxTrees.Single(tree => tree.FilePath.EndsWith(Lint.MainFile, StringComparison.Ordinal));
        var model = compilation.GetSemanticModel(tree);
        return [.. tree.GetRoot().DescendantNodes().Select(node => model.GetOperation(node)).OfType<T>().Distinct().OrderBy(operation => operation.Syntax.SpanStart)];
    }
}
