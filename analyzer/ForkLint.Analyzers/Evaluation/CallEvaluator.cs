using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Evaluation.PassedArguments;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Calls: spawns, releases, allocations, and everything else that receives something.</summary>
internal sealed class CallEvaluator(Evaluators all) : Evaluator(all)
{
    // What "with" calls; the compiler writes it into every record class.
    private const string RecordCloneName = "<Clone>$";

    /// <summary>What a spawn does, or <see langword="null"/> for any other operation.</summary>
    public ObjectSet? Spawned(IOperation operation)
    {
        if (operation is not (IInvocationOperation or IObjectCreationOperation or IPropertyReferenceOperation)
            || Catalogs.Spawns.Classify(operation, Sizes) is not { } site)
        {
            return null;
        }

        var passed = ObjectSet.Empty;
        foreach (var child in operation.ChildOperations)
        {
            var value = Evaluate(child);
            passed = passed.Union(value);
            UseDeep(value);
        }

        if (operation is IInvocationOperation { Instance: not null })
        {
            Waits.Started(passed);
        }

        // The stack that clone is given is the child's: the call itself needs it.
        Spawn(operation, site, site.EntryPoint is "clone" or "__clone" ? State.Closure(passed) : default);
        return CanHold(operation.Type) ? ObjectSet.Of(Model.Container(operation, null, operation.Type)) : default;
    }

    /// <summary>A process is created.</summary>
    public void Spawn(IOperation operation, SpawnSite site, ObjectSet needed = default)
    {
        MayThrow();
        if (Events is not null)
        {
            Delegates.RecordSpawn(operation, new ReachedSpawn(site, ImmutableArray.Create(site.DisplayName)), State);
            Facts!.Spawns[Facts.Spawns.Count - 1].Leave(needed);
        }

        if (site.WaitsForChild)
        {
            Lifetimes.Wait();
        }
    }

    /// <summary>A call by name, or of a delegate.</summary>
    public ObjectSet Invoke(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke || (method.Name is "BeginInvoke" && method.ContainingType?.TypeKind == TypeKind.Delegate))
        {
            var delegates = Evaluate(call.Instance);
            var passed = EvaluateArguments(call.Arguments);
            var returned = Delegates.RunDelegates(call, delegates, passed);
            IsEnded |= delegates.Single is DelegateObject only && Catalogs.Summaries.Of(only.Target) is { IsDefault: false } summaries && summaries.All(static summary => summary.NeverReturns);
            return returned;
        }

        // A delegate of an extension method's receiver is an argument like any other.
        var kind = ReleaseCatalog.Classify(call, out var released);
        if (kind != ReleaseKind.None && !(IsSource(method) && kind is ReleaseKind.Clears or ReleaseKind.Drops))
        {
            return Release(call, kind, released);
        }

        var receiver = Evaluate(call.Instance);
        var arguments = EvaluateArguments(call.Arguments);
        if (method.Name is "SuppressFinalize" or "ReRegisterForFinalize" or "KeepAlive" && MetadataNames.Is(method.ContainingType, "System", "GC"))
        {
            // An owner is kept from its finalizer, its memory is not read. What the collector would take is wanted until here.
            if (method.Name == "KeepAlive" && call.Arguments is not [{ Value: IInstanceReferenceOperation or IConversionOperation { Operand: IInstanceReferenceOperation } }])
            {
                UseDeep(AllOf(receiver, arguments), isManagedOnly: true);
            }

            return default;
        }

        if (ImplicitCalls.Activated(method) is { } activated)
        {
            return Creations.Create(call, activated);
        }

        if (method.Name == RecordCloneName)
        {
            return LibraryCalls.Clone(call, receiver);
        }

        if (Terminators.NeverReturns(method))
        {
            UseArguments(receiver, arguments);
            MayThrow();
            IsEnded = true;
            return default;
        }

        Waits.WaitFor(call, receiver, arguments);

        // An allocation that fails has allocated nothing.
        if (Catalogs.Allocations.Classify(call, Sizes) is not null)
        {
            UseArguments(receiver, arguments);
            MayThrow();
            // Enumerable.Repeat(b, 3).ToList(), Enumerable.Range(0, 3).Select(make).ToList()
            var generated = ArrayCalls.ElementCount(call) is null ? default : AllOf(receiver, arguments);
            var elements = generated.Where(static item => item is not DelegateObject).Union(LibraryCalls.Enumerated(call, generated));
            var allocated = Creations.Allocated(call, call) ?? default;
            if (allocated.Single is { } list && !elements.IsEmpty)
            {
                Body.Write(Model.Heap(list, ElementKey.Unknown), elements);
            }

            return allocated;
        }

        if (method.Name is "Dispose" or "DisposeAsync")
        {
            LibraryCalls.CallOverride(call, method, receiver, call.Instance?.WithoutConversions().Type);
        }

        if (ExtensionBlocks.Member(method) is var member && !ReferenceEquals(member, method))
        {
            return ExtensionBlocks.HasReceiver(member)
                ? CallSource(call, member, Array.Find(arguments, static argument => argument.Ordinal == 0)?.Operation, ReceiverAmong(arguments), WithoutReceiver(arguments))
                : CallSource(call, member, null, default, arguments);
        }

        return IsSource(method) || Catalogs.Summaries.MayHaveSourceTargets(method)
            ? CallSource(call, method, call.Instance, receiver, arguments)
            : LibraryCalls.CallLibrary(call, method, call.Instance, receiver, arguments);
    }

    /// <summary>What a call passes; an <c>out</c> argument passes nothing.</summary>
    public PassedArgument[] EvaluateArguments(ImmutableArray<IArgumentOperation> arguments)
    {
        if (arguments.IsEmpty)
        {
            return [];
        }

        var values = new PassedArgument[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var argument = arguments[i];
            var value = argument.Parameter?.RefKind == RefKind.Out ? default : Evaluate(argument.Value);
            if (argument.Parameter?.RefKind == RefKind.Out && argument.Value is IDeclarationExpressionOperation declaration)
            {
                Evaluate(declaration.Expression);
            }

            values[i] = new PassedArgument(argument.Parameter?.Ordinal ?? i, value, argument.Value);
        }

        return values;
    }

    /// <summary>A call reads what it is given.</summary>
    public void UseArguments(ObjectSet receiver, PassedArgument[] arguments)
    {
        Body.Use(receiver);
        foreach (var argument in arguments)
        {
            UseDeep(argument.Value);
        }
    }

    private ObjectSet Release(IInvocationOperation call, ReleaseKind kind, IOperation? released)
    {
        var target = Evaluate(released);
        if (call.Instance is not null && !ReferenceEquals(call.Instance, released))
        {
            Evaluate(call.Instance);
        }

        foreach (var argument in call.Arguments)
        {
            if (!ReferenceEquals(argument.Value, released))
            {
                UseDeep(Evaluate(argument.Value));
            }
        }

        var result = Creations.Allocated(call, call);
        switch (kind)
        {
            case ReleaseKind.Frees or ReleaseKind.Advises:
                Lifetimes.End(target, Fates.Gone);
                break;
            case ReleaseKind.Pools:
                Lifetimes.End(target, Fates.Pooled);
                break;
            case ReleaseKind.Drops:
                Lifetimes.End(target, Fates.Dropped);
                break;
            case ReleaseKind.Clears:
                foreach (var collection in target)
                {
                    collection.AddRemoval(call.Syntax);
                    Lifetimes.Clear(collection);
                }

                break;
            case ReleaseKind.Collects:
                Lifetimes.Collect(State, default);
                State.Collected = true;
                Version++;
                break;
        }

        return result ?? default;
    }

    /// <summary>The value of a property: what is stored, what its code returns, or what a library makes of its owner.</summary>
    public ObjectSet EvaluateProperty(IPropertyReferenceOperation property)
    {
        if (IsStored(property.Property) && property.Arguments.IsEmpty && IsSource(property.Property))
        {
            return All.Expressions.EvaluateReference(property);
        }

        if (property.Property.GetMethod is { } getter && IsSource(property.Property))
        {
            if (AutomaticProperties.IsReadAsStored(property.Property))
            {
                return Body.Read(Places.MemberCells(property.Instance, Storage(property.Property), property.Property.IsStatic));
            }

            return CallSource(property, getter, property.Instance, Evaluate(property.Instance), EvaluateArguments(property.Arguments));
        }

        if (property.Instance is not { } instance)
        {
            return Creations.Allocated(property, property) ?? All.Expressions.EvaluateReference(property);
        }

        if (!property.Arguments.IsEmpty)
        {
            return All.Expressions.EvaluateReference(property);
        }

        var owner = Evaluate(instance);
        Body.Use(owner);
        Waits.WaitFor(property, owner);
        if (WaitCatalog.IsOutput(property.Property))
        {
            return Waits.OutputOf(property, owner);
        }

        if (Creations.Allocated(property, property) is { } allocated)
        {
            return allocated;
        }

        if (property.Property.Name == "Value" && LibraryModel.IsLazy(property.Property.ContainingType))
        {
            return Delegates.Force(property, owner, Storage(property.Property), Body.ReadElements(owner)).Union(owner);
        }

        return LibraryModel.IsElement(property.Property) ? Body.ReadElements(owner)
            : LibraryModel.IsSameMemory(property.Property) ? owner
            : CanHold(property.Type) ? Body.Read(instance.Type is { IsValueType: true } ? CellsOf(property) : Body.MembersOf(owner, Storage(property.Property)))
            : default;
    }
}
