using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>The flags in the <c>clone_args</c> structure that <c>clone3</c> is given a pointer or a reference to.</summary>
internal static class CloneArguments
{
    /// <summary>The value of the member called flags, where one initializer in the body gives it; otherwise <see langword="null"/>.</summary>
    public static long? Flags(IOperation? argument, SizeEnvironment environment)
    {
        while (argument is IConversionOperation or IAddressOfOperation)
        {
            argument = argument is IConversionOperation conversion ? conversion.Operand : ((IAddressOfOperation)argument).Reference;
        }

        if (argument is not ILocalReferenceOperation { Local: var local })
        {
            return null;
        }

        IOperation? value = null;
        foreach (var operation in (environment.Body ?? argument.Root()).DescendantsAndSelf())
        {
            if (operation is ISimpleAssignmentOperation assignment
                && IsFlags(assignment.Target, out var instance)
                && IsOf(instance, local))
            {
                if (value is not null)
                {
                    return null;
                }

                value = assignment.Value;
            }
        }

        return ConstantEvaluator.Exact(value, environment);
    }

    private static bool IsFlags(IOperation target, out IOperation? instance)
    {
        instance = (target as IMemberReferenceOperation)?.Instance;
        return target is IFieldReferenceOperation or IPropertyReferenceOperation
            && string.Equals(((IMemberReferenceOperation)target).Member.Name, "flags", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary><c>args.flags = …</c>, or the initializer of the creation that the local is declared with.</summary>
    private static bool IsOf(IOperation? instance, ILocalSymbol local)
    {
        if (instance is ILocalReferenceOperation reference)
        {
            return SymbolEqualityComparer.Default.Equals(reference.Local, local);
        }

        for (var current = instance?.Parent; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case IVariableDeclaratorOperation declarator:
                    return SymbolEqualityComparer.Default.Equals(declarator.Symbol, local);
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target }:
                    return SymbolEqualityComparer.Default.Equals(target.Local, local);
                case IBlockOperation:
                    return false;
            }
        }

        return false;
    }
}
