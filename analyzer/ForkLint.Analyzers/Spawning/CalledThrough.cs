using System.Runtime.CompilerServices;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>The method behind a delegate or a function pointer, where one body shows what it was made of.</summary>
internal static class CalledThrough
{
    private const int MaxCopies = 8;

    // A body with many calls is read once for all of them: time must stay linear in its length.
    private static readonly ConditionalWeakTable<IOperation, LocalAssignments> Assignments = new();

    /// <summary>The method that calling <paramref name="callee"/> runs; <see langword="null"/> where several may, or it is not known.</summary>
    public static IMethodSymbol? Target(IOperation? callee) => (Function(callee) as IMethodReferenceOperation)?.Method;

    /// <summary>What a delegate or a function pointer was made of: a method's name or a lambda; <see langword="null"/> where that is not known.</summary>
    public static IOperation? Function(IOperation? callee)
    {
        for (var copies = 0; copies < MaxCopies;)
        {
            switch (callee)
            {
                case IMethodReferenceOperation or IAnonymousFunctionOperation:
                    return callee;
                case IInvocationOperation { TargetMethod: { Name: "GetFunctionPointerForDelegate", ContainingType.Name: "Marshal" }, Arguments: [var made] }:
                    callee = made.Value;
                    break;
                case IConversionOperation conversion:
                    callee = conversion.Operand;
                    break;
                case IDelegateCreationOperation creation:
                    callee = creation.Target;
                    break;
                case IAddressOfOperation address:
                    callee = address.Reference;
                    break;
                case ILocalReferenceOperation { Local: var local }
                    when Assignments.GetValue(callee.Root(), LocalAssignments.Of).TryGet(local, out var values) && values is [var only]:
                    callee = only;
                    copies++;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }
}
