namespace ForkLint.Analyzers.Flow;

/// <summary>What became of some objects, by <see cref="MemoryObject.Id"/>. Copies share the array until one of them is written.</summary>
internal struct FateTable
{
    // Beside the fate: an object of which nothing is known is not one of which nothing is left.
    private const byte Known = 128;

    private byte[]? _fates;

    /// <summary>How many objects there is a fate of.</summary>
    public int Count { get; private set; }

    /// <summary>Every object of which there is a fate is below this.</summary>
    public readonly int Limit => _fates?.Length ?? 0;

    /// <summary>Whether another table has the same array, so that <see cref="Own"/> must come before a write.</summary>
    public bool IsShared { get; private set; }

    /// <summary>A copy. Neither of the two may write before it has called <see cref="Own"/>.</summary>
    public FateTable Share()
    {
        IsShared = true;
        return this;
    }

    /// <summary>Takes an array of its own.</summary>
    public void Own()
    {
        _fates = (byte[]?)_fates?.Clone();
        IsShared = false;
    }

    /// <summary>Whether two tables still share everything.</summary>
    public readonly bool IsSameAs(FateTable other) => ReferenceEquals(_fates, other._fates);

    /// <summary>What became of an object, if anything is known of it.</summary>
    public readonly bool TryGet(int id, out Fates fate)
    {
        var entry = id < Limit ? _fates![id] : 0;
        fate = (Fates)(entry & ~Known);
        return entry != 0;
    }

    /// <summary>Says what became of an object.</summary>
    public void Set(int id, Fates fate)
    {
        if (id >= Limit)
        {
            Array.Resize(ref _fates, Math.Max(id + 1, Math.Max(8, id + (id / 2))));
        }

        Count += _fates![id] == 0 ? 1 : 0;
        _fates[id] = (byte)((int)fate | Known);
    }
}
