using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Configuration;

/// <summary>The members that additional files name, resolved once per compilation. An id that names nothing here is not an error: a package contributes one list to many projects.</summary>
internal sealed class UserApis
{
    private readonly Dictionary<ISymbol, SpawnKind?> _spawns = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, AllocationDetail> _allocations = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, long> _measured = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<string, TracedSpawn> _traced = new(StringComparer.Ordinal);
    private readonly HashSet<string> _spawnNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _allocationNames = new(StringComparer.Ordinal);

    private UserApis()
    {
    }

    /// <summary>No additional file of ours.</summary>
    public static UserApis Empty { get; } = new();

    /// <summary>Whether any member is named as a spawn.</summary>
    public bool HasSpawns => _spawns.Count > 0;

    /// <summary>Whether any size was measured.</summary>
    public bool HasMeasuredSizes => _measured.Count > 0;

    /// <summary>Reads every file of ours among <paramref name="files"/>. Lines that cannot be read are left out; FORK000 speaks of them.</summary>
    public static UserApis Load(Compilation compilation, ImmutableArray<AdditionalText> files, CancellationToken cancellationToken)
    {
        UserApis? result = null;
        foreach (var file in files)
        {
            if (ApiListFile.TryGetKind(file.Path, out var kind) && file.GetText(cancellationToken) is { } text)
            {
                result ??= new UserApis();
                foreach (var entry in ApiListFile.Parse(kind, text).Entries)
                {
                    if (kind == ApiListKind.Measured && TracedSpawn.IsMeant(entry.Detail))
                    {
                        result.AddTraced(entry);
                        continue;
                    }

                    foreach (var symbol in DocumentationCommentId.GetSymbolsForDeclarationId(entry.Id, compilation))
                    {
                        result.Add(kind, entry, symbol);
                    }
                }
            }
        }

        return result ?? Empty;
    }

    /// <summary>A name that a listed spawn has: the cheap question before <see cref="IsSpawn"/>.</summary>
    public bool MayBeSpawn(string name) => _spawnNames.Contains(name);

    /// <summary>Whether <paramref name="symbol"/> is listed as a spawn. A listed property is one through its accessors.</summary>
    /// <param name="symbol">A method, constructor or property.</param>
    /// <param name="kind">The kind its line gives; <see langword="null"/> where the process-start model decides.</param>
    public bool IsSpawn(ISymbol symbol, out SpawnKind? kind) =>
        _spawns.TryGetValue(Definition(symbol), out kind)
        || (symbol is IMethodSymbol { AssociatedSymbol: IPropertySymbol property } && _spawns.TryGetValue(property.OriginalDefinition, out kind));

    /// <summary>Whether <paramref name="symbol"/> (a method, constructor or property) is listed as an allocation.</summary>
    /// <param name="symbol">A method, constructor or property.</param>
    /// <param name="detail">What its line says of the size.</param>
    public bool IsAllocation(ISymbol symbol, out AllocationDetail detail)
    {
        detail = default;
        return _allocations.Count > 0
            && _allocationNames.Contains(symbol.Name)
            && (_allocations.TryGetValue(Definition(symbol), out detail)
                || (symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } && _allocations.TryGetValue(symbol.ContainingType.OriginalDefinition, out detail)));
    }

    /// <summary>
    /// The bytes a running process was seen to keep in <paramref name="symbol"/>: a field, property, event, or a method
    /// for what it returns. A backing field has the size of its property or event.
    /// </summary>
    public bool TryGetMeasuredBytes(ISymbol symbol, out long bytes)
    {
        bytes = 0;
        return _measured.Count > 0
            && (_measured.TryGetValue(Definition(symbol), out bytes)
                || (symbol is IFieldSymbol { AssociatedSymbol: { } owner } && _measured.TryGetValue(owner.OriginalDefinition, out bytes)));
    }

    /// <summary>What the methods of a call path were seen to start: of the first that started any, the program with the highest peak.</summary>
    /// <param name="path">The methods, the outermost first: of what several callers have a helper start, each knows its own.</param>
    /// <param name="traced">What was started.</param>
    public bool TryGetTraced(IEnumerable<ISymbol> path, out TracedSpawn traced)
    {
        traced = default;
        if (_traced.Count == 0)
        {
            return false;
        }

        foreach (var member in path)
        {
            if (DiagnosticProperties.MemberId(member) is { } id && _traced.TryGetValue(TracedSpawn.MethodOf(id), out traced))
            {
                return true;
            }
        }

        return false;
    }

    private static ISymbol Definition(ISymbol symbol) =>
        symbol is IMethodSymbol method ? (method.ReducedFrom ?? method).OriginalDefinition : symbol.OriginalDefinition;

    private void AddTraced(ApiListEntry entry)
    {
        var method = TracedSpawn.MethodOf(entry.Id);
        if (TracedSpawn.WhyUnreadable(entry.Detail!, out var traced) is null
            && (!_traced.TryGetValue(method, out var known) || (known.PeakBytes ?? -1) < (traced.PeakBytes ?? -1)))
        {
            _traced[method] = traced;
        }
    }

    private void Add(ApiListKind kind, ApiListEntry entry, ISymbol symbol)
    {
        switch (kind)
        {
            case ApiListKind.Spawns:
                _spawns[symbol] = ApiListFile.SpawnKindOf(entry);
                _spawnNames.Add(symbol.Name);
                if (symbol is IPropertySymbol)
                {
                    _spawnNames.Add("get_" + symbol.Name);
                    _spawnNames.Add("set_" + symbol.Name);
                }

                break;
            case ApiListKind.Allocations:
                _allocations[symbol] = AllocationDetail.TryParse(entry.Detail, out var detail) ? detail : default;
                _allocationNames.Add(symbol is INamedTypeSymbol ? WellKnownMemberNames.InstanceConstructorName : symbol.Name);
                break;
            default:
                // The tool writes one line a member; where files disagree, the larger size was seen in one of them.
                if (ByteSizeText.TryParse(entry.Detail, out var measured)
                    && (!_measured.TryGetValue(symbol, out var known) || known < measured))
                {
                    _measured[symbol] = measured;
                }

                break;
        }
    }
}
