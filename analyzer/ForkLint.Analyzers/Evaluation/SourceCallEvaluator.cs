using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Evaluation.PassedArguments;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Calls of methods, lambdas and local functions of the compilation, by their summaries.</summary>
internal sealed class SourceCallEvaluator(Evaluators all) : Evaluator(all)
{
    // How many implementations that change anything a call may run and still be followed into each.
    private const int MaxTargets = 32;

    /// <summary>Calls a method of the compilation, each that it may be.</summary>
    public ObjectSet Call(
        IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver, PassedArgument[] arguments)
    {
        if (!Catalogs.Summaries.IsWorthFollowing(method) && !State.Closure(AllOf(receiver, arguments)).Items.Any(static item => item is AllocationObject))
        {
            return CallIgnored(operation, method, receiver, arguments);
        }

        if (method.MethodKind == MethodKind.Constructor)
        {
            Initialize(operation, method, receiver, arguments);
        }

        var constraint = method.IsStatic && (method.IsAbstract || method.IsVirtual) && TypeEvaluator.ConstrainedTo(operation) is { } parameter ? Types.ArgumentOf(parameter) : null;
        var on = constraint is null ? Types.Of(instance, receiver) : new ReceiverTypes(ImmutableArray.Create(constraint), constraint is INamedTypeSymbol);
        var isVirtual = constraint is not null || (instance is not null && !on.Types.IsDefault && (operation is IInvocationOperation call ? call.IsVirtual : IsVirtual(method)));
        var summaries = Catalogs.Summaries.Of(method, on, isVirtual);
        if (summaries.IsDefault)
        {
            return method.MethodKind == MethodKind.Constructor && (method.IsImplicitlyDeclared || PrimaryConstructors.IsPrimary(method))
                ? default
                : CallUnknown(operation, method, instance, receiver, arguments);
        }

        if (summaries.Length > MaxTargets && summaries.Count(static summary => summary.Exit is { IsNothing: false }) > MaxTargets)
        {
            // Which of them runs is not known, and what all of them together may do says little.
            if (Facts is not null)
            {
                Facts.IsIncomplete = true;
            }

            return CallIgnored(operation, method, receiver, arguments);
        }

        if ((isVirtual && !on.IsExact) || summaries.Any(static summary => summary.DependsOn.Items.Any(static item => item is InitialObject { Cell: ThisCell })))
        {
            if (receiver.Single is InitialObject { Cell: not ThisCell } && method.Name is "Dispose" or "DisposeAsync" && summaries.All(static summary => summary.Spawns.IsEmpty))
            {
                // What is released the caller knows, who knows the object.
                LibraryCalls.Dispose(operation, receiver);
                return default;
            }

            Types.DependOn(receiver);
        }

        MayThrow();
        var passed = new SourceCall(operation, instance, receiver, arguments);
        var result = RunOneOf(summaries, summary => CallOne(operation, summary, new CallMapping(All, State.Clone(), summary, passed)));
        MayThrow();
        IsEnded |= summaries.Length > 0 && summaries.All(static summary => summary.NeverReturns);

        // A recursion that is not known to return yet returns nothing, not something new.
        return result.IsEmpty && CanHold(method.ReturnType) && !method.ReturnsVoid && summaries.Any(static summary => summary.Exit is not null || summary.IsIterator)
            ? ObjectSet.Of(Model.Container(operation, null, method.ReturnType))
            : result;
    }

    /// <summary>What happens before a constructor's own body: its type's initializers, and a record's parameters become properties.</summary>
    private void Initialize(
        IOperation operation, IMethodSymbol constructor, ObjectSet receiver, PassedArgument[] arguments)
    {
        var type = constructor.ContainingType;
        var isPrimary = PrimaryConstructors.IsPrimary(constructor);
        if (!isPrimary && !constructor.IsImplicitlyDeclared && ChainsToOwnType(constructor))
        {
            return;
        }

        foreach (var summary in Catalogs.Summaries.InitializersOf(type))
        {
            CallOne(operation, summary, new CallMapping(All, State.Clone(), summary, new SourceCall(operation, null, receiver, arguments)));
        }

        if ((constructor.IsImplicitlyDeclared || (isPrimary && !PrimaryConstructors.NamesBase(constructor))) && ImplicitCalls.BaseConstructor(type) is { } inherited)
        {
            CallSource(operation, inherited, null, receiver, []);
        }

        if (!isPrimary)
        {
            return;
        }

        foreach (var (ordinal, value, _) in arguments)
        {
            if (ordinal < constructor.Parameters.Length && !value.IsEmpty)
            {
                var parameter = constructor.OriginalDefinition.Parameters[ordinal];
                if (Catalogs.Summaries.IsCaptured(parameter))
                {
                    Body.Store(Body.MembersOf(receiver, parameter), value);
                }

                if (type.IsRecord && type.OriginalDefinition.GetMembers(parameter.Name).FirstOrDefault() is IPropertySymbol { } property
                    && AutomaticProperties.BackingField(property) is not null)
                {
                    Body.Store(Body.MembersOf(receiver, Storage(property)), value);
                }
            }
        }
    }

    private static bool ChainsToOwnType(IMethodSymbol constructor) => constructor.DeclaringSyntaxReferences.Any(reference =>
        reference.GetSyntax() is ConstructorDeclarationSyntax { Initializer: { } initializer } && initializer.IsKind(SyntaxKind.ThisConstructorInitializer));

    /// <summary>A method of the compilation that was not followed: it may do anything with what it receives.</summary>
    private ObjectSet CallUnknown(
        IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver, PassedArgument[] arguments)
    {
        if (!IsSource(method))
        {
            return LibraryCalls.CallLibrary(operation, method, instance, receiver, arguments);
        }

        if (Facts is not null)
        {
            Facts.CallsUnknownSource |= !method.IsExtern && method.PartialImplementationPart is null;
            foreach (var item in State.Closure(AllOf(receiver, arguments)))
            {
                Facts.Handed.Add(item);
            }
        }

        return CallIgnored(operation, method, receiver, arguments);
    }

    private ObjectSet CallIgnored(
        IOperation operation, IMethodSymbol method, ObjectSet receiver, PassedArgument[] arguments)
    {
        UseDeep(receiver);
        Calls.UseArguments(receiver, arguments);
        LibraryCalls.AssignOut(method, arguments, default);
        MayThrow();
        return CanHold(method.ReturnType) && !method.ReturnsVoid ? ObjectSet.Of(Model.Container(operation, null, method.ReturnType)) : default;
    }

    /// <summary>Whether an object may run another method instead.</summary>
    public static bool IsVirtual(IMethodSymbol method) => method.IsVirtual || method.IsAbstract || method.IsOverride;

    /// <summary>Does what one summary says.</summary>
    public ObjectSet CallOne(IOperation operation, MethodSummary summary, CallMapping mapping)
    {
        // Code that asks for an enumerator walks it.
        if (summary.IsIterator && mapping.Delegate is null && MethodNames.Simple(summary.Method) is not ("GetEnumerator" or "GetAsyncEnumerator"))
        {
            return mapping.Defer();
        }

        if (!summary.DependsOn.IsEmpty)
        {
            summary = Types.Where(summary, mapping);
            mapping = mapping.Of(summary);
        }

        // Lazy values that it reads are made before what it does with them is looked at.
        foreach (var factory in summary.Invoked)
        {
            if (factory is InitialObject { Cell: HeapCell { Member: ElementKey, Owner: var lazy } } && mapping.Map(ObjectSet.Of(lazy)) is { IsEmpty: false } lazies
                && LibraryModel.LazyValue((lazies.Items[0] as ContainerObject)?.Type) is { } value)
            {
                Delegates.Force(operation, lazies, value, Body.ReadElements(lazies));
                mapping = mapping.In(State.Clone());
            }
        }

        Body.Record(FlowEventKind.Use, mapping.Used());
        Waits.WaitFor(summary, mapping);

        if (Facts is not null)
        {
            RecordSpawns(operation, summary, mapping);
            Facts.CallsUnknownSource |= summary.CallsUnknownSource;
            Facts.IsIncomplete |= summary.IsIncomplete;
            Facts.Handed.UnionWith(mapping.Map(summary.Handed).Items);
        }

        var result = ObjectSet.Empty;
        if (summary.Exit is { } exit)
        {
            Apply(exit, mapping);
            result = mapping.Map(exit.Result);
        }

        foreach (var dropped in summary.Dropped)
        {
            if (mapping.Map(dropped) is AllocationObject mine && !result.Contains(mine))
            {
                Lifetimes.Born(mine, Fates.Charged);
            }
        }

        Places.Returned = [.. summary.ReturnedCells.SelectMany(mapping.Cells)];
        var invoked = mapping.Map(summary.Invoked);
        return invoked.IsEmpty ? result : result.Union(Delegates.RunDelegates(operation, invoked, []));
    }

    private void RecordSpawns(IOperation operation, MethodSummary summary, CallMapping mapping)
    {
        var (events, facts, state) = (Events, Facts, State);
        var waits = Waits.IsWaitedForHere(operation);
        foreach (var spawn in summary.Spawns)
        {
            (Events, Facts, State) = (null, null, state.Clone());
            Apply(spawn.Before, mapping);
            var atSpawn = State;
            (Events, Facts, State) = (events, facts, state);
            Delegates.RecordSpawn(
                operation,
                spawn.Spawn with
                {
                    Path = spawn.Spawn.Path.Insert(0, summary.DisplayName),
                    Callees = spawn.Spawn.Callees.Insert(0, summary.Method),
                    Dispatches = Dispatch.Of(operation, summary.Method) is { } dispatch ? spawn.Spawn.Dispatches.Insert(0, dispatch) : spawn.Spawn.Dispatches,
                },
                atSpawn,
                new SpawnFrame(mapping.Map(spawn.HeldInitials), mapping.Map(spawn.UsedAfter), spawn.WaitsAfter && waits == true));
            if (spawn.WaitsAfter && waits is null)
            {
                Lifetimes.Wait(isCallers: true);
            }
        }
    }

    /// <summary>Does to the state what a summary says was done.</summary>
    private void Apply(CallEffects effects, CallMapping mapping)
    {
        if (effects.IsNothing)
        {
            return;
        }

        if (effects.Collected)
        {
            Lifetimes.Collect(State, mapping.Passed);
            State.Collected = true;
        }

        // The callee's objects are named by what was there before it ran: everything is read before anything is written.
        Model.Spend(effects.Writes.Count);
        var writes = new MappedWrite[effects.Writes.Count];
        for (var i = 0; i < writes.Length; i++)
        {
            var (cell, value) = effects.Writes[i];
            writes[i] = new MappedWrite(mapping.Cells(cell), mapping.Map(value), cell is HeapCell { Member: ElementKey { Index: null }, Initial: { } first } && !value.Contains(first));
        }

        var fates = new MappedFate[effects.Ended.Count];
        for (var i = 0; i < fates.Length; i++)
        {
            fates[i] = new MappedFate(mapping.Map(ObjectSet.Of(effects.Ended[i].Object)), effects.Ended[i].Fate);
        }

        var running = mapping.Map(effects.Running);

        foreach (var (made, fate) in effects.Made)
        {
            if (mapping.Map(made) is AllocationObject mine)
            {
                Lifetimes.Born(mine, fate);
            }
        }

        foreach (var (cells, value, isCleared) in writes)
        {
            if (isCleared && cells is [HeapCell { Owner: var collection }])
            {
                Lifetimes.Clear(collection);
            }

            Body.Store(cells, value);
        }

        ObjectMarks? reachable = null;
        foreach (var (targets, fate) in fates)
        {
            foreach (var target in targets)
            {
                if ((fate & Fates.Disposed) != 0)
                {
                    LibraryCalls.Dispose(mapping.Operation, ObjectSet.Of(target));
                }
                else if ((fate & Fates.GoneUnlessHeldByCaller) == 0)
                {
                    Body.SetFate(target, fate);
                }
                else if (!(reachable ??= State.Reachable()).Contains(target))
                {
                    Body.SetFate(target, target is InitialObject ? Fates.GoneUnlessHeldByCaller : Fates.Gone);
                }
            }
        }

        foreach (var (ended, fate) in effects.Ended)
        {
            // A copy of a struct frees what the struct owns.
            if ((fate & Fates.Disposed) != 0 && ended.Cell is VariableCell { Symbol: IParameterSymbol parameter }
                && mapping.Argument(parameter) is { Type: INamedTypeSymbol { IsValueType: true } type } owner && ReleaseMembers.DisposeOf(type) is { } release)
            {
                CallSource(mapping.Operation, release, owner, default, []);
            }
        }

        Body.LetRun(running);
        Version++;
    }

    /// <summary>A callee's write, by the caller's cells.</summary>
    private sealed record MappedWrite(Cell[] Cells, ObjectSet Value, bool IsCleared);

    /// <summary>What a callee ended, by the caller's objects.</summary>
    private sealed record MappedFate(ObjectSet Targets, Fates Fate);
}
