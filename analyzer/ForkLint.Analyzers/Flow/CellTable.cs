namespace ForkLint.Analyzers.Flow;

/// <summary>A cell and what it holds.</summary>
internal readonly struct StoredValue(Cell cell, ObjectSet value)
{
    /// <summary>The cell.</summary>
    public Cell Cell { get; } = cell;

    /// <summary>What it holds.</summary>
    public ObjectSet Value { get; } = value;
}

/// <summary>
/// What some cells hold, by <see cref="Cell.Id"/>. A sorted array: a state has few cells and is copied far more often than it is
/// searched. Copies share the array until one of them is written.
/// </summary>
internal struct CellTable
{
    private StoredValue[]? _entries;

    /// <summary>How many cells there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether another table has the same array, so that <see cref="Own"/> must come before a write.</summary>
    public bool IsShared { get; private set; }

    /// <summary>A copy. Neither of the two may write before it has called <see cref="Own"/>.</summary>
    public CellTable Share()
    {
        IsShared = true;
        return this;
    }

    /// <summary>Takes an array of its own.</summary>
    public void Own()
    {
        // A caller that asks for it usually adds something next.
        var copy = new StoredValue[Count + 1];
        if (_entries is not null)
        {
            Array.Copy(_entries, copy, Count);
        }

        _entries = copy;
        IsShared = false;
    }

    /// <summary>Whether two tables still share everything.</summary>
    public readonly bool IsSameAs(CellTable other) => Count == other.Count && (Count == 0 || ReferenceEquals(_entries, other._entries));

    /// <summary>Whether there is a cell.</summary>
    public readonly bool Contains(Cell cell) => IndexOf(cell) >= 0;

    /// <summary>What a cell holds, if it is there.</summary>
    public readonly bool TryGet(Cell cell, out ObjectSet value)
    {
        var index = IndexOf(cell);
        value = index >= 0 ? _entries![index].Value : default;
        return index >= 0;
    }

    /// <summary>Adds a cell, or replaces what it holds.</summary>
    public void Set(Cell cell, ObjectSet value)
    {
        var index = IndexOf(cell);
        if (index < 0)
        {
            index = ~index;
            if (_entries is null || Count == _entries.Length)
            {
                Array.Resize(ref _entries, Math.Max(4, 2 * Count));
            }

            Array.Copy(_entries, index, _entries, index + 1, Count - index);
            Count++;
        }

        _entries![index] = new StoredValue(cell, value);
    }

    /// <summary>Removes a cell that is there.</summary>
    public void Remove(Cell cell)
    {
        var index = IndexOf(cell);
        Count--;
        Array.Copy(_entries!, index + 1, _entries!, index, Count - index);
        _entries![Count] = default;
    }

    /// <summary>The cells as they are now, in order.</summary>
    public readonly Enumerator GetEnumerator() => new(_entries, Count);

    /// <summary>Where a cell is, or the complement of where it belongs.</summary>
    private readonly int IndexOf(Cell cell)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var id = _entries![middle].Cell.Id;
            if (id == cell.Id)
            {
                return middle;
            }

            if (id < cell.Id)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    /// <summary>Goes through a table.</summary>
    public struct Enumerator(StoredValue[]? entries, int count)
    {
        private int _index = -1;

        /// <summary>The cell that was reached.</summary>
        public readonly StoredValue Current => entries![_index];

        /// <summary>Goes on to the next one.</summary>
        public bool MoveNext() => ++_index < count;
    }
}
