using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

/// <summary>Where an operation stands.</summary>
internal static class OperationTree
{
    /// <summary>The outermost operation around <paramref name="operation"/>, or itself: the body it is in, or its place in a control-flow graph's block.</summary>
    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
