using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Makes of what is known of a body what its callers need to know.</summary>
internal static class SummaryBuilder
{
    /// <summary>The summary of a method's body.</summary>
    public static MethodSummary Of(IMethodSymbol method, bool isIterator, BodyFacts facts)
    {
        var end = facts.Exit is { } exit ? CallEffects.Of(exit, facts.Model, method) : null;
        var spawns = Spawns(method, facts);
        return new(method)
        {
            Exit = end,
            TakenOver = TakenOver(method, facts),
            Spawns = spawns,
            UsedFromEntry = Initials(facts.UsedFromEntry),
            Invoked = ObjectSet.Of(facts.Invoked),
            Dropped = Dropped(facts),
            Waits = facts.Waits,
            IsIterator = isIterator,
            Handed = Initials(facts.Handed),
            CallsUnknownSource = facts.CallsUnknownSource,
            IsIncomplete = facts.IsIncomplete || end is { IsTooLarge: true } || spawns.Any(spawn => spawn.Before.IsTooLarge),
        };
    }

    private static ObjectSet Initials(IEnumerable<MemoryObject> objects) => ObjectSet.Of(objects.Where(item => item is InitialObject));

    private static HashSet<int> TakenOver(IMethodSymbol method, BodyFacts facts)
    {
        var taken = new HashSet<int>();
        if (facts.Exit is { } exit)
        {
            foreach (var parameter in method.Parameters)
            {
                var cell = facts.Model.Variable(parameter);
                if ((exit.FateOf(facts.Model.Initial(cell)) & Fates.Charged) == 0 || (parameter.RefKind != RefKind.None && exit.Knows(cell)))
                {
                    taken.Add(parameter.Ordinal);
                }
            }
        }

        return taken;
    }

    private static ImmutableArray<SummarySpawn> Spawns(IMethodSymbol method, BodyFacts facts)
    {
        var spawns = ImmutableArray.CreateBuilder<SummarySpawn>(2);
        foreach (var kind in new[] { SpawnKind.Duplicates, SpawnKind.Shares })
        {
            var found = facts.Spawns.Where(spawn => spawn.Spawn.Site.Kind == kind).OrderBy(spawn => spawn.Call.Syntax.SpanStart).ToList();
            if (found.Count == 0)
            {
                continue;
            }

            var state = found[0].State.Clone();
            foreach (var other in found.Skip(1))
            {
                state.MergeFrom(other.State);
            }

            spawns.Add(new SummarySpawn(
                found[0].Spawn,
                CallEffects.Of(state, facts.Model, method),
                ObjectSet.Of(found.SelectMany(spawn => spawn.HeldInitials)),
                Initials(found.SelectMany(spawn => spawn.UsedAfter)),
                found.Exists(spawn => spawn.WaitsAfter)));
        }

        return spawns.ToImmutable();
    }

    /// <summary>Only what the method itself made: what its own callees dropped has been reported where they were called.</summary>
    private static HashSet<AllocationObject> Dropped(BodyFacts facts)
    {
        var dropped = new HashSet<AllocationObject>();
        if (facts.Exit is not { } exit)
        {
            return dropped;
        }

        var returned = exit.Closure(exit.Read(facts.Model.Result));
        var outside = new HashSet<MemoryObject>(returned.Items);
        foreach (var cell in exit.Cells)
        {
            if (cell.Key.IsExternal && !(cell.Key is VariableCell { Symbol: IParameterSymbol { RefKind: RefKind.None } }))
            {
                outside.UnionWith(exit.Closure(cell.Value).Items);
            }
        }

        foreach (var allocation in facts.Model.Allocations)
        {
            if (allocation.IsManaged
                && allocation.Frames.IsEmpty
                && (exit.FateOf(allocation) & (Fates.Charged | Fates.Dropped)) != 0
                && !outside.Contains(allocation))
            {
                dropped.Add(allocation);
            }
        }

        return dropped;
    }
}
