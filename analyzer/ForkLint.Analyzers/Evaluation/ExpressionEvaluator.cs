using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>What an expression yields, and what it does on the way.</summary>
internal sealed class ExpressionEvaluator(Evaluators all) : Evaluator(all)
{
    // OperationKind.CollectionExpression and .Spread of Roslyn 4.10 and later: also what a params collection is made of.
    private const int CollectionExpressionKind = 127;
    internal const int SpreadKind = 128;
    private int _depth;

    /// <summary>What an expression yields; what it does on the way is done to the state.</summary>
    public ObjectSet Of(IOperation? operation)
    {
        if (operation is null || operation.ConstantValue.HasValue)
        {
            return default;
        }

        // A chain of a thousand calls or operators is one deep expression; the compiler itself survives it, so must this.
        if (_depth > 400)
        {
            return default;
        }

        _depth++;
        Model.Spend(1);
        try
        {
            return Calls.Spawned(operation) ?? EvaluateKnown(operation);
        }
        finally
        {
            _depth--;
        }
    }

    private ObjectSet EvaluateKnown(IOperation operation)
    {
        switch (operation)
        {
            case IExpressionStatementOperation statement:
                return Evaluate(statement.Operation);
            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IArrayElementReferenceOperation or IInlineArrayAccessOperation
                or IFlowCaptureReferenceOperation or IInstanceReferenceOperation:
                return EvaluateReference(operation);
            case IPropertyReferenceOperation property:
                return Calls.EvaluateProperty(property);
            case ISimpleAssignmentOperation { IsRef: true } binding:
                return All.Assignments.BindReference(binding);
            case ISimpleAssignmentOperation assignment:
                return All.Assignments.Assign(assignment.Target, assignment.Value);
            case IDeconstructionAssignmentOperation deconstruction:
                return All.Assignments.Deconstruct(deconstruction);
            case IFlowCaptureOperation capture:
                return Capture(capture);
            case ICompoundAssignmentOperation compound:
                return Operators.EvaluateCompound(compound);
            case IEventAssignmentOperation subscription:
                return Operators.Subscribe(subscription);
            case IConversionOperation conversion:
                return Convert(conversion);
            case IImplicitIndexerReferenceOperation indexer:
                return EvaluateImplicitIndexer(indexer);
            case ITranslatedQueryOperation query:
                return Evaluate(query.Operation);
            case IAwaitOperation awaited:
                return Await(awaited);
            case IArgumentOperation argument:
                return Evaluate(argument.Value);
            case IInvocationOperation call:
                return Calls.Invoke(call);
            case IObjectCreationOperation creation:
                return Creations.Create(creation);
            case ITypeParameterObjectCreationOperation made:
                return Creations.Create(made, made.Type);
            case IArrayCreationOperation array:
                return Creations.CreateArray(array);
            case IAnonymousObjectCreationOperation anonymous:
                return Creations.CreateAnonymous(anonymous);
            case IFlowAnonymousFunctionOperation lambda:
                return ObjectSet.Of(Model.Delegate(lambda, null, lambda.Symbol));
            case IDelegateCreationOperation creation:
                return Operators.CreateDelegate(creation);
            case ITupleOperation tuple:
                return tuple.Elements.Aggregate(ObjectSet.Empty, (all, element) => all.Union(Evaluate(element)));
            case IIsNullOperation test:
                Tested = Evaluate(test.Operand);
                return default;
            case IIsPatternOperation pattern:
                return All.Conditions.Match(pattern);
            case IBinaryOperation binary:
                return Operators.EvaluateBinary(binary);
            case IUnaryOperation { OperatorMethod: { } @operator } unary when IsSource(@operator):
                return CallSource(unary, @operator, null, default, [new(0, Evaluate(unary.Operand), unary.Operand)]);
            case IIncrementOrDecrementOperation { OperatorMethod: { } @operator } increment when IsSource(@operator):
                return Operators.Increment(increment, @operator);
            case IMethodReferenceOperation reference:
                return Operators.MakeDelegate(reference, reference);
            case IFunctionPointerInvocationOperation pointer:
                var functions = Evaluate(pointer.Target);
                return Delegates.RunDelegates(pointer, functions, Calls.EvaluateArguments(pointer.Arguments));
            case IAddressOfOperation address:
                return Evaluate(address.Reference);
            case IInterpolationOperation { Expression: var shown } interpolation:
                var text = Evaluate(shown);
                UseDeep(text);
                return ImplicitCalls.ToText(shown) is { } toText ? CallSource(interpolation, toText, shown, text, []) : default;
            case IIsTypeOperation test:
                Evaluate(test.ValueOperand);
                return default;
            case IReturnOperation { Kind: OperationKind.YieldReturn } yield:
                var yielded = Evaluate(yield.ReturnedValue);
                Body.Write(Model.Result, State.Read(Model.Result).Union(yielded));
                UseDeep(yielded);
                return default;
            case INameOfOperation or ISizeOfOperation or ITypeOfOperation or IDefaultValueOperation or ILiteralOperation:
                return default;
            default:
                return operation.Syntax is CollectionExpressionSyntax || (int)operation.Kind == CollectionExpressionKind ? Creations.CreateCollection(operation) : EvaluateUnknown(operation);
        }
    }

    /// <summary>An operation without a meaning of its own here: it reads its operands, and yields nothing that is followed.</summary>
    public ObjectSet EvaluateUnknown(IOperation operation)
    {
        var values = ObjectSet.Empty;
        foreach (var child in operation.ChildOperations)
        {
            var value = Evaluate(child);
            UseDeep(value);
            values = values.Union(value);
        }

        if (operation.Kind == OperationKind.None && operation.Syntax.Parent is EqualsValueClauseSyntax && operation.ChildOperations.Count == 1
            && ImplicitCalls.Pinned(operation.ChildOperations.First()) is { } pinned)
        {
            return CallSource(operation, pinned, null, values, []);
        }

        // A pinned array's address has no operation of its own.
        return operation.Kind == OperationKind.None && operation.Type is null or IPointerTypeSymbol && operation.Syntax.Parent is EqualsValueClauseSyntax ? values : default;
    }

    /// <summary>What is stored where an expression says.</summary>
    public ObjectSet EvaluateReference(IOperation operation)
    {
        if (operation is ILocalReferenceOperation { Local: { IsRef: true } alias } && Body.References?.ContainsKey(alias) == true)
        {
            Body.Use(State.Read(Model.Variable(alias)));
        }

        // A number in a struct is read without what the struct's other fields hold.
        return CanHold(operation.Type) ? Body.Read(CellsOf(operation))
            : operation is IFieldReferenceOperation { Instance: { Type.IsValueType: true } and not IInstanceReferenceOperation } && IsPlainPath(operation) ? default
            : SideEffectsOf(operation);
    }

    /// <summary><c>memory[1..]</c> is another view of the same memory, <c>list[^1]</c> an element.</summary>
    private ObjectSet EvaluateImplicitIndexer(IImplicitIndexerReferenceOperation indexer)
    {
        var owner = Evaluate(indexer.Instance);
        Body.Use(owner);
        Body.Use(Evaluate(indexer.Argument));
        MayThrow();
        if (indexer.LengthSymbol is IPropertySymbol { GetMethod: { } length } && IsSource(length))
        {
            CallSource(indexer, length, indexer.Instance, owner, []);
        }

        if ((indexer.IndexerSymbol as IMethodSymbol ?? (indexer.IndexerSymbol as IPropertySymbol)?.GetMethod) is { } member && IsSource(member))
        {
            return CallSource(indexer, member, indexer.Instance, owner, []);
        }

        return indexer.IndexerSymbol is not IMethodSymbol ? CanHold(indexer.Type) ? Body.ReadElements(owner) : default
            : LibraryModel.IsView(indexer.Type) ? owner
            : default;
    }

    private ObjectSet SideEffectsOf(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            Body.Use(Evaluate(child));
        }

        return default;
    }

    private ObjectSet Capture(IFlowCaptureOperation capture)
    {
        // The target of "x ??= v" or "a[i] = c ? v : w" is captured first and assigned through the temporary later.
        var cell = Model.Capture(capture.Id);
        if (Places.CellsOfQuietly(Unconverted(capture.Value)) is { Length: > 0 } sources)
        {
            cell.Sources = sources;
        }

        if (Places.IsReference(capture.Id))
        {
            Body.AddReference(capture.Id, CellsOf(capture.Value));
            return default;
        }

        var value = Evaluate(capture.Value);
        if (capture.Value.Type is { IsValueType: true } && cell.Sources is [{ Components.Count: > 0 } from])
        {
            Body.CopyStruct(from, cell);
            return value;
        }

        Body.Write(cell, value);
        Body.Spread(cell.Alone, value, capture.Value.Type);
        return value;
    }

    private ObjectSet Convert(IConversionOperation conversion)
    {
        var value = Evaluate(conversion.Operand);
        if (conversion.OperatorMethod is { } method)
        {
            if (IsSource(method))
            {
                return CallSource(conversion, method, null, default, [new(0, value, conversion.Operand)]);
            }

            // Array to span, IntPtr to pointer, span to read-only span: the same memory.
            Body.Use(value);
            return LibraryModel.IsView(conversion.Type) || IsNativeInteger(conversion.Type) || conversion.Type is IPointerTypeSymbol ? value : default;
        }

        // An expression tree describes its code; nothing of it runs.
        return LibraryModel.IsExpressionTree(conversion.Type) ? default
            : CanHold(conversion.Type) || IsNativeInteger(conversion.Operand.Type) || conversion.Operand.Type is IPointerTypeSymbol ? value
            : default;
    }

    private ObjectSet Await(IAwaitOperation awaited)
    {
        var task = Evaluate(awaited.Operation);
        Body.Use(task);
        if (awaited.Operation.Type is { } awaitable && IsSource(awaitable) && ImplicitCalls.GetAwaiter(awaitable) is { } getAwaiter)
        {
            var awaiter = CallSource(awaited, getAwaiter, awaited.Operation, task, []);
            if (ImplicitCalls.IsCompleted(getAwaiter) is { } isCompleted && IsSource(isCompleted))
            {
                CallSource(awaited, isCompleted, null, awaiter, []);
            }

            return ImplicitCalls.GetResult(getAwaiter) is { } getResult && IsSource(getResult) ? CallSource(awaited, getResult, null, awaiter, []) : awaiter;
        }

        MayThrow();
        if (ImplicitCalls.ExtensionAwaiter(awaited, Graph.Graph.OriginalOperation?.SemanticModel) is { } extension && IsSource(extension))
        {
            CallSource(awaited, extension.ReducedFrom ?? extension, null, default, [new(0, task, awaited.Operation)]);
        }

        return task;
    }
}
