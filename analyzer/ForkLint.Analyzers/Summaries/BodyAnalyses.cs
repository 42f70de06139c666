using ForkLint.Analyzers.Evaluation;
using ForkLint.Analyzers.Flow;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Analyses one body and the functions nested in it.</summary>
internal static class BodyAnalyses
{
    /// <summary>
    /// What each function of a member does, judged by that member alone. The last one is the member itself. A function
    /// with very many allocations comes with several facts, each of some of them.
    /// </summary>
    public static List<(FunctionBody Body, BodyFacts Facts)> Alone(
        List<FunctionBody> bodies, FlowCatalogs catalogs, NestedSummaries nested, CancellationToken cancellationToken)
    {
        var results = new List<(FunctionBody, BodyFacts)>();

        // Nested functions can call each other in any order; what one round did not know the next one does.
        var rounds = bodies.Count > 2 ? 2 : 1;
        for (var round = 1; round <= rounds; round++)
        {
            results.Clear();
            foreach (var body in bodies)
            {
                foreach (var facts in Windows(body, catalogs, cancellationToken))
                {
                    results.Add((body, facts));
                    if (facts.IsFirstWindow && body.Method is { } method)
                    {
                        nested.Set(SummaryBuilder.Of(method, body.IsIterator, facts));
                    }
                }
            }
        }

        return results;
    }

    /// <summary>The facts of one function, once for each window of its allocations.</summary>
    public static IEnumerable<BodyFacts> Windows(FunctionBody body, FlowCatalogs catalogs, CancellationToken cancellationToken)
    {
        for (var window = 0; ; window++)
        {
            var facts = BodyInterpreter.Run(new BodyState(body.Graph, body.Method, catalogs, window), cancellationToken);
            facts.IsFirstWindow = window == 0;
            yield return facts;
            if (facts.AllocationCount <= (window + 1) * BodyInterpreter.WindowSize)
            {
                yield break;
            }
        }
    }
}
