using System.Collections.Immutable;

namespace ForkLint.Analyzers.Flow;

/// <summary>What a cell may hold: a small immutable set of objects, ordered by <see cref="MemoryObject.Id"/>.</summary>
internal readonly struct ObjectSet : IEquatable<ObjectSet>
{
    private readonly ImmutableArray<MemoryObject> _items;

    private ObjectSet(ImmutableArray<MemoryObject> items) => _items = items;

    /// <summary>Nothing.</summary>
    public static ObjectSet Empty => default;

    /// <summary>Whether it holds nothing.</summary>
    public bool IsEmpty => _items.IsDefaultOrEmpty;

    /// <summary>How many objects it holds.</summary>
    public int Count => _items.IsDefault ? 0 : _items.Length;

    /// <summary>The single object, or <see langword="null"/> where there are none or several.</summary>
    public MemoryObject? Single => Count == 1 ? _items[0] : null;

    /// <summary>A set of one object, or of none for <see langword="null"/>.</summary>
    public static ObjectSet Of(MemoryObject? item) => item is null ? default : new(ImmutableArray.Create(item));

    /// <summary>A set of some objects, in any order, repeats allowed.</summary>
    public static ObjectSet Of(IEnumerable<MemoryObject> items) => new(items.Distinct().OrderBy(item => item.Id).ToImmutableArray());

    /// <summary>The objects, in order.</summary>
    public ImmutableArray<MemoryObject>.Enumerator GetEnumerator() => Items.GetEnumerator();

    /// <summary>The objects as an array, in order.</summary>
    public ImmutableArray<MemoryObject> Items => _items.IsDefault ? ImmutableArray<MemoryObject>.Empty : _items;

    /// <summary>Whether it holds an object.</summary>
    public bool Contains(MemoryObject item)
    {
        foreach (var candidate in Items)
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

        var merged = ImmutableArray.CreateBuilder<MemoryObject>(_items.Length + other._items.Length);
        int left = 0, right = 0;
        while (left < _items.Length || right < other._items.Length)
        {
            if (right == other._items.Length || (left < _items.Length && _items[left].Id < other._items[right].Id))
            {
                merged.Add(_items[left++]);
            }
            else
            {
                if (left < _items.Length && _items[left].Id == other._items[right].Id)
                {
                    left++;
                }

                merged.Add(other._items[right++]);
            }
        }

        return merged.Count == _items.Length ? this : new(merged.ToImmutable());
    }

    /// <summary>The objects for which a condition holds.</summary>
    public ObjectSet Where(Func<MemoryObject, bool> condition) => IsEmpty ? this : new(_items.RemoveAll(item => !condition(item)));

    /// <inheritdoc/>
    public bool Equals(ObjectSet other)
    {
        if (Count != other.Count)
        {
            return false;
        }

        for (var i = 0; i < Count; i++)
        {
            if (!ReferenceEquals(_items[i], other._items[i]))
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
        foreach (var item in Items)
        {
            hash = (hash * 31) + item.Id;
        }

        return hash;
    }
}
