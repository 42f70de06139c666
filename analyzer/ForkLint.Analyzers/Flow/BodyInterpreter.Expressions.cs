using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>What an expression yields, and what it does on the way.</summary>
internal sealed partial class BodyInterpreter
{
    private int _depth;

    private ObjectSet Evaluate(IOperation? operation)
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
        _model.Spend(1);
        try
        {
            return Spawned(operation) ?? EvaluateKnown(operation);
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
            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IArrayElementReferenceOperation
                or IFlowCaptureReferenceOperation or IInstanceReferenceOperation:
                return EvaluateReference(operation);
            case IPropertyReferenceOperation property:
                return EvaluateProperty(property);
            case ISimpleAssignmentOperation { IsRef: true } binding:
                return BindReference(binding);
            case ISimpleAssignmentOperation assignment:
                return Assign(assignment.Target, assignment.Value);
            case IDeconstructionAssignmentOperation deconstruction:
                return Deconstruct(deconstruction);
            case IFlowCaptureOperation capture:
                return Capture(capture);
            case ICompoundAssignmentOperation compound:
                return EvaluateCompound(compound);
            case IEventAssignmentOperation subscription:
                return Subscribe(subscription);
            case IConversionOperation conversion:
                return Convert(conversion);
            case IImplicitIndexerReferenceOperation indexer:
                return EvaluateImplicitIndexer(indexer);
            case IParenthesizedOperation parenthesized:
                return Evaluate(parenthesized.Operand);
            case IAwaitOperation awaited:
                return Await(awaited);
            case IArgumentOperation argument:
                return Evaluate(argument.Value);
            case IInvocationOperation call:
                return Invoke(call);
            case IObjectCreationOperation creation:
                return Create(creation);
            case IArrayCreationOperation array:
                return CreateArray(array);
            case IAnonymousObjectCreationOperation anonymous:
                return CreateAnonymous(anonymous);
            case IFlowAnonymousFunctionOperation lambda:
                return ObjectSet.Of(_model.Delegate(lambda, null, lambda.Symbol));
            case IDelegateCreationOperation creation:
                return CreateDelegate(creation);
            case ITupleOperation tuple:
                return tuple.Elements.Aggregate(ObjectSet.Empty, (all, element) => all.Union(Evaluate(element)));
            case IIsNullOperation test:
                Evaluate(test.Operand);
                return default;
            case IIsPatternOperation pattern:
                return Match(pattern);
            case IBinaryOperation binary:
                return EvaluateBinary(binary);
            case IAddressOfOperation address:
                return Evaluate(address.Reference);
            case IIsTypeOperation test:
                Evaluate(test.ValueOperand);
                return default;
            case IReturnOperation { Kind: OperationKind.YieldReturn } yield:
                var yielded = Evaluate(yield.ReturnedValue);
                Write(_model.Result, _state.Read(_model.Result).Union(yielded));
                UseDeep(yielded);
                return default;
            case INameOfOperation or ISizeOfOperation or ITypeOfOperation or IDefaultValueOperation or ILiteralOperation:
                return default;
            default:
                return operation.Syntax is CollectionExpressionSyntax collection ? CreateCollection(operation, collection) : EvaluateUnknown(operation);
        }
    }

    /// <summary>An operation without a meaning of its own here: it reads its operands, and yields nothing that is followed.</summary>
    private ObjectSet EvaluateUnknown(IOperation operation)
    {
        var values = ObjectSet.Empty;
        foreach (var child in operation.ChildOperations)
        {
            var value = Evaluate(child);
            UseDeep(value);
            values = values.Union(value);
        }

        // A pinned array's address has no operation of its own.
        return operation.Kind == OperationKind.None && operation.Type is null or IPointerTypeSymbol && operation.Syntax.Parent is EqualsValueClauseSyntax ? values : default;
    }

    private ObjectSet EvaluateReference(IOperation operation)
    {
        if (operation is ILocalReferenceOperation { Local: { IsRef: true } alias } && _references?.ContainsKey(alias) == true)
        {
            Use(_state.Read(_model.Variable(alias)));
        }

        return CanHold(operation.Type) ? Read(CellsOf(operation)) : SideEffectsOf(operation);
    }

    /// <summary><c>memory[1..]</c> is another view of the same memory, <c>list[^1]</c> an element.</summary>
    private ObjectSet EvaluateImplicitIndexer(IImplicitIndexerReferenceOperation indexer)
    {
        var owner = Evaluate(indexer.Instance);
        Use(owner);
        Use(Evaluate(indexer.Argument));
        MayThrow();
        return indexer.IndexerSymbol is not IMethodSymbol ? CanHold(indexer.Type) ? ReadElements(owner) : default
            : LibraryModel.IsView(indexer.Type) ? owner
            : default;
    }

    private ObjectSet SideEffectsOf(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            Use(Evaluate(child));
        }

        return default;
    }

    private ObjectSet BindReference(ISimpleAssignmentOperation binding)
    {
        var cells = CellsOf(binding.Value);
        if (binding.Target is ILocalReferenceOperation { Local: var local } && cells.Length > 0)
        {
            AddReference(local, cells);

            // A reference into an object keeps the object.
            Write(_model.Variable(local), OwnersOf(cells));
        }
        else
        {
            Evaluate(binding.Value);
        }

        return Read(cells);
    }

    private void AddReference(object name, Cell[] cells)
    {
        _references ??= new(new ReferenceKeys());
        if (!_references.TryGetValue(name, out var known))
        {
            _references.Add(name, known = []);
        }

        known.UnionWith(cells);
    }

    private ObjectSet Capture(IFlowCaptureOperation capture)
    {
        // The target of "x ??= v" or "a[i] = c ? v : w" is captured first and assigned through the temporary later.
        var cell = _model.Capture(capture.Id);
        if (CellsOfQuietly(Unconverted(capture.Value)) is { Length: > 0 } sources)
        {
            cell.Sources = sources;
        }

        if (IsAssignedLater(capture.Id))
        {
            AddReference(capture.Id, CellsOf(capture.Value));
            return default;
        }

        var value = Evaluate(capture.Value);
        Write(cell, value);
        return value;
    }

    private HashSet<object>? _assignedCaptures;

    private bool IsAssignedLater(CaptureId id)
    {
        if (_assignedCaptures is null)
        {
            _assignedCaptures = [];
            foreach (var block in _graph.Graph.Blocks)
            {
                foreach (var operation in block.Operations)
                {
                    foreach (var part in operation.DescendantsAndSelf())
                    {
                        if (part is IAssignmentOperation { Target: IFlowCaptureReferenceOperation reference })
                        {
                            _assignedCaptures.Add(reference.Id);
                        }
                    }
                }
            }
        }

        return _assignedCaptures.Count > 0 && _assignedCaptures.Contains(id);
    }

    private ObjectSet EvaluateCompound(ICompoundAssignmentOperation compound)
    {
        var cells = CellsOf(compound.Target);
        var old = Read(cells);
        var value = Evaluate(compound.Value);

        // Delegates add up, pointers move; anything else makes a new value.
        if (compound.Type is { TypeKind: TypeKind.Delegate } or { TypeKind: TypeKind.Pointer } || IsNativeInteger(compound.Type))
        {
            Store(cells, old.Union(value));
            return old.Union(value);
        }

        Use(old);
        UseDeep(value);
        if (compound.Type is { IsReferenceType: true })
        {
            Store(cells, default);
        }

        return default;
    }

    private ObjectSet Subscribe(IEventAssignmentOperation subscription)
    {
        Use(Evaluate((subscription.EventReference as IEventReferenceOperation)?.Instance));
        var handler = Evaluate(subscription.HandlerValue);
        if (subscription.Adds)
        {
            LetRun(handler);
        }
        else
        {
            _state.Running = _state.Running.Where(item => item is not DelegateObject known
                || !handler.Items.OfType<DelegateObject>().Any(removed => SymbolEqualityComparer.Default.Equals(removed.Target, known.Target)));
            _version++;
        }

        return default;
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
            Use(value);
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
        Use(task);
        MayThrow();
        return task;
    }

    private ObjectSet CreateDelegate(IDelegateCreationOperation creation)
    {
        if (creation.Target is not IMethodReferenceOperation reference)
        {
            return Evaluate(creation.Target);
        }

        var receiver = Evaluate(reference.Instance);
        var made = _model.Delegate(creation, null, reference.Method);
        if (made is not null && !receiver.IsEmpty)
        {
            Write(_model.Heap(made, reference.Method.ContainingType.OriginalDefinition), receiver);
        }

        return ObjectSet.Of(made);
    }

    private ObjectSet EvaluateBinary(IBinaryOperation binary)
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

        Use(left);
        Use(right);
        return default;
    }

    private ObjectSet Match(IIsPatternOperation match)
    {
        var value = Evaluate(match.Value);
        if (!TestsForNull(match, out _, out _) && match.Pattern is not (IDeclarationPatternOperation or ITypePatternOperation or IDiscardPatternOperation))
        {
            Use(value);
        }

        BindPattern(match.Pattern, value);
        return default;
    }

    private void BindPattern(IOperation pattern, ObjectSet value)
    {
        var declared = pattern switch
        {
            IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
            IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
            IListPatternOperation list => list.DeclaredSymbol,
            _ => null,
        };

        if (declared is ILocalSymbol local && CanHold(local.Type))
        {
            Write(_model.Variable(local), value);
        }

        foreach (var child in pattern.ChildOperations)
        {
            switch (child)
            {
                case IPropertySubpatternOperation { Member: IMemberReferenceOperation { Member: var member } } property:
                    var storage = member is IPropertySymbol symbol ? Storage(symbol) : member.OriginalDefinition;
                    BindPattern(property.Pattern, Read(MembersOf(value, storage)));
                    break;
                case IPatternOperation nested when pattern is IListPatternOperation:
                    BindPattern(nested, ReadElements(value));
                    break;
                case IPatternOperation nested:
                    BindPattern(nested, value);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Whether values of a type can keep memory: numbers, flags and dates cannot, pointers and native integers can.</summary>
    private static bool CanHold(ITypeSymbol? type) => type switch
    {
        null => true,
        { TypeKind: TypeKind.Enum } => false,
        _ => type.SpecialType is SpecialType.None or SpecialType.System_Object or SpecialType.System_String or SpecialType.System_Array
            or SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_Delegate or SpecialType.System_MulticastDelegate
            or SpecialType.System_IDisposable
            || type.SpecialType is >= SpecialType.System_Collections_IEnumerable and <= SpecialType.System_Collections_Generic_IReadOnlyCollection_T,
    };

    private static bool IsNativeInteger(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr;
}
