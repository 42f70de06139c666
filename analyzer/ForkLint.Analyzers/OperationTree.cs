using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers;

/// <summary>Where an operation stands, and what is below it.</summary>
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

    /// <summary>What a conversion that calls no operator converts; any other operation itself.</summary>
    public static IOperation WithoutConversions(this IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion)
        {
            operation = conversion.Operand;
        }

        return operation;
    }

    /// <summary>The method that a call, a creation or a property's reader runs, as it is named there; <see langword="null"/> for any other operation.</summary>
    public static IMethodSymbol? Callee(this IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IObjectCreationOperation creation => creation.Constructor,
        IPropertyReferenceOperation property => property.Property.GetMethod ?? property.Property.SetMethod,
        _ => null,
    };

    /// <summary>The argument of the parameter at <paramref name="ordinal"/>, or <see langword="null"/>.</summary>
    public static IOperation? Argument(this IInvocationOperation call, int ordinal) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == ordinal)?.Value;
}
