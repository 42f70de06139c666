using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>A spawn of the compilation, in the body that makes it or calls something that does.</summary>
/// <param name="Body">The body.</param>
/// <param name="Facts">What is known of the body.</param>
/// <param name="Spawn">The spawn as that body sees it.</param>
/// <param name="IsGenerated">Whether the body is in generated code, which is not edited and whose path depends on where <c>obj</c> is.</param>
internal sealed record SpawnPlace(FunctionBody Body, BodyFacts Facts, SpawnEvent Spawn, bool IsGenerated)
{
    /// <summary>Whether this is the written call nearest to a spawn of generated code: it stands for that spawn.</summary>
    public bool StandsForGenerated { get; private set; }

    /// <summary>Whether a spawn is to be shown here: it is made here, or this stands for it.</summary>
    public bool IsOwn => Spawn.Spawn.Path.Length == 1 || StandsForGenerated;

    /// <summary>All spawns and calls that reach one. The bodies have been analysed.</summary>
    public static List<SpawnPlace> Of(List<MemberBody> bodies)
    {
        // Nearly all of the bodies have no results: a query for each of them would be most of the work.
        var all = new List<SpawnPlace>();
        HashSet<IOperation>? generated = null;
        foreach (var body in bodies)
        {
            foreach (var (function, facts) in body.Results)
            {
                if (function.IsData || facts.IsIncomplete)
                {
                    continue;
                }

                foreach (var spawn in facts.Spawns)
                {
                    all.Add(new SpawnPlace(function, facts, spawn, body.IsGenerated));
                    if (body.IsGenerated && spawn.Spawn.Path.Length == 1)
                    {
                        (generated ??= []).Add(spawn.Spawn.Site.Operation);
                    }
                }
            }
        }

        if (generated is null)
        {
            return all;
        }

        foreach (var reaching in all.Where(place => !place.IsGenerated && generated.Contains(place.Spawn.Spawn.Site.Operation))
            .GroupBy(place => place.Spawn.Spawn.Site.Operation))
        {
            var nearest = reaching.Min(place => place.Spawn.Spawn.Path.Length);
            foreach (var place in reaching.Where(place => place.Spawn.Spawn.Path.Length == nearest))
            {
                place.StandsForGenerated = true;
            }
        }

        return all;
    }
}
