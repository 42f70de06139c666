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

    /// <summary>Returned to a pool, which keeps it: no collection gives it back.</summary>
    Pooled = 4,

    /// <summary>Freed, collected, or kept out of the child.</summary>
    Gone = 8,

    /// <summary>An aggressive collection ran while nothing in the body held it: gone, unless the caller holds it.</summary>
    GoneUnlessHeldByCaller = 16,

    /// <summary>Disposed of by a method that does not know its type: only a caller that does knows what that gave back.</summary>
    Disposed = 32,
}

/// <summary>What holds what at one point of a body, over all paths that lead there.</summary>
internal sealed class FlowState(MemoryModel model)
{
    private readonly MemoryModel _model = model;

    // A copy shares both tables with its original until one of the two writes: most copies never do.
    private CellTable _cells;
    private FateTable _fates;

    /// <summary>Whether an aggressive collection ran on every path since the body began.</summary>
    public bool Collected { get; set; }

    /// <summary>Delegates that something outside the body may run at any time.</summary>
    public ObjectSet Running { get; set; }

    /// <summary>The cells with a known content.</summary>
    public CellTable Cells => _cells;

    /// <summary>Counts work on the state's body.</summary>
    public void Spend(long work) => _model.Spend(work);

    /// <summary>A copy that can go its own way.</summary>
    public FlowState Clone() => new(_model)
    {
        Collected = Collected,
        Running = Running,
        _cells = _cells.Share(),
        _fates = _fates.Share(),
    };

    /// <summary>Whether the body has written a cell on some path.</summary>
    public bool Knows(Cell cell) => _cells.Contains(cell);

    /// <summary>What a cell may hold, a struct's fields included.</summary>
    public ObjectSet Read(Cell cell)
    {
        var value = ReadOwn(cell);
        foreach (var component in cell.Components)
        {
            if (_cells.TryGet(component, out var part))
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

        if (_cells.TryGet(cell, out var old) && old.Equals(value))
        {
            return changed;
        }

        Set(cell, value);
        return true;
    }

    /// <summary>What may have become of an object.</summary>
    public Fates FateOf(MemoryObject item)
    {
        if (_fates.TryGet(item.Id, out var fate))
        {
            return fate;
        }

        // What hangs on an object that does not exist on these paths does not exist either.
        return item is not InitialObject initial || (initial.Owner is { } owner && FateOf(owner) == Fates.None) ? Fates.None : Fates.Charged;
    }

    /// <summary>Says what became of an object. Returns whether that is new.</summary>
    public bool SetFate(MemoryObject item, Fates fate)
    {
        if (FateOf(item) == fate)
        {
            return false;
        }

        if (_fates.IsShared)
        {
            _model.Spend(_fates.Count);
            _fates.Own();
        }

        _fates.Set(item.Id, fate);
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

    /// <summary>Forgets the cells for which a condition does not hold.</summary>
    public void KeepWhere(Func<Cell, bool> condition)
    {
        _model.Spend(_cells.Count);
        List<Cell>? ended = null;
        foreach (var stored in _cells)
        {
            if (!condition(stored.Cell))
            {
                (ended ??= []).Add(stored.Cell);
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
        var changed = !_cells.IsSameAs(other._cells) && MergeCells(other, keep);
        changed |= !_fates.IsSameAs(other._fates) && MergeFates(other);
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
        if (_cells.Contains(cell) && both.Equals(mine))
        {
            return false;
        }

        Set(cell, both);
        return true;
    }

    /// <summary>Everything that the body's own variables, its callers and static fields can reach. Compiler temporaries hold nothing.</summary>
    public ObjectMarks Reachable(ObjectSet alsoHeld = default)
    {
        _model.Spend(_cells.Count + _model.Initials.Count);
        var reached = new ObjectMarks(_model.Objects.Count);
        var pending = _model.TakePending();
        foreach (var stored in _cells)
        {
            // The caller's objects exist even where nothing in this body refers to them any more.
            if (stored.Cell is HeapCell { Owner: InitialObject } or not (HeapCell or CaptureCell or ComponentCell { Parent: CaptureCell }))
            {
                Push(stored.Value, reached, pending);
            }
        }

        foreach (var initial in _model.Initials)
        {
            if (!_cells.Contains(initial.Cell) && reached.Add(initial))
            {
                pending.Push(initial);
            }
        }

        Push(alsoHeld, reached, pending);
        Push(Running, reached, pending);
        while (pending.Count > 0)
        {
            var item = pending.Pop();
            if (item is ReferenceObject { Owner: { } owner })
            {
                Push(ObjectSet.Of(owner), reached, pending);
            }

            foreach (var member in item.Members)
            {
                if (_cells.TryGet(member, out var value))
                {
                    Push(value, reached, pending);
                }
            }
        }

        return reached;
    }

    /// <summary>Some objects, and all that hangs off them.</summary>
    public ObjectSet Closure(ObjectSet items)
    {
        var hasMembers = false;
        foreach (var item in items)
        {
            hasMembers |= item.Members.Count > 0 || item is ReferenceObject;
        }

        if (!hasMembers)
        {
            return items;
        }

        var visit = _model.NextVisit();
        var reached = _model.TakeReached();
        var pending = _model.TakePending();
        foreach (var item in items)
        {
            pending.Push(item);
        }

        while (pending.Count > 0)
        {
            _model.Spend(1);
            var item = pending.Pop();
            if (item.Visit == visit)
            {
                continue;
            }

            item.Visit = visit;
            reached.Add(item);
            if (item is ReferenceObject { Target: var target })
            {
                PushContent(target);
            }

            foreach (var member in item.Members)
            {
                PushContent(member);
            }
        }

        void PushContent(Cell cell)
        {
            var value = Read(cell);
            _model.Spend(1 + value.Count + cell.Components.Count);
            foreach (var next in value)
            {
                if (next.Visit != visit)
                {
                    pending.Push(next);
                }
            }
        }

        // All that was asked for is among what was reached.
        return reached.Count == items.Count ? items : ObjectSet.Of(reached);
    }

    private static void Push(ObjectSet items, ObjectMarks reached, Stack<MemoryObject> pending)
    {
        foreach (var item in items)
        {
            if (reached.Add(item))
            {
                pending.Push(item);
            }
        }
    }

    private bool MergeCells(FlowState other, Func<Cell, bool>? keep)
    {
        _model.Spend(_cells.Count + other._cells.Count);
        var changed = false;
        foreach (var stored in other._cells)
        {
            if (keep is null || keep(stored.Cell))
            {
                changed |= MergeCell(stored.Cell, other);
            }
        }

        // A cell only this side wrote still holds its first content on the other side's paths.
        foreach (var stored in _cells)
        {
            if ((stored.Cell.IsExternal || stored.Cell is ComponentCell) && !other._cells.Contains(stored.Cell))
            {
                changed |= MergeCell(stored.Cell, other);
            }
        }

        return changed;
    }

    private bool MergeFates(FlowState other)
    {
        _model.Spend(_fates.Count + other._fates.Count);
        var changed = false;
        for (var id = Math.Max(_fates.Limit, other._fates.Limit) - 1; id >= 0; id--)
        {
            if (_fates.TryGet(id, out _) || other._fates.TryGet(id, out _))
            {
                var item = _model.Objects[id];
                changed |= SetFate(item, FateOf(item) | other.FateOf(item));
            }
        }

        return changed;
    }

    private bool Remove(Cell cell)
    {
        if (!_cells.Contains(cell))
        {
            return false;
        }

        OwnCells();
        _cells.Remove(cell);
        return true;
    }

    private void Set(Cell cell, ObjectSet value)
    {
        OwnCells();
        _cells.Set(cell, value);
    }

    private void OwnCells()
    {
        if (_cells.IsShared)
        {
            _model.Spend(_cells.Count);
            _cells.Own();
        }
    }

    private ObjectSet ReadOwn(Cell cell)
    {
        if (_cells.TryGet(cell, out var value))
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
