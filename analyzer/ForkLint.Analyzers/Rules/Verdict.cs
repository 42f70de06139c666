using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>What a rule has to say about one allocation in one method.</summary>
/// <param name="Rule">The rule that applies.</param>
/// <param name="Allocation">What is held.</param>
/// <param name="Size">How large it is.</param>
/// <param name="Spawn">The spawn at which it is reported.</param>
/// <param name="Others">The other spawns that it is held across, in source order.</param>
/// <param name="Holder">The storage that holds it, where there is one.</param>
internal sealed record Verdict(
    HeldRule Rule, AllocationObject Allocation, AllocationSize Size, SpawnEvent Spawn, IReadOnlyList<SpawnEvent> Others, Cell? Holder)
{
    /// <summary>The rule's identifier.</summary>
    public string RuleId => Rule.Id;

    /// <summary>The other allocations that the same collection holds, where it is the collection that is spoken of.</summary>
    public IReadOnlyList<AllocationObject> Parts { get; init; } = [];

    /// <summary>What a message calls it, where its holder does not tell it from another; otherwise <see langword="null"/>.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the memory is in a pool, where no collection finds it.</summary>
    public bool IsPooled => Spawn.Pooled.Contains(Allocation) && !Spawn.Held.ContainsKey(Allocation);

    /// <summary>Whether one body alone decides, and nothing outside of it can change the verdict: then it is shown while typing, and never again.</summary>
    public bool IsDecidedBy(BodyFacts facts) =>
        Allocation.Frames.All(static frame => frame.Target.MethodKind is MethodKind.AnonymousFunction or MethodKind.LocalFunction)
        && !facts.Handed.Contains(Allocation)
        && !facts.Handed.Any(item => Spawn.State.Closure(ObjectSet.Of(item)).Contains(Allocation))

        // A helper that was not followed may spawn in a way that counts for more, or collect what was dropped.
        && (!facts.CallsUnknownSource || Rule.IsFinal);

    /// <summary>Whether the reported spawn duplicates.</summary>
    public bool Duplicates => Spawn.Spawn.Site.Kind == SpawnKind.Duplicates;
}

/// <summary>Chooses the one rule that applies to an allocation in a method, and the spawn at which it stands.</summary>
internal sealed class RuleChoice(SpawnCatalog spawns, AllocationCatalog allocations, AllocationCandidates? candidates = null)
{
    /// <summary>The verdicts on one function.</summary>
    /// <param name="facts">What the flow analysis found.</param>
    /// <param name="isReportedField">Whether a field is one that FORK005 speaks of: what it holds is not spoken of again.</param>
    /// <param name="isFound">Whether FORK005 found that such a field holds something.</param>
    public IEnumerable<Verdict> Judge(BodyFacts facts, Func<ISymbol, bool> isReportedField, Func<ISymbol, bool> isFound)
    {
        if (facts.Spawns.Count == 0)
        {
            yield break;
        }

        var ordered = facts.Spawns.OrderBy(spawn => spawn.Call.Syntax.SpanStart).ToList();
        foreach (var allocation in facts.Model.Allocations)
        {
            if (!facts.IsStoredInAny(allocation, isReportedField) && Judge(allocation, ordered, spawn => Holders.IsHeldByField(spawn, allocation, isReportedField, isFound), facts) is { } verdict)
            {
                yield return verdict;
            }
        }
    }

    private Verdict? Judge(AllocationObject allocation, List<SpawnEvent> ordered, Func<SpawnEvent, bool> isHeldByField, BodyFacts facts)
    {
        var size = default(AllocationSize?);
        List<SpawnEvent> held = [], dropped = [];
        foreach (var spawn in ordered)
        {
            var isHeld = spawn.Held.ContainsKey(allocation) || (spawn.Dropped.Contains(allocation) && spawn.UsedAfter.Contains(allocation) && IsOperand(allocation, spawn));
            var isDropped = !isHeld && (spawn.Dropped.Contains(allocation) || spawn.Pooled.Contains(allocation));
            if ((!isHeld && !isDropped) || AreExclusive(spawn, allocation))
            {
                continue;
            }

            size ??= AllocationSizes.Of(allocation, allocations, spawn.State, facts, candidates);
            if (Counts(spawn, allocation, size.Value))
            {
                (isHeld ? held : dropped).Add(spawn);
            }
        }

        // A finally block is walked once for each way into it: the same spawn, seen several times.
        if (held.Count == 0 && dropped.Count == 0)
        {
            return null;
        }

        if (held.Concat(dropped).Any(isHeldByField))
        {
            return null;
        }

        var situation = new HeldSituation(allocation, size!.Value.Certainty == SizeCertainty.Unknown, held, dropped);
        foreach (var rule in HeldRule.All)
        {
            if (rule.At(situation) is { Count: > 0 } candidates)
            {
                return Make(rule, allocation, size.Value, candidates, held.Contains(candidates[0]) ? held : candidates);
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the expression around the spawn holds an allocation in no variable: <c>Use(new byte[n], fork())</c>. That it is used after
    /// is not enough, for it may be so on another path than the one that let go of it.
    /// </summary>
    private static bool IsOperand(AllocationObject allocation, SpawnEvent spawn)
    {
        if (ReferenceEquals(allocation.Site.Root(), spawn.Call.Root()))
        {
            return true;
        }

        foreach (var stored in spawn.State.Cells)
        {
            if (stored.Cell is CaptureCell && !stored.Value.IsEmpty && spawn.State.Closure(stored.Value).Contains(allocation))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the way to the spawn and the way to the allocation run different implementations of the same member.</summary>
    private static bool AreExclusive(SpawnEvent spawn, AllocationObject allocation) =>
        !spawn.Spawn.Dispatches.IsEmpty
        && allocation.Frames.Any(frame => Dispatch.Of(frame.Call, frame.Target) is { } chosen && spawn.Spawn.Dispatches.Any(choice => choice.Excludes(chosen)));

    private static Verdict Make(HeldRule rule, AllocationObject allocation, AllocationSize size, List<SpawnEvent> candidates, List<SpawnEvent> all)
    {
        var first = candidates[0];
        var others = new List<SpawnEvent>();
        foreach (var spawn in all)
        {
            if (spawn.Call.Syntax != first.Call.Syntax && !others.Exists(other => other.Call.Syntax == spawn.Call.Syntax))
            {
                others.Add(spawn);
            }
        }

        var holder = candidates.Select(spawn => spawn.Held.TryGetValue(allocation, out var cell) ? cell : null).FirstOrDefault(cell => cell is not null);
        return new Verdict(rule, allocation, size, first, others, holder);
    }

    private bool Counts(SpawnEvent spawn, AllocationObject allocation, AllocationSize size)
    {
        var site = spawn.Spawn.Site;
        return size.Certainty == SizeCertainty.Unknown
            ? allocation.Allocation.Kind == AllocationKind.UnboundedRead && site.Kind == SpawnKind.Duplicates
            : size.Bytes >= spawns.OptionsFor(site.Operation.Syntax.SyntaxTree).ThresholdBytes(site.Kind);
    }
}
