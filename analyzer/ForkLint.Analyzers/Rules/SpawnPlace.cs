using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>A spawn of the compilation, in the body that makes it or calls something that does.</summary>
/// <param name="Body">The body.</param>
/// <param name="Spawn">The spawn as that body sees it.</param>
/// <param name="IsGenerated">Whether the body is in generated code, which nobody edits and whose path depends on where <c>obj</c> is.</param>
internal sealed record SpawnPlace(FunctionBody Body, SpawnEvent Spawn, bool IsGenerated)
{
    /// <summary>Whether this is the call nearest to a spawn of generated code that somebody wrote: it stands for that spawn.</summary>
    public bool StandsForGenerated { get; private set; }

    /// <summary>Whether a spawn is to be shown here: it is made here, or this stands for it.</summary>
    public bool IsOwn => Spawn.Spawn.Path.Length == 1 || StandsForGenerated;

    /// <summary>All spawns and calls that reach one. The bodies have been analysed.</summary>
    public static List<SpawnPlace> Of(List<MemberBody> bodies)
    {
        var all = bodies.SelectMany(body => body.Results.Where(result => !result.Body.IsData && !result.Facts.IsIncomplete)
            .SelectMany(result => result.Facts.Spawns.Select(spawn => new SpawnPlace(result.Body, spawn, body.IsGenerated)))).ToList();
        var generated = new HashSet<IOperation>(all.Where(place => place.IsGenerated && place.Spawn.Spawn.Path.Length == 1)
            .Select(place => place.Spawn.Spawn.Site.Operation));
        if (generated.Count == 0)
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
