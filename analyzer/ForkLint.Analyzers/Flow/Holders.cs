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
    public static bool IsHeldByField(FlowState state, AllocationObject allocation, Func<ISymbol, bool> counts)
    {
        foreach (var stored in state.Cells)
        {
            var storage = stored.Cell is HeapCell { Member: ElementKey, Owner: InitialObject { Cell: var collection } } ? collection : stored.Cell;
            if (!stored.Value.IsEmpty && FieldOf(storage) is { } field && counts(field) && state.Closure(stored.Value).Contains(allocation))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Fields that hold nothing at this point, and whose former content was given back.</summary>
    public static void FindReleasedFields(FlowState state, MemoryModel model, HashSet<ISymbol> released)
    {
        HashSet<ISymbol>? held = null;
        foreach (var initial in model.Initials)
        {
            if (FieldOf(initial.Cell) is not { } field)
            {
                continue;
            }

            var isEmpty = true;
            foreach (var item in state.Read(initial.Cell))
            {
                isEmpty &= (state.FateOf(item) & (Fates.Charged | Fates.Dropped | Fates.Pooled)) == 0;
            }

            if (isEmpty && (state.FateOf(initial) & (Fates.Charged | Fates.Dropped | Fates.Pooled)) == 0)
            {
                released.Add(field);
            }
            else
            {
                (held ??= new HashSet<ISymbol>(SymbolEqualityComparer.Default)).Add(field);
            }
        }

        if (held is not null)
        {
            released.ExceptWith(held);
        }
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
