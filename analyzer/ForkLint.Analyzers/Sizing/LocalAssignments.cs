using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>
/// Everything a body assigns to its locals and parameters, lambdas and local functions included. A variable that is
/// written in a way whose value cannot be seen (by reference, by a loop, by a pattern) is not known at all.
/// </summary>
internal sealed class LocalAssignments
{
    private readonly Dictionary<ISymbol, ImmutableArray<IOperation>> _values = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _unknown = new(SymbolEqualityComparer.Default);

    private LocalAssignments()
    {
    }

    /// <summary>Reads the whole body once, in time linear to its length.</summary>
    public static LocalAssignments Of(IOperation body)
    {
        var result = new LocalAssignments();
        foreach (var operation in body.DescendantsAndSelf())
        {
            result.Read(operation);
        }

        return result;
    }

    /// <summary>The values assigned to <paramref name="variable"/>, none if it is never assigned; <see langword="false"/> where one cannot be seen.</summary>
    public bool TryGet(ISymbol variable, out ImmutableArray<IOperation> values)
    {
        values = ImmutableArray<IOperation>.Empty;
        if (_unknown.Contains(variable))
        {
            return false;
        }

        if (_values.TryGetValue(variable, out var known))
        {
            values = known;
        }

        return true;
    }

    private void Read(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation declarator:
                var initializer = declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer;
                if (initializer is not null)
                {
                    Assign(declarator.Symbol, initializer.Value, declarator.Symbol.RefKind != RefKind.None);
                }
                else if (declarator.Parent is IForEachLoopOperation)
                {
                    _unknown.Add(declarator.Symbol);
                }

                break;
            case ISimpleAssignmentOperation assignment when Variable(assignment.Target) is { } target:
                Assign(target, assignment.Value, assignment.IsRef);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                Deconstruct(deconstruction.Target, deconstruction.Value);
                break;
            case ICompoundAssignmentOperation or ICoalesceAssignmentOperation:
                Forget(((IAssignmentOperation)operation).Target);
                break;
            case IIncrementOrDecrementOperation increment:
                Forget(increment.Target);
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument:
                Forget(argument.Value);
                break;
            case IAddressOfOperation address:
                Forget(address.Reference);
                break;
            case IDeclarationPatternOperation { DeclaredSymbol: { } symbol }:
                _unknown.Add(symbol);
                break;
            case IRecursivePatternOperation { DeclaredSymbol: { } symbol }:
                _unknown.Add(symbol);
                break;
            case IListPatternOperation { DeclaredSymbol: { } symbol }:
                _unknown.Add(symbol);
                break;
            case IForEachLoopOperation loop:
                Forget(loop.LoopControlVariable);
                break;
        }
    }

    private static ISymbol? Variable(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    /// <summary>By reference, both names can be written through the other.</summary>
    private void Assign(ISymbol variable, IOperation value, bool isReference)
    {
        if (isReference)
        {
            _unknown.Add(variable);
            Forget(value);
            return;
        }

        _values[variable] = _values.TryGetValue(variable, out var earlier) ? earlier.Add(value) : ImmutableArray.Create(value);
    }

    private void Deconstruct(IOperation target, IOperation value)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        value = value is IConversionOperation { IsImplicit: true } conversion ? conversion.Operand : value;
        if (target is ITupleOperation targets && value is ITupleOperation values && targets.Elements.Length == values.Elements.Length)
        {
            for (var index = 0; index < targets.Elements.Length; index++)
            {
                Deconstruct(targets.Elements[index], values.Elements[index]);
            }
        }
        else if (Variable(target) is { } variable && value is not ITupleOperation)
        {
            Assign(variable, value, isReference: false);
        }
        else
        {
            Forget(target);
        }
    }

    private void Forget(IOperation? target)
    {
        if (target is null)
        {
            return;
        }

        foreach (var operation in target.DescendantsAndSelf())
        {
            if (Variable(operation) is { } variable)
            {
                _unknown.Add(variable);
            }
            else if (operation is IVariableDeclaratorOperation declarator)
            {
                _unknown.Add(declarator.Symbol);
            }
        }
    }
}
