using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Makes of what is known of a body what its callers need to know.</summary>
internal static class SummaryBuilder
{
    /// <summary>The summary of a method's body.</summary>
    public static MethodSummary Of(IMethodSymbol method, bool isIterator, BodyFacts facts) => new(method, facts.Model, facts.Environment)
    {
        Exit = facts.Exit,
        Spawns = Spawns(facts),
        UsedFromEntry = [.. facts.UsedFromEntry.Where(item => item is InitialObject)],
        Invoked = facts.Invoked,
        Dropped = Dropped(facts),
        Waits = facts.Waits,
        IsIterator = isIterator,
        Handed = [.. facts.Handed.Where(item => item is InitialObject)],
        CallsUnknownSource = facts.CallsUnknownSource,
        Stores = facts.Stores,
    };

    private static ImmutableArray<SummarySpawn> Spawns(BodyFacts facts)
    {
        var spawns = ImmutableArray.CreateBuilder<SummarySpawn>(2);
        foreach (var kind in new[] { SpawnKind.Duplicates, SpawnKind.Shares })
        {
            SummarySpawn? merged = null;
            foreach (var spawn in facts.Spawns.Where(spawn => spawn.Spawn.Site.Kind == kind).OrderBy(spawn => spawn.Call.Syntax.SpanStart))
            {
                if (merged is null)
                {
                    merged = new SummarySpawn(
                        spawn.Spawn,
                        spawn.State.Clone(),
                        [.. spawn.HeldInitials],
                        [.. spawn.UsedAfter.Where(item => item is InitialObject)],
                        spawn.WaitsAfter);
                }
                else
                {
                    merged.State.MergeFrom(spawn.State);
                    merged.HeldInitials.UnionWith(spawn.HeldInitials);
                    merged.UsedAfter.UnionWith(spawn.UsedAfter.Where(item => item is InitialObject));
                    merged = merged with { WaitsAfter = merged.WaitsAfter || spawn.WaitsAfter };
                }
            }

            if (merged is not null)
            {
                spawns.Add(merged);
            }
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
