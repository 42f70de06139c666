namespace ForkLint.Heap.Roots;

/// <summary>What kind of storage keeps objects alive.</summary>
internal enum HolderKind
{
    Static,
    ThreadStatic,
    Handle,
    FinalizerQueue,
    Stack,

    /// <summary>The runtime's own: literals, type objects, loader data. The application cannot free it.</summary>
    Runtime,
}

/// <summary>A root, or several that one name stands for.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Display">For people.</param>
/// <param name="Id">The documentation-comment id of a member; null for what is none.</param>
internal sealed record Holder(HolderKind Kind, string Display, string? Id)
{
    /// <summary>What a report calls it and <c>--what-if-freed</c> accepts.</summary>
    public string Key => Id ?? Display;

    /// <summary>A member of the framework's, which no source of the application's declares.</summary>
    public bool IsFramework { get; init; }
}

/// <summary>Holders, each with the objects it refers to directly.</summary>
internal sealed class RootSet
{
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly List<Holder> _holders = [];
    private readonly List<HashSet<int>> _objects = [];

    public IReadOnlyList<Holder> Holders => _holders;

    /// <summary>Adds an object to a holder, which is made if it is new. Holders of one key are one.</summary>
    public void Add(Holder holder, int index)
    {
        string key = holder.Kind + "\0" + holder.Key;
        if (!_indexes.TryGetValue(key, out int at))
        {
            at = _indexes[key] = _holders.Count;
            _holders.Add(holder);
            _objects.Add([]);
        }

        _objects[at].Add(index);
    }

    /// <summary>The objects of each holder.</summary>
    public IReadOnlyList<int[]> Objects() => [.. _objects.Select(objects => objects.Order().ToArray())];
}
