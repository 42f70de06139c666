using System.Collections.Immutable;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>Calls of methods, lambdas and local functions of the compilation, by their summaries.</summary>
internal sealed partial class BodyInterpreter
{
    // How many implementations that change anything a call may run and still be followed into each.
    private const int MaxTargets = 32;

    private ObjectSet CallSource(
        IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver, PassedArgument[] arguments)
    {
        if (!_catalogs.Summaries.IsWorthFollowing(method) && !HoldsAllocation(receiver, arguments))
        {
            return CallIgnored(operation, method, receiver, arguments);
        }

        if (method.MethodKind == MethodKind.Constructor)
        {
            Initialize(operation, method, receiver, arguments);
        }

        var (types, isExact) = ReceiverTypes(operation, method, instance, receiver);
        var summaries = _catalogs.Summaries.Of(method, types, isExact);
        if (summaries.IsDefault)
        {
            return method.MethodKind == MethodKind.Constructor && (method.IsImplicitlyDeclared || PrimaryConstructors.IsPrimary(method))
                ? default
                : CallUnknown(operation, method, instance, receiver, arguments);
        }

        if (summaries.Length > MaxTargets && summaries.Count(static summary => summary.Exit is { IsNothing: false }) > MaxTargets)
        {
            // Which of them runs is anybody's guess, and what all of them together may do says little.
            if (_facts is not null)
            {
                _facts.IsIncomplete = true;
            }

            return CallIgnored(operation, method, receiver, arguments);
        }

        MayThrow();
        var before = _state;
        FlowState? after = null;
        var result = ObjectSet.Empty;
        foreach (var summary in summaries)
        {
            _state = summaries.Length == 1 ? before : before.Clone();
            result = result.Union(CallOne(operation, summary, new CallMapping(this, _state.Clone(), operation, summary, instance, receiver, arguments)));
            if (after is null)
            {
                after = _state;
            }
            else
            {
                after.MergeFrom(_state);
            }
        }

        _state = after ?? before;
        _version++;
        MayThrow();

        // A recursion that is not known to return yet returns nothing, not something new.
        return result.IsEmpty && CanHold(method.ReturnType) && !method.ReturnsVoid && summaries.Any(static summary => summary.Exit is not null || summary.IsIterator)
            ? ObjectSet.Of(_model.Container(operation, null, method.ReturnType))
            : result;
    }

    private bool HoldsAllocation(ObjectSet receiver, PassedArgument[] arguments)
    {
        foreach (var item in _state.Closure(AllOf(receiver, arguments)))
        {
            if (item is AllocationObject)
            {
                return true;
            }
        }

        return false;
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

        foreach (var summary in _catalogs.Summaries.InitializersOf(type))
        {
            CallOne(operation, summary, new CallMapping(this, _state.Clone(), operation, summary, null, receiver, arguments));
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
                if (_catalogs.Summaries.IsCaptured(parameter))
                {
                    Store(MembersOf(receiver, parameter), value);
                }

                if (type.IsRecord && type.OriginalDefinition.GetMembers(parameter.Name).FirstOrDefault() is IPropertySymbol { } property
                    && AutomaticProperties.BackingField(property) is not null)
                {
                    Store(MembersOf(receiver, Storage(property)), value);
                }
            }
        }
    }

    private static bool ChainsToOwnType(IMethodSymbol constructor) => constructor.DeclaringSyntaxReferences.Any(reference =>
        reference.GetSyntax() is ConstructorDeclarationSyntax { Initializer: { } initializer } && initializer.IsKind(SyntaxKind.ThisConstructorInitializer));

    /// <summary>A method of the compilation that nobody followed: it may do anything with what it receives.</summary>
    private ObjectSet CallUnknown(
        IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver, PassedArgument[] arguments)
    {
        if (!IsSource(method))
        {
            return CallLibrary(operation, method, instance, receiver, arguments);
        }

        if (_facts is not null)
        {
            _facts.CallsUnknownSource |= !method.IsExtern && method.PartialImplementationPart is null;
            foreach (var item in _state.Closure(AllOf(receiver, arguments)))
            {
                _facts.Handed.Add(item);
            }
        }

        return CallIgnored(operation, method, receiver, arguments);
    }

    private ObjectSet CallIgnored(
        IOperation operation, IMethodSymbol method, ObjectSet receiver, PassedArgument[] arguments)
    {
        UseDeep(receiver);
        UseArguments(receiver, arguments);
        AssignOut(method, arguments, default);
        MayThrow();
        return CanHold(method.ReturnType) && !method.ReturnsVoid ? ObjectSet.Of(_model.Container(operation, null, method.ReturnType)) : default;
    }

    private static (ImmutableArray<ITypeSymbol> Types, bool IsExact) ReceiverTypes(
        IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver)
    {
        var isVirtual = operation is IInvocationOperation call ? call.IsVirtual
            : (method.IsVirtual || method.IsAbstract || method.IsOverride) && instance is not null;
        if (!isVirtual || instance is null)
        {
            return (ImmutableArray<ITypeSymbol>.Empty, true);
        }

        if (!receiver.IsEmpty && receiver.Items.All(item => item is ContainerObject { IsExact: true, Type: not null }))
        {
            return (receiver.Items.Select(item => ((ContainerObject)item).Type!).Distinct<ITypeSymbol>(SymbolEqualityComparer.Default).ToImmutableArray(), true);
        }

        return Unconverted(instance).Type is { } type ? (ImmutableArray.Create(type), false) : (ImmutableArray<ITypeSymbol>.Empty, false);
    }

    private ObjectSet CallOne(IOperation operation, MethodSummary summary, CallMapping mapping)
    {
        if (summary.IsIterator && mapping.Delegate is null)
        {
            return mapping.Defer();
        }

        Record(FlowEventKind.Use, mapping.Used());
        if (summary.Waits)
        {
            Wait();
        }

        if (_facts is not null)
        {
            RecordSpawns(operation, summary, mapping);
            _facts.CallsUnknownSource |= summary.CallsUnknownSource;
            _facts.IsIncomplete |= summary.IsIncomplete;
            _facts.Handed.UnionWith(mapping.Map(summary.Handed).Items);
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
                Born(mine, Fates.Charged);
            }
        }

        var invoked = mapping.Map(summary.Invoked);
        return invoked.IsEmpty ? result : result.Union(RunDelegates(operation, invoked, []));
    }

    private void RecordSpawns(IOperation operation, MethodSummary summary, CallMapping mapping)
    {
        var (events, facts, state) = (_events, _facts, _state);
        foreach (var spawn in summary.Spawns)
        {
            (_events, _facts, _state) = (null, null, state.Clone());
            Apply(spawn.Before, mapping);
            var atSpawn = _state;
            (_events, _facts, _state) = (events, facts, state);
            RecordSpawn(
                operation,
                spawn.Spawn with
                {
                    Path = spawn.Spawn.Path.Insert(0, summary.DisplayName),
                    Dispatches = Dispatch.Of(operation, summary.Method) is { } dispatch ? spawn.Spawn.Dispatches.Insert(0, dispatch) : spawn.Spawn.Dispatches,
                },
                atSpawn,
                mapping.Map(spawn.HeldInitials),
                mapping.Map(spawn.UsedAfter),
                spawn.WaitsAfter);
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
            Collect(_state, mapping.Passed);
            _state.Collected = true;
        }

        // The callee's objects are named by what was there before it ran: everything is read before anything is written.
        _model.Spend(effects.Writes.Count);
        var writes = new MappedWrite[effects.Writes.Count];
        for (var i = 0; i < writes.Length; i++)
        {
            writes[i] = new MappedWrite(mapping.Cells(effects.Writes[i].Cell), mapping.Map(effects.Writes[i].Value));
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
                Born(mine, fate);
            }
        }

        foreach (var (cells, value) in writes)
        {
            Store(cells, value);
        }

        ObjectMarks? reachable = null;
        foreach (var (targets, fate) in fates)
        {
            foreach (var target in targets)
            {
                if ((fate & Fates.GoneUnlessHeldByCaller) == 0)
                {
                    SetFate(target, fate);
                }
                else if (!(reachable ??= _state.Reachable()).Contains(target))
                {
                    SetFate(target, target is InitialObject ? Fates.GoneUnlessHeldByCaller : Fates.Gone);
                }
            }
        }

        LetRun(running);
        _version++;
    }

    /// <summary>A callee's write, by the caller's cells.</summary>
    private sealed record MappedWrite(Cell[] Cells, ObjectSet Value);

    /// <summary>What a callee ended, by the caller's objects.</summary>
    private sealed record MappedFate(ObjectSet Targets, Fates Fate);
}
