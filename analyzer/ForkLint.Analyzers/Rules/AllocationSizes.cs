using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>How large an allocation is, as the body sees it that holds it.</summary>
internal static class AllocationSizes
{
    /// <summary>
    /// The size, with the arguments of every call between the body and the allocating expression bound. One that loops
    /// with constant bounds collect counts as often as they run; one in any other loop counts once.
    /// </summary>
    /// <param name="allocation">The allocation.</param>
    /// <param name="catalog">Knows what it allocates.</param>
    /// <param name="state">Where it is held; <see langword="null"/> for any place: then what was ever collected counts.</param>
    /// <param name="callers">What is known in the body for all of its callers, where nothing is known otherwise.</param>
    public static AllocationSize Of(AllocationObject allocation, AllocationCatalog catalog, FlowState? state = null, SizeEnvironment? callers = null)
    {
        var environment = callers ?? allocation.Environment;
        var rounds = Rounds(allocation, allocation.Site, environment, state);
        var inner = allocation.Origin;
        foreach (var frame in allocation.Frames)
        {
            environment = SizeEnvironment.ForCall(frame.Target, frame.Call, environment, frame.Body);
            if (inner is not null)
            {
                rounds = Saturating.Times(rounds, Rounds(inner, inner.Site, environment, null));
                inner = inner.Origin;
            }
        }

        var size = (allocation.Frames.IsEmpty && callers is null) || allocation.Allocation.Size.Certainty is SizeCertainty.Exact or SizeCertainty.Measured
            ? allocation.Allocation.Size
            : catalog.Classify(allocation.Allocation.Operation, environment)?.Size ?? allocation.Allocation.Size;
        return rounds > 1 && size.Certainty is SizeCertainty.Exact or SizeCertainty.AtLeast ? AllocationSize.AtLeast(Saturating.Times(size.Bytes, rounds)) : size;
    }

    /// <summary>A size that the body's own parameters decide is the least that any call of it gives.</summary>
    public static AllocationSize Of(AllocationObject allocation, AllocationCatalog catalog, FlowState? state, BodyFacts facts, AllocationCandidates? candidates)
    {
        var size = Of(allocation, catalog, state);
        return !size.IsKnown && facts.Method is { } method && candidates?.ForAnyCaller(method, facts.Environment) is { } callers
            ? Of(allocation, catalog, state, callers)
            : size;
    }

    /// <summary>How many of them the loops of one body leave in the collection that keeps most.</summary>
    private static long Rounds(AllocationObject allocation, IOperation site, SizeEnvironment environment, FlowState? state)
    {
        if (allocation.Collectors.Count == 0 || LoopRepetition.Around(site.Syntax, environment) is not { Count: > 0 } loops)
        {
            return 1;
        }

        var most = 1L;
        foreach (var collection in allocation.Collectors)
        {
            if (state?.Closure(ObjectSet.Of(collection)).Contains(allocation) == false)
            {
                continue;
            }

            var rounds = 1L;
            foreach (var loop in loops)
            {
                // A collection that each round makes anew, or takes something out of, does not grow with it.
                var isMadeInside = collection switch
                {
                    ContainerObject made => loop.Syntax.Contains(made.Site.Syntax),
                    AllocationObject made => loop.Syntax.Contains(made.Site.Syntax),
                    _ => false,
                };
                if (isMadeInside || collection.Removals.Any(loop.Syntax.Contains))
                {
                    break;
                }

                rounds = Saturating.Times(rounds, loop.Count);
            }

            most = Math.Max(most, rounds);
        }

        return most;
    }
}
