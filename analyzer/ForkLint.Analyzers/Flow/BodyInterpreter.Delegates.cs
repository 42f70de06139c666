using System.Collections.Immutable;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>Delegates that run, now or at any time, and what is written down where a spawn is reached.</summary>
internal sealed partial class BodyInterpreter
{
    // How deep delegates that run delegates are followed.
    private const int MaxRunning = 6;

    // A delegate can run another, that one the first again: each step finds the next only in the caller's memory.
    private readonly List<DelegateObject> _running = [];

    private ObjectSet RunDelegates(IOperation operation, ObjectSet delegates, PassedArgument[] arguments)
    {
        Use(delegates);
        var result = ObjectSet.Empty;
        var before = delegates.Count > 1 ? _state.Clone() : _state;
        FlowState? after = null;
        foreach (var item in delegates)
        {
            switch (item)
            {
                case DelegateObject known:
                    if (delegates.Count > 1)
                    {
                        _state = before.Clone();
                    }

                    result = result.Union(RunDelegate(operation, known, arguments));
                    if (after is null)
                    {
                        after = _state;
                    }
                    else
                    {
                        after.MergeFrom(_state);
                    }

                    break;
                case InitialObject unknown:
                    _facts?.Invoked.Add(unknown);
                    break;
                default:
                    break;
            }
        }

        _state = after ?? _state;
        _version++;
        foreach (var (_, value, _) in arguments)
        {
            UseDeep(value);
        }

        MayThrow();
        return result;
    }

    private ObjectSet RunDelegate(IOperation operation, DelegateObject known, PassedArgument[] arguments)
    {
        var result = ObjectSet.Empty;
        if (_catalogs.Spawns.ClassifyDelegate(known.Target, operation) is { } site)
        {
            Spawn(operation, site);
            return CanHold(known.Target.ReturnType) ? ObjectSet.Of(_model.Container(operation, null, known.Target.ReturnType)) : result;
        }

        var summaries = _catalogs.Summaries.Of(known.Target, ImmutableArray<ITypeSymbol>.Empty, isExact: true);
        if (summaries.IsDefault)
        {
            if (_facts is not null && IsSource(known.Target))
            {
                _facts.CallsUnknownSource = true;
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
            if (_facts is not null)
            {
                _facts.IsIncomplete = true;
            }

            return result;
        }

        _running.Add(known);
        foreach (var summary in summaries)
        {
            result = result.Union(CallOne(operation, summary, new CallMapping(this, _state.Clone(), operation, summary, null, default, arguments, known)));
        }

        _running.RemoveAt(_running.Count - 1);
        return result;
    }

    /// <summary>From here on, something outside of the body may run these delegates at any time.</summary>
    private void LetRun(ObjectSet values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var delegates = _state.Closure(values).Where(item => item is DelegateObject { IsIterator: false });
        var running = _state.Running.Union(delegates);
        if (!running.Equals(_state.Running))
        {
            _state.Running = running;
            _version++;
        }
    }

    /// <summary>What a delegate reads of the variables it captured, as they are now.</summary>
    private ObjectSet ReadByDelegate(DelegateObject known)
    {
        var used = ObjectSet.Empty;
        var summaries = _catalogs.Summaries.Of(known.Target, ImmutableArray<ITypeSymbol>.Empty, isExact: true);
        foreach (var summary in summaries.IsDefault ? ImmutableArray<MethodSummary>.Empty : summaries)
        {
            used = used.Union(new CallMapping(this, _state, known.Site, summary, null, default, [], known).Used());
        }

        return used;
    }

    /// <summary>What a lazy value keeps once somebody has asked for it.</summary>
    private ObjectSet ValueOf(ContainerObject lazy)
    {
        var value = ObjectSet.Empty;
        foreach (var factory in ReadElements(ObjectSet.Of(lazy)))
        {
            if (factory is DelegateObject known && _catalogs.Summaries.Of(known.Target, ImmutableArray<ITypeSymbol>.Empty, isExact: true) is { IsDefault: false } summaries)
            {
                foreach (var summary in summaries)
                {
                    var mapping = new CallMapping(this, _state, lazy.Site, summary, null, default, [], known);
                    value = value.Union(mapping.Map(summary.Exit?.Result ?? default));
                }
            }
        }

        return value;
    }

    private void RecordSpawn(IOperation operation, ReachedSpawn spawn, FlowState state, ObjectSet alsoHeld, ObjectSet usedAfter, bool waitsAfter)
    {
        var item = new SpawnEvent(operation, spawn, state.Clone()) { WaitsAfter = waitsAfter };
        var reachable = state.Reachable(alsoHeld);
        foreach (var allocation in _model.Allocations)
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

        foreach (var initial in _model.Initials)
        {
            if ((state.FateOf(initial) & Fates.Charged) != 0 && reachable.Contains(initial))
            {
                item.HeldInitials.Add(initial);
            }
        }

        Holders.FindReleasedFields(state, _model, item.ReleasedFields);
        item.UsedAfter.UnionWith(usedAfter.Items);
        var current = _state;
        _state = state;
        foreach (var running in state.Running)
        {
            if (running is DelegateObject known)
            {
                item.UsedAfter.UnionWith(ReadByDelegate(known).Items);
            }
        }

        _state = current;
        _events!.Add(new FlowEvent(FlowEventKind.Spawn, default, item));
        _facts!.Spawns.Add(item);
    }
}
