using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>
/// FORK005: fields that hold something large while their process spawns. A static field is held across every spawn of
/// the compilation, an instance field across those of its own type.
/// </summary>
internal sealed class FieldRule(SpawnCatalog spawns, AllocationCatalog allocations, HeldDiagnostics diagnostics)
{
    // It compares all that decides: to sort by one thing and then by another is to load a sorter for the type of each.
    private static readonly Comparer<SpawnPlace> ByPlace = Comparer<SpawnPlace>.Create(static (one, other) =>
        one.IsGenerated != other.IsGenerated
            ? one.IsGenerated ? 1 : -1
            : SourceOrder.ByLocation.Compare(one.Spawn.Call.Syntax.GetLocation(), other.Spawn.Call.Syntax.GetLocation()));

    private readonly Dictionary<ISymbol, Holding> _holders = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, Dictionary<SyntaxNode, long>> _elements = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<(FunctionBody Body, SpawnEvent Spawn)>> _spawns = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _spawningTypes = new(SymbolEqualityComparer.Default);

    /// <summary>Whether there is any field to look for spawns for.</summary>
    public bool HasHolders => _holders.Count > 0;

    /// <summary>Collects the fields that anything large is stored in.</summary>
    public void FindHolders(List<MemberBody> bodies)
    {
        foreach (var body in bodies)
        {
            foreach (var (_, facts) in body.Results)
            {
                foreach (var store in facts.Stores)
                {
                    foreach (var allocation in store.Value)
                    {
                        AddHolder(store.Key, allocation);
                    }
                }
            }
        }

        if (!spawns.UserApis.HasMeasuredSizes)
        {
            return;
        }

        foreach (var field in bodies.SelectMany(body => body.StoredMembers))
        {
            if (spawns.UserApis.TryGetMeasuredBytes(field, out var bytes))
            {
                _elements.Remove(field);
                _holders[field] = new Holding(AllocationSize.Measured(bytes), _holders.TryGetValue(field, out var known) ? known.Allocation : null);
            }
        }
    }

    /// <summary>Finds the spawns that each field is held across.</summary>
    public void FindSpawns(List<MemberBody> bodies)
    {
        var all = SpawnPlace.Of(bodies);
        var writtenFirst = WrittenFirst(all);
        foreach (var place in all)
        {
            _spawningTypes.Add(TypeOf(place.Body));
        }

        foreach (var field in _holders.ToList())
        {
            var held = new List<SpawnPlace>();
            foreach (var place in writtenFirst)
            {
                // Generated code is shown only where there is nothing of its kind that somebody wrote.
                if (!(place.IsGenerated && held.Exists(other => other.Spawn.Spawn.Site.Kind == place.Spawn.Spawn.Site.Kind))
                    && IsHeldAcross(field.Key, place)
                    && field.Value.Size.Bytes >= ThresholdBytes(place)
                    && !IsReleased(field.Key, place, all, [])
                    && !held.Exists(other => other.Spawn.Call.Syntax == place.Spawn.Call.Syntax))
                {
                    held.Add(place);
                }
            }

            if (held.Count > 0)
            {
                _holders[field.Key] = field.Value with { Size = WithElements(field.Key, field.Value.Size, held.Min(ThresholdBytes)) };
                _spawns.Add(field.Key, [.. held.OrderBy(static place => place, ByPlace).Select(static place => (place.Body, place.Spawn))]);
            }
        }
    }

    /// <summary>Whether a field is storage of which this rule speaks, so that no other does.</summary>
    public bool IsReported(ISymbol field) =>
        field.IsStatic || (field.ContainingType is { } type && _spawningTypes.Contains(type.OriginalDefinition) && field is IFieldSymbol or IPropertySymbol);

    /// <summary>One diagnostic for each field.</summary>
    public IEnumerable<Diagnostic> Diagnostics()
    {
        foreach (var field in _spawns.Keys.OrderBy(static field => field.Locations[0], SourceOrder.ByLocation))
        {
            var (size, allocation) = _holders[field];
            if (!field.Locations[0].IsInSource)
            {
                continue;
            }

            yield return diagnostics.OfField(field, size, allocation, _spawns[field]);
        }
    }

    private static List<SpawnPlace> WrittenFirst(List<SpawnPlace> all)
    {
        var sorted = new List<SpawnPlace>(all.Count);
        sorted.AddRange(all.Where(static place => !place.IsGenerated));
        sorted.AddRange(all.Where(static place => place.IsGenerated));
        return sorted;
    }

    private void AddHolder(ISymbol field, AllocationObject allocation)
    {
        var size = AllocationSizes.Of(allocation, allocations);
        if (size.IsKnown && IsElement(allocation) && !LoopRepetition.IsChosen(allocation.Site.Syntax))
        {
            AddElement(field, allocation, size.Bytes);
        }

        if (size.Certainty != SizeCertainty.Unknown && (!_holders.TryGetValue(field, out var known) || known.Size.Bytes < size.Bytes))
        {
            _holders[field] = new Holding(size, allocation);
        }
    }

    private static bool IsElement(AllocationObject? allocation)
    {
        for (; allocation is not null; allocation = allocation.Origin)
        {
            if (allocation.Collectors.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private void AddElement(ISymbol field, AllocationObject allocation, long bytes)
    {
        if (!_elements.TryGetValue(field, out var elements))
        {
            _elements.Add(field, elements = []);
        }

        // A method and its callers see the same allocation.
        var key = allocation.Allocation.Operation.Syntax;
        elements[key] = Math.Max(bytes, elements.TryGetValue(key, out var known) ? known : 0);
    }

    /// <summary>A collection holds at least the sum of its large elements.</summary>
    private AllocationSize WithElements(ISymbol field, AllocationSize size, long threshold)
    {
        var sum = _elements.TryGetValue(field, out var elements)
            ? elements.Values.Where(bytes => bytes >= threshold).Aggregate(0L, Saturating.Plus)
            : 0;
        return sum > size.Bytes ? AllocationSize.AtLeast(sum) : size;
    }

    private static bool IsHeldAcross(ISymbol field, SpawnPlace place) => field.IsStatic
        ? place.IsOwn
        : SymbolEqualityComparer.Default.Equals(TypeOf(place.Body), field.ContainingType.OriginalDefinition)
            && (place.IsOwn || !IsSpawnOfOwnType(place.Spawn, field.ContainingType));

    private long ThresholdBytes(SpawnPlace place) =>
        spawns.OptionsFor(place.Spawn.Spawn.Site.Operation.Syntax.SyntaxTree).ThresholdBytes(place.Spawn.Spawn.Site.Kind);

    private static INamedTypeSymbol TypeOf(FunctionBody body) => body.Member.ContainingType.OriginalDefinition;

    /// <summary>Inside of its own type a spawn is reported once, where it is, and not again at each call on the way.</summary>
    private static bool IsSpawnOfOwnType(SpawnEvent spawn, INamedTypeSymbol type) => spawn.Spawn.Path.Length > 1
        && spawn.CalledType is { } called
        && SymbolEqualityComparer.Default.Equals(called.OriginalDefinition, type.OriginalDefinition);

    /// <summary>
    /// Whether the body let go of a field before the spawn, or every way of the compilation that leads to it did: a helper that only
    /// spawns cannot know its callers' fields.
    /// </summary>
    private static bool IsReleased(ISymbol field, SpawnPlace place, List<SpawnPlace> all, HashSet<SpawnPlace> seen)
    {
        if (place.Spawn.ReleasedFields.Contains(field))
        {
            return true;
        }

        // A way that comes back to itself begins elsewhere.
        if (!seen.Add(place))
        {
            return true;
        }

        var hasCallers = false;
        foreach (var other in all)
        {
            if (!ReferenceEquals(other, place) && Calls(other, place))
            {
                hasCallers = true;
                if (!IsReleased(field, other, all, seen))
                {
                    return false;
                }
            }
        }

        return hasCallers;
    }

    private static bool Calls(SpawnPlace caller, SpawnPlace place) =>
        caller.Spawn.Spawn.Path.Length > place.Spawn.Spawn.Path.Length
        && ReferenceEquals(caller.Spawn.Spawn.Site.Operation, place.Spawn.Spawn.Site.Operation)
        && caller.Spawn.Spawn.Path[0] == MethodNames.Of(place.Body.Member);

    /// <summary>What a field holds.</summary>
    private sealed record Holding(AllocationSize Size, AllocationObject? Allocation);
}
