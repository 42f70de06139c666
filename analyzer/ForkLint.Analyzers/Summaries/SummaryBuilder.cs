using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
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
            IsAnalysed = true,
            TakenOver = TakenOver(method, facts),
            Spawns = spawns,
            UsedFromEntry = facts.UsedFromEntry.Where(static item => item is InitialObject),
            Invoked = ObjectSet.Of(facts.Invoked),
            Dropped = Dropped(facts),
            Waits = facts.Waits,
            WaitsFor = ObjectSet.Of(facts.WaitsFor),
            IsIterator = isIterator,
            ReturnedCells = facts.ReturnedCells,
            Handed = ObjectSet.Of(facts.Handed).Where(static item => item is InitialObject),
            CallsUnknownSource = facts.CallsUnknownSource,
            DependsOn = ObjectSet.Of(facts.DependsOn),
            IsIncomplete = facts.IsIncomplete || end is { IsTooLarge: true } || spawns.Any(static spawn => spawn.Before.IsTooLarge),
        };
    }

    private static HashSet<int> TakenOver(IMethodSymbol method, BodyFacts facts)
    {
        HashSet<int>? taken = null;
        if (facts.Exit is { } exit)
        {
            foreach (var parameter in method.Parameters)
            {
                var cell = facts.Model.Variable(parameter);
                if ((exit.FateOf(facts.Model.Initial(cell)) & Fates.Charged) == 0 || (parameter.RefKind != RefKind.None && exit.Knows(cell)))
                {
                    (taken ??= []).Add(parameter.Ordinal);
                }
            }
        }

        return taken ?? MethodSummary.NoOrdinals;
    }

    private static ImmutableArray<SummarySpawn> Spawns(IMethodSymbol method, BodyFacts facts)
    {
        if (facts.Spawns.Count == 0)
        {
            return ImmutableArray<SummarySpawn>.Empty;
        }

        var spawns = ImmutableArray.CreateBuilder<SummarySpawn>(2);
        AddSpawns(SpawnKind.Duplicates, method, facts, spawns);
        AddSpawns(SpawnKind.Shares, method, facts, spawns);
        return spawns.ToImmutable();
    }

    private static void AddSpawns(SpawnKind kind, IMethodSymbol method, BodyFacts facts, ImmutableArray<SummarySpawn>.Builder spawns)
    {
        var reached = facts.Spawns.FindAll(spawn => spawn.Spawn.Site.Kind == kind);
        if (reached.Count == 0)
        {
            return;
        }

        var first = reached.OrderBy(static spawn => spawn.Call.Syntax.SpanStart).First();
        var state = first.State.Clone();
        var held = new List<MemoryObject>();
        var used = new List<MemoryObject>();
        var waits = false;
        foreach (var spawn in reached)
        {
            state.MergeFrom(spawn.State);
            held.AddRange(spawn.HeldInitials);
            used.AddRange(spawn.UsedAfter);
            waits |= spawn.WaitsAfter;
        }

        var initials = ObjectSet.Of(used).Where(static item => item is InitialObject);
        spawns.Add(new SummarySpawn(first.Spawn, CallEffects.Of(state, facts.Model, method), ObjectSet.Of(held), initials, waits));
    }

    /// <summary>Only what the method itself made: what its own callees dropped has been reported where they were called.</summary>
    private static HashSet<AllocationObject> Dropped(BodyFacts facts)
    {
        if (facts.Exit is not { } exit || facts.Model.Allocations.Count == 0)
        {
            return MethodSummary.NoAllocations;
        }

        var dropped = new HashSet<AllocationObject>();
        foreach (var allocation in facts.Model.Allocations)
        {
            if (allocation.IsManaged
                && allocation.Frames.IsEmpty
                && (exit.FateOf(allocation) & (Fates.Charged | Fates.Dropped)) != 0
                && !facts.Outside.Contains(allocation))
            {
                dropped.Add(allocation);
            }
        }

        return dropped;
    }
}
