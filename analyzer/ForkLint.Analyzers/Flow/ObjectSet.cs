namespace ForkLint.Analyzers.Flow;

/// <summary>What a cell may hold: a small immutable set of objects, ordered by <see cref="MemoryObject.Id"/>.</summary>
internal readonly struct ObjectSet : IEquatable<ObjectSet>
{
    private static readonly MemoryObject[] NoItems = [];

    private readonly MemoryObject[]? _items;

    private ObjectSet(MemoryObject[] items) => _items = items;

    /// <summary>Nothing.</summary>
    public static ObjectSet Empty => default;

    /// <summary>Whether it holds nothing.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>How many objects it holds.</summary>
    public int Count => _items?.Length ?? 0;

    /// <summary>The single object, or <see langword="null"/> where there are none or several.</summary>
    public MemoryObject? Single => Count == 1 ? _items![0] : null;

    /// <summary>A set of one object, or of none for <see langword="null"/>.</summary>
    public static ObjectSet Of(MemoryObject? item) => item is null ? default : new(item.Alone);

    /// <summary>A set of some objects, in any order, repeats allowed.</summary>
    public static ObjectSet Of(IReadOnlyCollection<MemoryObject> items)
    {
        if (items.Count == 0)
        {
            return default;
        }

        var sorted = items.ToArray();
        Array.Sort(sorted, static (one, other) => one.Id.CompareTo(other.Id));
        var count = 1;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (!ReferenceEquals(sorted[i], sorted[count - 1]))
            {
                sorted[count++] = sorted[i];
            }
        }

        Array.Resize(ref sorted, count);
        return new(sorted);
    }

    /// <summary>The objects, in order.</summary>
    public Enumerator GetEnumerator() => new(_items ?? NoItems);

    /// <summary>The objects as a list, in order.</summary>
    public IReadOnlyList<MemoryObject> Items => _items ?? NoItems;

    /// <summary>Whether it holds an object.</summary>
    public bool Contains(MemoryObject item)
    {
        foreach (var candidate in this)
        {
            if (ReferenceEquals(candidate, item))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The objects of both.</summary>
    public ObjectSet Union(ObjectSet other)
    {
        if (other.IsEmpty || Equals(other))
        {
            return this;
        }

        if (IsEmpty)
        {
            return other;
        }

        var (mine, theirs) = (_items!, other._items!);
        var missing = CountMissing(mine, theirs);
        if (missing == 0)
        {
            return this;
        }

        var merged = new MemoryObject[mine.Length + missing];
        for (int left = 0, right = 0, count = 0; count < merged.Length; count++)
        {
            if (right == theirs.Length || (left < mine.Length && mine[left].Id < theirs[right].Id))
            {
                merged[count] = mine[left++];
            }
            else
            {
                if (left < mine.Length && mine[left].Id == theirs[right].Id)
                {
                    left++;
                }

                merged[count] = theirs[right++];
            }
        }

        return new(merged);
    }

    /// <summary>The objects for which a condition holds.</summary>
    public ObjectSet Where(Func<MemoryObject, bool> condition)
    {
        List<MemoryObject>? kept = null;
        foreach (var item in this)
        {
            if (condition(item))
            {
                (kept ??= []).Add(item);
            }
        }

        return kept is null ? default : kept.Count == Count ? this : new([.. kept]);
    }

    /// <inheritdoc/>
    public bool Equals(ObjectSet other)
    {
        if (ReferenceEquals(_items, other._items))
        {
            return true;
        }

        if (Count != other.Count)
        {
            return false;
        }

        for (var i = 0; i < Count; i++)
        {
            if (!ReferenceEquals(_items![i], other._items![i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ObjectSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var item in this)
        {
            hash = (hash * 31) + item.Id;
        }

        return hash;
    }

    /// <summary>How many of some objects are not among others.</summary>
    private static int CountMissing(MemoryObject[] mine, MemoryObject[] theirs)
    {
        var missing = 0;
        var left = 0;
        foreach (var item in theirs)
        {
            while (left < mine.Length && mine[left].Id < item.Id)
            {
                left++;
            }

            missing += left < mine.Length && mine[left].Id == item.Id ? 0 : 1;
        }

        return missing;
    }

    /// <summary>Goes through a set.</summary>
    public struct Enumerator(MemoryObject[] items)
    {
        private int _index = -1;

        /// <summary>The object that was reached.</summary>
        public readonly MemoryObject Current => items[_index];

        /// <summary>Goes on to the next one.</summary>
        public bool MoveNext() => ++_index < items.Length;
    }
}
