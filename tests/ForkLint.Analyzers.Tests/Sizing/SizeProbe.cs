using System.Collections.Immutable;
using System.Globalization;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>
/// Asks the catalog about one expression: the initializer of the variable <c>it</c>. It is asked about the operation
/// alone, about the operation in its body, and about its counterpart in the control-flow graph; all must agree.
/// </summary>
internal static class SizeProbe
{
    /// <summary>The members that the tests' code can use.</summary>
    public const string Members =
        """
            const int Mega = 1 << 20;
            static readonly int Ten = 10;
            static readonly long Large = 3L * Mega;
            static readonly int Assigned = 1 << 20;
            static int Property => 5 * Ten;
            static int Mutable = 1 << 20;
            int instance = 7;
            static C() { Assigned = Environment.TickCount; }
        """;

    /// <summary>The allocation of the expression, as <c>ManagedArray byte[] 1048576</c>; <c>none</c> if it is none.</summary>
    public static string Describe(string expression, string statements = "", string declarations = "", params (string Name, string Text)[] additionalFiles)
    {
        var allocation = Classify(expression, statements, declarations, additionalFiles);
        return allocation is null ? "none" : $"{allocation.Kind} {allocation.DisplayName} {Describe(allocation.Size)}";
    }

    /// <summary>The size alone: <c>1048576</c>, <c>at least 10</c>, <c>measured 10</c>, <c>unknown</c>, or <c>none</c>.</summary>
    public static string SizeOf(string expression, string statements = "", string declarations = "") =>
        Classify(expression, statements, declarations) is { } allocation ? Describe(allocation.Size) : "none";

    /// <summary>The size for a test's table.</summary>
    public static string Describe(AllocationSize size) => size.Certainty switch
    {
        SizeCertainty.Exact => size.Bytes.ToString(CultureInfo.InvariantCulture),
        SizeCertainty.AtLeast => $"at least {size.Bytes}",
        SizeCertainty.Measured => $"measured {size.Bytes}",
        _ => "unknown",
    };

    /// <summary>The allocation of the expression, on which all three ways of asking agree.</summary>
    public static Allocation? Classify(
        string expression, string statements = "", string declarations = "", params (string Name, string Text)[] additionalFiles)
    {
        var compilation = Lint.CSharp(
            $$"""
            using System.Collections.Immutable;
            using System.IO.MemoryMappedFiles;
            using System.Net.Http;
            using System.Runtime.CompilerServices;
            using System.Security.Cryptography;
            {{declarations}}
            unsafe partial class C
            {
            {{Members}}
                void M<T, TClass, TStruct>(int unknown, bool flag, string text, byte[] given) where TClass : class where TStruct : struct
                {
                    {{statements}}
                    var it = {{expression}};
                    GC.KeepAlive(flag);
                }
            }
            """).On(Framework.Net90).Compile();
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));

        var tree = compilation.SyntaxTrees.Single(tree => tree.FilePath.EndsWith(Lint.MainFile, StringComparison.Ordinal));
        var model = compilation.GetSemanticModel(tree);
        var value = tree.GetRoot().DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .Single(declarator => declarator.Identifier.ValueText == "it").Initializer!.Value;
        var method = value.Ancestors().OfType<MethodDeclarationSyntax>().First();
        var catalog = AllocationCatalog.Create(compilation, [.. additionalFiles.Select(file => new MemoryText(file.Name, file.Text))]);

        var original = Unconverted(((IVariableInitializerOperation)model.GetOperation(value.Parent!)!).Value);
        var alone = catalog.Classify(original, SizeEnvironment.Empty);
        var inBody = catalog.Classify(original, SizeEnvironment.ForBody(original));
        var graph = ControlFlowGraph.Create(method, model)!;
        var counterpart = Counterpart(graph, original);
        var inGraph = catalog.Classify(counterpart, SizeEnvironment.ForGraph(graph));

        Assert.Equal((alone?.Kind, alone?.Size, alone?.DisplayName), (inBody?.Kind, inBody?.Size, inBody?.DisplayName));
        Assert.Equal((alone?.Kind, alone?.Size, alone?.DisplayName), (inGraph?.Kind, inGraph?.Size, inGraph?.DisplayName));
        return inBody;
    }

    /// <summary>The operation of the graph that stands for one of the body.</summary>
    public static IOperation Counterpart(ControlFlowGraph graph, IOperation original) =>
        graph.Blocks.SelectMany(block => block.Operations.Concat(block.BranchValue is { } value ? [value] : ImmutableArray<IOperation>.Empty))
            .SelectMany(operation => operation.DescendantsAndSelf())
            .First(operation => operation.Syntax == original.Syntax && operation.Kind == original.Kind);

    private static IOperation Unconverted(IOperation operation)
    {
        while (operation is IConversionOperation or IAwaitOperation or IParenthesizedOperation)
        {
            operation = operation.ChildOperations.First();
        }

        return operation;
    }
}
