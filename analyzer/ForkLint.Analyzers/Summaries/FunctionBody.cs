using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Summaries;

/// <summary>A piece of code with a control flow graph of its own: a member, an initializer, a lambda or a local function.</summary>
internal sealed class FunctionBody(IMethodSymbol? method, ISymbol member, ControlFlowGraph graph, bool isData)
{
    /// <summary>The method; <see langword="null"/> for the initializer of a field or property.</summary>
    public IMethodSymbol? Method { get; } = method;

    /// <summary>The method, or the field or property whose initializer this is.</summary>
    public ISymbol Member { get; } = member;

    /// <summary>Its control flow.</summary>
    public FlowGraph Graph { get; } = new(graph);

    /// <summary>Whether it is part of an expression tree, and never runs.</summary>
    public bool IsData { get; } = isData;

    /// <summary>Whether enumeration runs it.</summary>
    public bool IsIterator { get; } =
        graph.Blocks.Any(static block => block.Operations.Any(static operation => operation is IReturnOperation { Kind: OperationKind.YieldReturn }));

    /// <summary>A body and all functions nested in it, the innermost first.</summary>
    public static List<FunctionBody> WithNested(ISymbol member, ControlFlowGraph graph)
    {
        var found = new List<FunctionBody>();
        Add(member, graph, isData: false, found, 0);
        return found;
    }

    private static void Add(ISymbol member, ControlFlowGraph graph, bool isData, List<FunctionBody> found, int depth)
    {
        if (depth > 50)
        {
            return;
        }

        foreach (var function in graph.LocalFunctions)
        {
            Add(function, graph.GetLocalFunctionControlFlowGraph(function), isData, found, depth + 1);
        }

        foreach (var block in graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                AddLambdas(operation, graph, isData, found, depth);
            }

            if (block.BranchValue is { } value)
            {
                AddLambdas(value, graph, isData, found, depth);
            }
        }

        found.Add(new FunctionBody(member as IMethodSymbol, member, graph, isData));
    }

    private static void AddLambdas(IOperation root, ControlFlowGraph graph, bool isData, List<FunctionBody> found, int depth)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            if (operation is IFlowAnonymousFunctionOperation lambda)
            {
                var isTree = isData || LibraryModel.IsExpressionTree((operation.Parent as IConversionOperation)?.Type)
                    || LibraryModel.IsExpressionTree((operation.Parent as IDelegateCreationOperation)?.Type);
                Add(lambda.Symbol, graph.GetAnonymousFunctionControlFlowGraph(lambda), isTree, found, depth + 1);
            }
        }
    }
}
