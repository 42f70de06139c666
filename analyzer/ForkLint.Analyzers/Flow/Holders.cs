using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>Questions about who holds what at one point.</summary>
internal static class Holders
{
    /// <summary>The storage that holds an allocation: a variable that refers to it, or else one from which it can be reached.</summary>
    public static Cell? Find(FlowState state, AllocationObject allocation)
    {
        Cell? variable = null;
        Cell? heap = null;
        List<Cell>? others = null;

        // By their number, so that the one that was met first is found.
        foreach (var stored in state.Cells)
        {
            var (cell, value) = (stored.Cell, stored.Value);
            if (cell is CaptureCell or ResultCell)
            {
                continue;
            }

            if (!value.Contains(allocation))
            {
                if (cell is not HeapCell && !value.IsEmpty)
                {
                    (others ??= []).Add(cell);
                }
            }
            else if (cell is HeapCell)
            {
                heap ??= cell;
            }
            else
            {
                variable ??= cell;
            }
        }

        if (variable is not null)
        {
            return variable;
        }

        foreach (var cell in others ?? [])
        {
            if (state.Closure(state.ReadWhole(cell)).Contains(allocation))
            {
                return cell;
            }
        }

        return heap;
    }

    /// <summary>
    /// Whether a field holds an allocation: a static one, or an instance field for which <paramref name="counts"/>. Then
    /// the field is the storage, and a local only another name for it.
    /// </summary>
    public static bool IsHeldByField(SpawnEvent spawn, AllocationObject allocation, Func<ISymbol, bool> counts, Func<ISymbol, bool> isFound)
    {
        var state = spawn.State;
        foreach (var stored in state.Cells)
        {
            if (!stored.Value.IsEmpty && IsField(stored.Cell, spawn, counts, isFound) && state.Closure(stored.Value).Contains(allocation))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether storage is, or hangs on, a field that counts; of an object that the body made, a field that was found of the type that spawns.</summary>
    private static bool IsField(Cell cell, SpawnEvent spawn, Func<ISymbol, bool> counts, Func<ISymbol, bool> isFound)
    {
        if (cell is HeapCell { Owner: not InitialObject, Field: { ContainingType: { } type } own })
        {
            return counts(own) && isFound(own) && spawn.Spawn.Callees.Any(callee => TypeRelations.AreRelated(callee.ContainingType, type));
        }

        return FieldsOf(cell).Any(counts);
    }

    /// <summary>The fields and automatic properties on the way to a cell, from the innermost outwards.</summary>
    public static IEnumerable<ISymbol> FieldsOf(Cell cell)
    {
        for (Cell? at = cell; at is not null;)
        {
            switch (at)
            {
                case ComponentCell component:
                    at = component.Parent;
                    break;
                case VariableCell { Symbol: IFieldSymbol or IPropertySymbol or IEventSymbol } variable:
                    yield return variable.Symbol;
                    yield break;
                case HeapCell heap:
                    if (heap.Field is { } field)
                    {
                        yield return field;
                    }

                    at = (heap.Owner as InitialObject)?.Cell;
                    break;
                default:
                    yield break;
            }
        }
    }

    /// <summary>Which fields hold nothing any more at a spawn of what they held at first.</summary>
    public static void FindReleasedFields(FlowState state, MemoryModel model, SpawnEvent spawn)
    {
        HashSet<ISymbol>? held = null;
        foreach (var initial in model.Initials)
        {
            var isGone = IsGone(state, initial);
            if (FieldOf(initial.Cell) is { } field)
            {
                if (isGone)
                {
                    spawn.ReleasedFields.Add(field);
                }
                else
                {
                    (held ??= new HashSet<ISymbol>(SymbolEqualityComparer.Default)).Add(field);
                }
            }

            // Of an object, or a collection, that stays there: one that was disposed of, or cleared.
            if ((isGone || state.FateOf(initial) == Fates.Disposed) && state.FateOf(initial) != Fates.None)
            {
                foreach (var outer in FieldsOf(initial.Cell))
                {
                    spawn.EmptiedFields.Add(outer);
                }
            }
        }

        if (held is not null)
        {
            spawn.ReleasedFields.ExceptWith(held);
        }
    }

    private static bool IsGone(FlowState state, InitialObject initial)
    {
        const Fates There = Fates.Charged | Fates.Dropped | Fates.Pooled | Fates.Disposed;
        return (state.FateOf(initial) & There) == 0 && state.Read(initial.Cell).Items.All(item => (state.FateOf(item) & There) == 0);
    }

    /// <summary>The field or automatic property that a cell is, of any object.</summary>
    public static ISymbol? FieldOf(Cell cell) => cell switch
    {
        VariableCell { Symbol: IFieldSymbol or IPropertySymbol or IEventSymbol } variable => variable.Symbol,
        HeapCell { Owner: InitialObject, Field: { } field } => field,
        ComponentCell component => FieldOf(component.Parent),
        _ => null,
    };
}
