namespace ForkLint.Analyzers.Flow;

/// <summary>What may have become of an object's memory on the paths that lead to a point. Flags: different paths, different fates.</summary>
[Flags]
internal enum Fates
{
    /// <summary>No path made it yet.</summary>
    None = 0,

    /// <summary>Made, and nothing gave it back.</summary>
    Charged = 1,

    /// <summary>Its owner let it go (<c>MemoryStream.Dispose</c>): an aggressive collection would give it back.</summary>
    Dropped = 2,

    /// <summary>Returned to a pool, which keeps it whatever is collected.</summary>
    Pooled = 4,

    /// <summary>Freed, collected, or kept out of the child.</summary>
    Gone = 8,

    /// <summary>An aggressive collection ran while nothing in the body held it: gone, unless the caller holds it.</summary>
    GoneUnlessHeldByCaller = 16,
}

/// <summary>What holds what at one point of a body, over all paths that lead there.</summary>
internal sealed class FlowState(MemoryModel model)
{
    private readonly MemoryModel _model = model;

    // A copy shares both tables with its original until one of the two writes: most copies never do.
    private Dictionary<Cell, ObjectSet> _cells = [];
    private Dictionary<MemoryObject, Fates> _fates = [];
    private bool _sharesCells;
    private bool _sharesFates;

    /// <summary>Whether an aggressive collection ran on every path since the body began.</summary>
    public bool Collected { get; set; }

    /// <summary>Delegates that something outside the body may run at any time.</summary>
    public ObjectSet Running { get; set; }

    /// <summary>The cells with a known content.</summary>
    public IEnumerable<KeyValuePair<Cell, ObjectSet>> Cells => _cells;

    /// <summary>The objects with a known fate.</summary>
    public IEnumerable<KeyValuePair<MemoryObject, Fates>> KnownFates => _fates;

    /// <summary>Counts work on the state's body.</summary>
    public void Spend(long work) => _model.Spend(work);

    /// <summary>A copy that can go its own way.</summary>
    public FlowState Clone()
    {
        _sharesCells = _sharesFates = true;
        return new FlowState(_model)
        {
            Collected = Collected,
            Running = Running,
            _cells = _cells,
            _fates = _fates,
            _sharesCells = true,
            _sharesFates = true,
        };
    }

    /// <summary>Whether the body has written a cell on some path.</summary>
    public bool Knows(Cell cell) => _cells.ContainsKey(cell);

    /// <summary>What a cell may hold, a struct's fields included.</summary>
    public ObjectSet Read(Cell cell)
    {
        var value = ReadOwn(cell);
        foreach (var component in cell.Components)
        {
            if (_cells.TryGetValue(component, out var part))
            {
                value = value.Union(part);
            }
        }

        return value;
    }

    /// <summary>What was stored in a cell as a whole, without what was stored in its fields after.</summary>
    public ObjectSet ReadWhole(Cell cell) => ReadOwn(cell);

    /// <summary>Replaces what a cell holds; the fields of a struct in it are overwritten too. Returns whether anything changed.</summary>
    public bool Write(Cell cell, ObjectSet value)
    {
        var changed = false;
        foreach (var component in cell.Components)
        {
            changed |= Remove(component);
        }

        if (value.IsEmpty && !cell.IsExternal && cell is not (ComponentCell or HeapCell))
        {
            return Remove(cell) | changed;
        }

        if (_cells.TryGetValue(cell, out var old) && old.Equals(value))
        {
            return changed;
        }

        OwnCells()[cell] = value;
        return true;
    }

    /// <summary>What may have become of an object.</summary>
    public Fates FateOf(MemoryObject item) =>
        _fates.TryGetValue(item, out var fate) ? fate : item is InitialObject ? Fates.Charged : Fates.None;

    /// <summary>Says what became of an object. Returns whether that is new.</summary>
    public bool SetFate(MemoryObject item, Fates fate)
    {
        if (FateOf(item) == fate)
        {
            return false;
        }

        OwnFates()[item] = fate;
        return true;
    }

    /// <summary>Forgets a cell whose scope ends, and the fields of a struct in it.</summary>
    public void Forget(Cell cell)
    {
        Remove(cell);
        foreach (var component in cell.Components)
        {
            Forget(component);
        }
    }

    /// <summary>Forgets the cells for which a condition holds.</summary>
    public void RemoveWhere(Func<Cell, bool> condition)
    {
        _model.Spend(_cells.Count);
        List<Cell>? ended = null;
        foreach (var cell in _cells.Keys)
        {
            if (condition(cell))
            {
                (ended ??= []).Add(cell);
            }
        }

        foreach (var cell in ended ?? [])
        {
            Remove(cell);
        }
    }

    /// <summary>Adds the paths of another state, of the cells that <paramref name="keep"/> lets through. Returns whether anything was new.</summary>
    public bool MergeFrom(FlowState other, Func<Cell, bool>? keep = null)
    {
        var changed = !ReferenceEquals(_cells, other._cells) && MergeCells(other, keep);
        changed |= !ReferenceEquals(_fates, other._fates) && MergeFates(other);
        if (Collected && !other.Collected)
        {
            Collected = false;
            changed = true;
        }

        var running = Running.Union(other.Running);
        if (!running.Equals(Running))
        {
            Running = running;
            changed = true;
        }

        return changed;
    }

    /// <summary>Adds what one cell holds in another state. Returns whether that was new.</summary>
    public bool MergeCell(Cell cell, FlowState other)
    {
        var mine = ReadOwn(cell);
        var both = mine.Union(other.ReadOwn(cell));
        if (_cells.ContainsKey(cell) && both.Equals(mine))
        {
            return false;
        }

        OwnCells()[cell] = both;
        return true;
    }

    /// <summary>Everything that the body's own variables, its callers and static fields can reach. Compiler temporaries hold nothing.</summary>
    public HashSet<MemoryObject> Reachable(ObjectSet alsoHeld = default)
    {
        _model.Spend(_cells.Count + _model.Initials.Count);
        var reached = new HashSet<MemoryObject>();
        var pending = new Stack<MemoryObject>();
        foreach (var cell in _cells)
        {
            if (cell.Key is not (HeapCell or CaptureCell) && !(cell.Key is ComponentCell { Parent: CaptureCell }))
            {
                Push(cell.Value);
            }
            else if (cell.Key is HeapCell { Owner: InitialObject })
            {
                // The caller's objects are there whoever in this body still knows them.
                Push(cell.Value);
            }
        }

        foreach (var initial in _model.Initials)
        {
            if (!_cells.ContainsKey(initial.Cell))
            {
                Push(ObjectSet.Of(initial));
            }
        }

        Push(alsoHeld);
        Push(Running);
        while (pending.Count > 0)
        {
            foreach (var member in pending.Pop().Members)
            {
                if (_cells.TryGetValue(member, out var value))
                {
                    Push(value);
                }
            }
        }

        return reached;

        void Push(ObjectSet items)
        {
            foreach (var item in items)
            {
                if (reached.Add(item))
                {
                    pending.Push(item);
                }
            }
        }
    }

    /// <summary>Some objects, and all that hangs off them.</summary>
    public ObjectSet Closure(ObjectSet items)
    {
        var hasMembers = false;
        foreach (var item in items)
        {
            hasMembers |= item.Members.Count > 0;
        }

        if (!hasMembers)
        {
            return items;
        }

        var reached = new HashSet<MemoryObject>();
        var pending = new Stack<MemoryObject>(items.Items);
        while (pending.Count > 0)
        {
            _model.Spend(1);
            var item = pending.Pop();
            if (!reached.Add(item))
            {
                continue;
            }

            foreach (var member in item.Members)
            {
                var value = Read(member);
                _model.Spend(1 + value.Count + member.Components.Count);
                foreach (var next in value)
                {
                    if (!reached.Contains(next))
                    {
                        pending.Push(next);
                    }
                }
            }
        }

        return ObjectSet.Of(reached);
    }

    private bool MergeCells(FlowState other, Func<Cell, bool>? keep)
    {
        _model.Spend(_cells.Count + other._cells.Count);
        var changed = false;
        foreach (var cell in other._cells)
        {
            if (keep is null || keep(cell.Key))
            {
                changed |= MergeCell(cell.Key, other);
            }
        }

        // A cell only this side wrote still holds its first content on the other side's paths.
        List<Cell>? mine = null;
        foreach (var cell in _cells.Keys)
        {
            if ((cell.IsExternal || cell is ComponentCell) && !other._cells.ContainsKey(cell))
            {
                (mine ??= []).Add(cell);
            }
        }

        foreach (var cell in mine ?? [])
        {
            changed |= MergeCell(cell, other);
        }

        return changed;
    }

    private bool MergeFates(FlowState other)
    {
        _model.Spend(_fates.Count + other._fates.Count);
        var changed = false;
        foreach (var fate in other._fates)
        {
            changed |= SetFate(fate.Key, FateOf(fate.Key) | fate.Value);
        }

        List<MemoryObject>? onlyMine = null;
        foreach (var item in _fates.Keys)
        {
            if (item is InitialObject && !other._fates.ContainsKey(item))
            {
                (onlyMine ??= []).Add(item);
            }
        }

        foreach (var item in onlyMine ?? [])
        {
            changed |= SetFate(item, FateOf(item) | Fates.Charged);
        }

        return changed;
    }

    private bool Remove(Cell cell) => _cells.ContainsKey(cell) && OwnCells().Remove(cell);

    private Dictionary<Cell, ObjectSet> OwnCells()
    {
        if (_sharesCells)
        {
            _model.Spend(_cells.Count);
            _cells = new Dictionary<Cell, ObjectSet>(_cells);
            _sharesCells = false;
        }

        return _cells;
    }

    private Dictionary<MemoryObject, Fates> OwnFates()
    {
        if (_sharesFates)
        {
            _model.Spend(_fates.Count);
            _fates = new Dictionary<MemoryObject, Fates>(_fates);
            _sharesFates = false;
        }

        return _fates;
    }

    private ObjectSet ReadOwn(Cell cell)
    {
        if (_cells.TryGetValue(cell, out var value))
        {
            return value;
        }

        return cell switch
        {
            ComponentCell component => ReadOwn(component.Parent),
            { IsExternal: true } => ObjectSet.Of(_model.Initial(cell)),
            _ => default,
        };
    }
}
