using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>Finds what the runtime executes itself in a sequence of operations, up to where the program is left or replaced.</summary>
internal static class ManagedCode
{
    /// <summary>The first managed call or allocation, in order of evaluation, before <c>_exit</c> or <c>exec*</c>; <see langword="null"/> if there is none.</summary>
    public static IOperation? FirstBeforeExit(IReadOnlyList<IOperation> sequence)
    {
        foreach (var operation in InEvaluationOrder(sequence))
        {
            if (operation is IInvocationOperation call && LibcFunction.EntryPoint(call.TargetMethod) is { } entryPoint)
            {
                if (LeavesProgram(entryPoint))
                {
                    return null;
                }
            }
            else if (Describe(operation) is not null)
            {
                return operation;
            }
        }

        return null;
    }

    /// <summary>What a message calls the operation; <see langword="null"/> for one that runs no managed code worth naming.</summary>
    public static string? Describe(IOperation operation)
    {
        switch (operation)
        {
            case IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke }:
                return "a delegate";
            case IInvocationOperation { TargetMethod: var method }:
                return method.MethodKind == MethodKind.LocalFunction ? method.Name : method.ContainingType.Name + "." + method.Name;
            case IObjectCreationOperation { Type: { } type }:
                return "new " + TypeNames.Display(type);
            case IArrayCreationOperation { Type: { } type }:
                return "new " + TypeNames.Display(type);
            case IInterpolatedStringOperation { ConstantValue.HasValue: false }:
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String, ConstantValue.HasValue: false }:
                return "the building of a string";
            case IPropertyReferenceOperation { Property: var property }:
                return property.ContainingType.Name + "." + property.Name;
            case IAwaitOperation:
                return "await";
            case IThrowOperation:
                return "throw";
            case ILockOperation:
                return "lock";
            case IDynamicInvocationOperation or IDynamicMemberReferenceOperation:
                return "a dynamic call";
            default:
                return null;
        }
    }

    private static bool LeavesProgram(string entryPoint) =>
        entryPoint is "_exit" or "_Exit" or "exit" or "quick_exit" or "abort" or "fexecve"
        || entryPoint.StartsWith("exec", StringComparison.Ordinal);

    /// <summary>Operands before what uses them; without recursion, because sources can nest deeper than a stack.</summary>
    private static IEnumerable<IOperation> InEvaluationOrder(IReadOnlyList<IOperation> sequence)
    {
        var pending = new Stack<(IOperation Operation, bool OperandsDone)>();
        for (var index = sequence.Count - 1; index >= 0; index--)
        {
            pending.Push((sequence[index], false));
        }

        while (pending.Count > 0)
        {
            var (operation, operandsDone) = pending.Pop();
            if (operandsDone)
            {
                yield return operation;
                continue;
            }

            // Deferred code runs when it is called, and the call is what is named.
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation or INameOfOperation)
            {
                continue;
            }

            pending.Push((operation, true));
            foreach (var operand in operation.ChildOperations.Reverse())
            {
                pending.Push((operand, false));
            }
        }
    }
}
