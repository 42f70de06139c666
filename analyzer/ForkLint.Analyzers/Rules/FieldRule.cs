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
/// <param name="assembly">What is compiled. An editor shows the sources of other projects, too, but nothing can be reported there.</param>
/// <param name="spawns">Which calls spawn.</param>
/// <param name="allocations">Which expressions allocate.</param>
/// <param name="candidates">Knows the callers that decide a size.</param>
/// <param name="diagnostics">Makes diagnostics.</param>
internal sealed class FieldRule(IAssemblySymbol assembly, SpawnCatalog spawns, AllocationCatalog allocations, AllocationCandidates candidates, HeldDiagnostics diagnostics)
{
    /// <summary>The rule. The whole compilation decides it.</summary>
    public static DiagnosticDescriptor Descriptor { get; } = Descriptors.FieldHeldAcrossSpawn.AtEnd();

    // It compares all that decides: to sort by one thing and then by another is to load a sorter for the type of each.
    private static readonly Comparer<SpawnPlace> ByPlace = Comparer<SpawnPlace>.Create(static (one, other) =>
        SourceOrder.Compare((one.IsGenerated, one.Spawn.Call.Syntax.GetLocation()), (other.IsGenerated, other.Spawn.Call.Syntax.GetLocation())));

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
            foreach (var (function, facts) in body.Results)
            {
                foreach (var store in facts.Stores)
                {
                    foreach (var allocation in store.Value)
                    {
                        if (allocation.Value.IsLasting || facts.Outlives(allocation.Key))
                        {
                            AddHolder(store.Key, allocation.Key, allocation.Value, AllocationSizes.Of(allocation.Key, allocations, null, facts, candidates));
                        }
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
                _holders[field] = new Holding(AllocationSize.Measured(bytes), _holders.TryGetValue(field, out var known) ? known.Allocation : null, FieldPlace.Itself);
            }
        }
    }

    /// <summary>Finds the spawns that each field is held across.</summary>
    public void FindSpawns(List<MemberBody> bodies)
    {
        var all = SpawnPlace.Of(bodies);
        List<SpawnPlace> writtenFirst = [.. all.Where(static place => !place.IsGenerated), .. all.Where(static place => place.IsGenerated)];
        foreach (var place in all)
        {
            _spawningTypes.Add(TypeOf(place.Body));
        }

        foreach (var field in _holders.ToList())
        {
            var held = new List<SpawnPlace>();
            foreach (var place in writtenFirst)
            {
                // Generated code is shown only where no written code has a spawn of the same kind.
                if (!(place.IsGenerated && held.Exists(other => other.Spawn.Spawn.Site.Kind == place.Spawn.Spawn.Site.Kind))
                    && IsHeldAcross(field.Key, place)
                    && !IsOfLocal(field.Value, place)
                    && field.Value.Size.Bytes >= ThresholdBytes(place)
                    && !IsReleased(field.Key, field.Value, place, all, [])
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
        field.IsStatic || (field.ContainingType is { } type && TypeRelations.IsRelatedToAny(type, _spawningTypes) && field is IFieldSymbol or IPropertySymbol or IParameterSymbol);

    /// <summary>Whether a field was found to hold something across a spawn.</summary>
    public bool IsFound(ISymbol field) => _spawns.ContainsKey(field);

    /// <summary>One diagnostic for each field.</summary>
    public IEnumerable<Diagnostic> Diagnostics()
    {
        foreach (var field in _spawns.Keys.OrderBy(static field => field.Locations[0], SourceOrder.ByLocation))
        {
            var holding = _holders[field];
            if (!ReferenceEquals(field.ContainingAssembly, assembly) || !field.Locations[0].IsInSource || IsHeldByAnother(field, holding) || IsSuppressed(field))
            {
                continue;
            }

            yield return diagnostics.OfField(field, holding.Size, holding.Allocation, holding.Place, _spawns[field]);
        }
    }

    /// <summary>What hangs on another field that is reported is one finding, and stands at the outermost.</summary>
    private bool IsHeldByAnother(ISymbol field, Holding holding) => _spawns.Keys.Any(other =>
        _holders[other] is var outer
        && outer.Allocation?.Allocation.Operation.Syntax == holding.Allocation?.Allocation.Operation.Syntax
        && (outer.Place.Through.Contains(field, SymbolEqualityComparer.Default)
            || (!outer.Place.IsDirect && holding.Place.IsDirect && !field.IsStatic && TypeRelations.AreRelated(Remedies.TypeOf(other) as INamedTypeSymbol, field.ContainingType))));

    /// <summary>Whether <c>[field: SuppressMessage]</c> on an automatic property says so: the compiler looks at the property alone.</summary>
    private static bool IsSuppressed(ISymbol field) =>
        field is IPropertySymbol property
        && AutomaticProperties.BackingField(property) is { } storage
        && storage.GetAttributes().Any(static attribute =>
            MetadataNames.Is(attribute.AttributeClass, "System.Diagnostics.CodeAnalysis", "SuppressMessageAttribute")
            && attribute.ConstructorArguments is [_, { Value: string id }, ..]
            && (id == RuleIdentifiers.FieldHeldAcrossSpawn || id.StartsWith(RuleIdentifiers.FieldHeldAcrossSpawn + ":", StringComparison.Ordinal)));

    private void AddHolder(ISymbol field, AllocationObject allocation, FieldPlace place, AllocationSize size)
    {
        if (size.IsKnown && IsElement(allocation) && !LoopRepetition.IsChosen(allocation.Site.Syntax))
        {
            AddElement(field, allocation, size.Bytes);
        }

        if (size.Certainty != SizeCertainty.Unknown && (!_holders.TryGetValue(field, out var known) || known.Size.Bytes < size.Bytes))
        {
            _holders[field] = new Holding(size, allocation, place);
        }
    }

    private static bool IsElement(AllocationObject? allocation) => allocation is not null && (allocation.Collectors.Count > 0 || IsElement(allocation.Origin));

    private void AddElement(ISymbol field, AllocationObject allocation, long bytes)
    {
        var elements = _elements.GetOrAdd(field);

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
        : TypeRelations.AreRelated(TypeOf(place.Body), field.ContainingType)
            && (place.IsOwn || !IsSpawnOfOwnType(place.Spawn, field.ContainingType));

    /// <summary>Whether a static method makes the object itself: what that holds, and when it goes, is known there, and told of there.</summary>
    private bool IsOfLocal(Holding holding, SpawnPlace place)
    {
        var made = place.Body.Method is { IsStatic: true } ? place.Facts.Model.Allocations.Find(made => made.Allocation.Operation.Syntax == holding.Allocation?.Allocation.Operation.Syntax) : null;
        return made is not null && !place.Facts.IsStoredInAny(made, IsReported);
    }

    private long ThresholdBytes(SpawnPlace place) =>
        spawns.OptionsFor(place.Spawn.Spawn.Site.Operation.Syntax.SyntaxTree).ThresholdBytes(place.Spawn.Spawn.Site.Kind);

    private static INamedTypeSymbol TypeOf(FunctionBody body) => body.Member.ContainingType.OriginalDefinition;

    /// <summary>Inside of its own type a spawn is reported once, where it is, and not again at each call on the way.</summary>
    private static bool IsSpawnOfOwnType(SpawnEvent spawn, INamedTypeSymbol type) => spawn.Spawn.Path.Length > 1
        && spawn.Call.Callee()?.ContainingType is { } called
        && TypeRelations.AreRelated(called, type);

    /// <summary>Whether the body let go of a field before the spawn, or every way of the compilation that leads to it did: a helper that only spawns cannot know its callers' fields.</summary>
    private static bool IsReleased(ISymbol field, Holding holding, SpawnPlace place, List<SpawnPlace> all, HashSet<SpawnPlace> seen)
    {
        if (place.Spawn.ReleasedFields.Contains(field) || (holding.IsGoneWhenEmptied && place.Spawn.EmptiedFields.Contains(field)))
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
                if (!IsReleased(field, holding, other, all, seen))
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
        && SymbolEqualityComparer.Default.Equals(caller.Spawn.Spawn.Callees[0].OriginalDefinition, place.Body.Method?.OriginalDefinition);

    /// <summary>What a field holds.</summary>
    private sealed record Holding(AllocationSize Size, AllocationObject? Allocation, FieldPlace Place)
    {
        /// <summary>Whether its memory goes when its owner is disposed of, or its collection cleared, and the field stays as it is.</summary>
        public bool IsGoneWhenEmptied => Allocation is { IsManaged: false } || !Place.IsDirect;
    }
}
