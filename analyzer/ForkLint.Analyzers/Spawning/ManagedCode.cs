using System.Runtime.CompilerServices;
using ForkLint.Analyzers.Native;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>Finds what the runtime executes itself in a sequence of operations, up to where the program is left or replaced.</summary>
internal static class ManagedCode
{
    private static readonly ConditionalWeakTable<IOperation, Dictionary<IOperation, Outcome>> Blocks = new();

    /// <summary>The first managed call or allocation, in order of evaluation, before <c>_exit</c> or <c>exec*</c>; <see langword="null"/> if there is none.</summary>
    public static IOperation? FirstBeforeExit(IReadOnlyList<ChildCode> sequence)
    {
        foreach (var code in sequence)
        {
            var outcome = code.IsAllThatFollows ? AfterStatement(code.Operation) : Run(code.Operation);
            if (outcome.Leaves || outcome.Managed is not null)
            {
                return outcome.Managed;
            }
        }

        return null;
    }

    private static Outcome AfterStatement(IOperation statement) =>
        statement.Parent is { } block && Blocks.GetValue(block, AfterEach).TryGetValue(statement, out var outcome) ? outcome : default;

    /// <summary>What comes after each statement of a block, from the last to the first: each is looked at once.</summary>
    private static Dictionary<IOperation, Outcome> AfterEach(IOperation block)
    {
        var outcomes = new Dictionary<IOperation, Outcome>();
        var following = default(Outcome);
        foreach (var statement in block.ChildOperations.Reverse())
        {
            outcomes[statement] = following;
            var own = Run(statement);
            following = own.Leaves || own.Managed is not null ? own : following;
        }

        return outcomes;
    }

    private static Outcome Run(IOperation code)
    {
        foreach (var operation in InEvaluationOrder(code))
        {
            if (operation is IInvocationOperation call && LibcFunction.EntryPoint(call.TargetMethod) is { } entryPoint)
            {
                if (LeavesProgram(entryPoint))
                {
                    return new Outcome(null, Leaves: true);
                }
            }
            else if (Describe(operation) is not null)
            {
                return new Outcome(operation, Leaves: false);
            }
        }

        return default;
    }

    /// <summary>What a message calls the operation; <see langword="null"/> for one that runs no managed code worth naming.</summary>
    public static string? Describe(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } => "a delegate",
        IInvocationOperation { TargetMethod: var method } => method.MethodKind == MethodKind.LocalFunction ? method.Name : MethodNames.Qualified(method),
        IObjectCreationOperation { Type: { } type } => "new " + TypeNames.Display(type),
        IArrayCreationOperation { Type: { } type } => "new " + TypeNames.Display(type),
        { Syntax: CollectionExpressionSyntax { Elements.Count: > 0 } } => "a collection expression",
        IInterpolatedStringOperation { ConstantValue.HasValue: false } or IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String, ConstantValue.HasValue: false } =>
            "the building of a string",
        IPropertyReferenceOperation { Property: var property } => MethodNames.Qualified(property),
        IAwaitOperation => "await",
        IThrowOperation => "throw",
        ILockOperation => "lock",
        IDynamicInvocationOperation or IDynamicMemberReferenceOperation => "a dynamic call",
        _ => null,
    };

    private static bool LeavesProgram(string entryPoint) =>
        entryPoint is "_exit" or "_Exit" or "exit" or "quick_exit" or "abort" or "fexecve"
        || entryPoint.StartsWith("exec", StringComparison.Ordinal);

    /// <param name="Managed">The first managed operation, if there is one.</param>
    /// <param name="Leaves">Whether the program is left or replaced before any.</param>
    private readonly record struct Outcome(IOperation? Managed, bool Leaves);

    /// <summary>Operands before what uses them; without recursion, because sources can nest deeper than a stack.</summary>
    private static IEnumerable<IOperation> InEvaluationOrder(IOperation code)
    {
        var pending = new Stack<(IOperation Operation, bool OperandsDone)>();
        pending.Push((code, false));
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
