using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using static ForkLint.Analyzers.Evaluation.PassedArguments;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Delegates that run, now or at any time, and what is written down where a spawn is reached.</summary>
internal sealed class DelegateEvaluator(Evaluators all) : Evaluator(all)
{
    // How deep delegates that run delegates are followed.
    private const int MaxRunning = 6;

    // A delegate can run another, that one the first again: each step finds the next only in the caller's memory.
    private readonly List<DelegateObject> _running = [];
    private readonly HashSet<MemoryObject> _walked = [];

    /// <summary>Runs delegates. Where it is unknown what they do with their arguments, these are used: <paramref name="isUse"/>.</summary>
    public ObjectSet RunDelegates(IOperation operation, ObjectSet delegates, PassedArgument[] arguments, bool isUse = true)
    {
        Body.Use(delegates);
        foreach (var unknown in delegates.Items.OfType<InitialObject>().Where(item => Types.SequenceOf(item) is null))
        {
            Facts?.Invoked.Add(unknown);
        }

        var result = RunOneOf(
            delegates.Items.Where(item => item is DelegateObject || Types.SequenceOf(item) is not null).ToList(), item => item is DelegateObject known ? RunDelegate(operation, known, arguments) : Walk(operation, item));
        foreach (var (_, value, _) in isUse ? arguments : [])
        {
            UseDeep(value);
        }

        MayThrow();
        return result;
    }

    /// <summary>Walks a sequence of the compilation. Returns what it yields.</summary>
    private ObjectSet Walk(IOperation operation, MemoryObject sequence)
    {
        var yielded = ObjectSet.Empty;
        if (ImplicitCalls.Walk(Types.SequenceOf(sequence), isAsync: false).FirstOrDefault() is { } start && IsSource(start) && _walked.Add(sequence))
        {
            var enumerators = CallSource(operation, start, null, ObjectSet.Of(sequence), []);
            yielded = enumerators;
            foreach (var step in ImplicitCalls.Step((enumerators.Single as ContainerObject)?.Type ?? start.ReturnType, isAsync: false).Where(IsSource))
            {
                yielded = yielded.Union(CallSource(operation, step, null, enumerators, []));
            }

            _walked.Remove(sequence);
        }

        return yielded;
    }

    private ObjectSet RunDelegate(IOperation operation, DelegateObject known, PassedArgument[] arguments)
    {
        var result = ObjectSet.Empty;
        if (Catalogs.Spawns.ClassifyDelegate(known.Target, operation) is { } site)
        {
            Calls.Spawn(operation, site);
            return CanHold(known.Target.ReturnType) ? ObjectSet.Of(Model.Container(operation, null, known.Target.ReturnType)) : result;
        }

        var target = ExtensionBlocks.Member(known.Target);
        var receiver = ObjectSet.Empty;
        if (!ReferenceEquals(target, known.Target) && ExtensionBlocks.HasReceiver(target))
        {
            (receiver, arguments) = (ReceiverAmong(arguments), WithoutReceiver(arguments));
        }

        // A virtual method of an object that is known.
        var kept = target is { IsStatic: false, MethodKind: MethodKind.Ordinary } && !known.IsIterator ? State.Read(Model.Heap(known, known.Target.ContainingType.OriginalDefinition)) : default;
        var on = Types.Of(null, kept);
        var summaries = Catalogs.Summaries.Of(target, on, isVirtual: !on.Types.IsDefault && SourceCallEvaluator.IsVirtual(target));
        if (summaries.IsDefault)
        {
            if (!IsSource(target) && target.Name is "Dispose" or "DisposeAsync")
            {
                LibraryCalls.Dispose(operation, kept);
            }

            if (Facts is not null && IsSource(known.Target))
            {
                Facts.CallsUnknownSource = true;
            }

            return result;
        }

        // A recursion that is not known to return yet returns nothing.
        if (_running.Contains(known))
        {
            return result;
        }

        if (_running.Count == MaxRunning)
        {
            if (Facts is not null)
            {
                Facts.IsIncomplete = true;
            }

            return result;
        }

        _running.Add(known);
        foreach (var summary in summaries)
        {
            result = result.Union(All.SourceCalls.CallOne(operation, summary, new CallMapping(All, State.Clone(), summary, new SourceCall(operation, null, receiver, arguments, known))));
        }

        _running.RemoveAt(_running.Count - 1);
        return result;
    }

    /// <summary>What a delegate reads of the variables it captured, as they are now.</summary>
    private ObjectSet ReadByDelegate(DelegateObject known)
    {
        var used = ObjectSet.Empty;
        var summaries = Catalogs.Summaries.Of(known.Target);
        foreach (var summary in summaries.IsDefault ? Enumerable.Empty<MethodSummary>() : summaries)
        {
            used = used.Union(new CallMapping(All, State, summary, new SourceCall(known.Site, null, default, [], known)).Used());
        }

        return used;
    }

    /// <summary>Lazy values are read: they keep what their factories make, which run once.</summary>
    public ObjectSet Force(IOperation operation, ObjectSet lazies, ISymbol value, ObjectSet factories)
    {
        var cells = Body.MembersOf(lazies, value);
        var made = RunDelegates(operation, factories, []).Union(Body.Read(cells));
        Body.Store(cells, made);
        if (lazies.Single is { } lazy)
        {
            Body.Write(Model.Heap(lazy, ElementKey.Unknown), default);
        }

        return made;
    }

    /// <summary>What a lazy value keeps once it was read.</summary>
    public ObjectSet ValueOf(ContainerObject lazy)
    {
        var value = ObjectSet.Empty;
        foreach (var factory in Body.ReadElements(ObjectSet.Of(lazy)))
        {
            if (factory is DelegateObject known && Catalogs.Summaries.Of(known.Target) is { IsDefault: false } summaries)
            {
                foreach (var summary in summaries)
                {
                    var mapping = new CallMapping(All, State, summary, new SourceCall(lazy.Site, null, default, [], known));
                    value = value.Union(mapping.Map(summary.Exit?.Result ?? default));
                }
            }
        }

        return value;
    }

    /// <summary>Writes down a spawn, with what is held and used there.</summary>
    public void RecordSpawn(IOperation operation, ReachedSpawn spawn, FlowState state, SpawnFrame frame = default)
    {
        var item = new SpawnEvent(operation, spawn, state.Clone()) { WaitsAfter = frame.WaitsAfter };
        var reachable = state.Reachable(frame.Held);
        foreach (var allocation in Model.Allocations)
        {
            var fate = state.FateOf(allocation);
            if ((fate & Fates.Charged) != 0 && (!allocation.IsManaged || reachable.Contains(allocation)))
            {
                item.Held.Add(allocation, Holders.Find(state, allocation));
            }
            else if ((fate & (Fates.Charged | Fates.Dropped)) != 0)
            {
                item.Dropped.Add(allocation);
            }
            else if ((fate & Fates.Pooled) != 0)
            {
                item.Pooled.Add(allocation);
            }
        }

        foreach (var initial in Model.Initials)
        {
            if ((state.FateOf(initial) & (Fates.Charged | Fates.Disposed)) != 0 && reachable.Contains(initial))
            {
                item.HeldInitials.Add(initial);
            }
        }

        Holders.FindReleasedFields(state, Model, item);
        item.UsedAfter.UnionWith(frame.UsedAfter.Items);
        var current = State;
        State = state;
        foreach (var running in state.Running)
        {
            if (running is DelegateObject known)
            {
                item.UsedAfter.UnionWith(ReadByDelegate(known).Items);
            }
        }

        State = current;
        Events!.Add(new FlowEvent(FlowEventKind.Spawn, default, item));
        Facts!.Spawns.Add(item);
    }

    /// <summary>The objects, and all that they hold, go where anything can read them.</summary>
    public void Read(ObjectSet objects, bool isManagedOnly)
    {
        if (Events is not null && !objects.IsEmpty)
        {
            var used = State.Closure(objects);
            Body.Record(FlowEventKind.Use, isManagedOnly ? used.Where(static item => item is not AllocationObject { IsManaged: false }) : used);
            foreach (var item in objects)
            {
                switch (item)
                {
                    case DelegateObject { IsIterator: false } closure:
                        Body.Record(FlowEventKind.Use, ReadByDelegate(closure));
                        break;
                    case InitialObject initial when Model.Heap(initial, CallMapping.Everything) is { IsExternal: true } below:
                        Body.Record(FlowEventKind.Use, ObjectSet.Of(Model.Initial(below)));
                        break;
                }
            }
        }
    }
}
