using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>Decides whether one body alone decides: then the finding is shown while typing, and never again.</summary>
internal static class LiveJudge
{
    /// <summary>Whether nothing outside of the body can change the verdict.</summary>
    public static bool IsDecided(Verdict verdict, BodyFacts facts) =>
        verdict.Allocation.Frames.All(frame => IsNested(frame.Target))
        && !facts.Handed.Contains(verdict.Allocation)
        && !facts.Handed.Any(item => verdict.Spawn.State.Closure(ObjectSet.Of(item)).Contains(verdict.Allocation))

        // A helper that was not followed may spawn in a way that counts for more, or collect what was dropped.
        && (!facts.CallsUnknownSource || verdict.Rule.IsFinal);

    private static bool IsNested(IMethodSymbol method) => method.MethodKind is MethodKind.AnonymousFunction or MethodKind.LocalFunction;
}
