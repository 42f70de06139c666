using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.NullTests;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Operators, events and delegates: what a type of the compilation runs behind them.</summary>
internal sealed class OperatorEvaluator(Evaluators all) : Evaluator(all)
{
    /// <summary><c>a += b</c> and its like.</summary>
    public ObjectSet EvaluateCompound(ICompoundAssignmentOperation compound)
    {
        var cells = CellsOf(compound.Target);
        var old = Body.Read(cells);
        var value = Evaluate(compound.Value);
        if (compound.OperatorMethod is { } method && IsSource(method))
        {
            // An instance operator (C# 14) changes the object in place.
            if (!method.IsStatic)
            {
                return CallSource(compound, method, compound.Target, old, [new(0, value, compound.Value)]);
            }

            var result = CallSource(compound, method, null, default, [new(0, old, compound.Target), new(1, value, compound.Value)]);
            Body.Store(cells, result);
            return result;
        }

        // Delegates add up, pointers move; anything else makes a new value.
        if (compound.Type is { TypeKind: TypeKind.Delegate } or { TypeKind: TypeKind.Pointer } || IsNativeInteger(compound.Type))
        {
            Body.Store(cells, old.Union(value));
            return old.Union(value);
        }

        Body.Use(old);
        UseDeep(value);
        if (compound.Type is { IsReferenceType: true })
        {
            Body.Store(cells, default);
        }

        return default;
    }

    /// <summary><c>a++</c> by an operator of the compilation.</summary>
    public ObjectSet Increment(IIncrementOrDecrementOperation increment, IMethodSymbol method)
    {
        var cells = CellsOf(increment.Target);
        var old = Body.Read(cells);
        if (!method.IsStatic)
        {
            return CallSource(increment, method, increment.Target, old, []);
        }

        var result = CallSource(increment, method, null, default, [new(0, old, increment.Target)]);
        Body.Store(cells, result);
        return result;
    }

    /// <summary>A handler comes to an event, or leaves it.</summary>
    public ObjectSet Subscribe(IEventAssignmentOperation subscription)
    {
        var reference = subscription.EventReference as IEventReferenceOperation;
        var owner = Evaluate(reference?.Instance);
        Body.Use(owner);
        var handler = Evaluate(subscription.HandlerValue);
        if ((subscription.Adds ? reference?.Event.AddMethod : reference?.Event.RemoveMethod) is { IsImplicitlyDeclared: false } accessor && IsSource(accessor))
        {
            return CallSource(subscription, accessor, reference!.Instance, owner, [new(0, handler, subscription.HandlerValue)]);
        }

        if (subscription.Adds)
        {
            Body.LetRun(handler);
        }
        else
        {
            State.Running = State.Running.Where(item => item is not DelegateObject known
                || !handler.Items.OfType<DelegateObject>().Any(removed => SymbolEqualityComparer.Default.Equals(removed.Target, known.Target)));
            Version++;
        }

        return default;
    }

    /// <summary><c>a + b</c> and its like.</summary>
    public ObjectSet EvaluateBinary(IBinaryOperation binary)
    {
        var left = Evaluate(binary.LeftOperand);
        var right = Evaluate(binary.RightOperand);
        if (binary.OperatorMethod is { } method && IsSource(method))
        {
            return CallSource(binary, method, null, default, [new(0, left, binary.LeftOperand), new(1, right, binary.RightOperand)]);
        }

        if (TestsForNull(binary, out _, out _))
        {
            return default;
        }

        if (binary.Type is IPointerTypeSymbol || IsNativeInteger(binary.Type))
        {
            return left.Union(right);
        }

        Body.Use(left);
        Body.Use(right);
        return default;
    }

    /// <summary>A delegate of a method or of another delegate.</summary>
    public ObjectSet CreateDelegate(IDelegateCreationOperation creation) =>
        creation.Target is IMethodReferenceOperation reference ? MakeDelegate(creation, reference) : Evaluate(creation.Target);

    /// <summary>A delegate, or the address of a function.</summary>
    public ObjectSet MakeDelegate(IOperation creation, IMethodReferenceOperation reference)
    {
        var receiver = Evaluate(reference.Instance);
        var made = Model.Delegate(creation, null, reference.Method);
        if (made is not null && !receiver.IsEmpty)
        {
            Body.Write(Model.Heap(made, reference.Method.ContainingType.OriginalDefinition), receiver);
        }

        return ObjectSet.Of(made);
    }
}
