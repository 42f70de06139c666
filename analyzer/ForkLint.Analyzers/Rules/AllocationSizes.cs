using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Rules;

/// <summary>How large an allocation is, as the body sees it that holds it.</summary>
internal static class AllocationSizes
{
    /// <summary>The size, with the arguments of every call between the body and the allocating expression bound.</summary>
    public static AllocationSize Of(AllocationObject allocation, AllocationCatalog catalog)
    {
        if (allocation.Frames.IsEmpty || allocation.Allocation.Size.Certainty is SizeCertainty.Exact or SizeCertainty.Measured)
        {
            return allocation.Allocation.Size;
        }

        var environment = allocation.Environment;
        foreach (var frame in allocation.Frames)
        {
            environment = SizeEnvironment.ForCall(frame.Target, Arguments(frame.Call), environment, frame.Body);
        }

        return catalog.Classify(allocation.Allocation.Operation, environment)?.Size ?? allocation.Allocation.Size;
    }

    private static ImmutableArray<IArgumentOperation> Arguments(IOperation call) => call switch
    {
        IInvocationOperation invocation => invocation.Arguments,
        IObjectCreationOperation creation => creation.Arguments,
        IPropertyReferenceOperation property => property.Arguments,
        _ => ImmutableArray<IArgumentOperation>.Empty,
    };
}
