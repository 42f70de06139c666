using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>When memory begins, ends, leaves a collection, or is there while the method waits and when it has ended.</summary>
internal sealed class Lifetimes(Evaluators all) : Evaluator(all)
{
    /// <summary>A collection, or an array, has no elements any more.</summary>
    public void Clear(MemoryObject collection)
    {
        Body.Write(Model.Heap(collection, ElementKey.Unknown), default);
        foreach (var member in collection.Members.Where(member => member.Member is ElementKey).ToList())
        {
            Body.Write(member, default);
        }
    }

    /// <summary>Objects come to their end.</summary>
    public void End(ObjectSet objects, Fates fate)
    {
        foreach (var item in objects)
        {
            if (State.FateOf(item) != Fates.None)
            {
                Body.SetFate(item, fate);
            }
        }
    }

    /// <summary>An aggressive collection gives back what nothing holds.</summary>
    public void Collect(FlowState state, ObjectSet alsoHeld)
    {
        var reachable = state.Reachable(alsoHeld);
        foreach (var item in Model.Objects)
        {
            var fate = state.FateOf(item);
            if (item is AllocationObject { IsManaged: true } && (fate & (Fates.Charged | Fates.Dropped)) != 0)
            {
                if (!reachable.Contains(item))
                {
                    fate = (fate & ~Fates.Charged) | Fates.Gone;
                }

                state.SetFate(item, (fate & Fates.Dropped) == 0 ? fate : (fate & ~Fates.Dropped) | Fates.Gone);
            }
            else if (item is InitialObject && !reachable.Contains(item) && (fate & (Fates.Charged | Fates.Dropped)) != 0)
            {
                state.SetFate(item, (fate & ~(Fates.Charged | Fates.Dropped)) | Fates.GoneUnlessHeldByCaller);
            }
        }
    }

    /// <summary>An allocation is made.</summary>
    public void Born(AllocationObject made, Fates fate)
    {
        // The one that the last round of a loop made is another object.
        Body.Record(FlowEventKind.Birth, ObjectSet.Of(made));
        Body.SetFate(made, fate);
    }

    /// <summary>A new object has no members yet, even if the one of the last round had some.</summary>
    public void ForgetMembers(MemoryObject made)
    {
        foreach (var member in made.Members)
        {
            if (State.Knows(member))
            {
                Body.Write(member, default);
            }
        }
    }

    /// <summary>Each run of the allocation adds to these collections.</summary>
    public void Collected(ObjectSet collections, ObjectSet elements)
    {
        if (Facts is null || collections.IsEmpty || elements.IsEmpty)
        {
            return;
        }

        foreach (var allocation in State.Closure(elements).Items.OfType<AllocationObject>())
        {
            allocation.AddCollectors(collections);
        }
    }

    /// <summary>An element leaves some collections.</summary>
    public void RemoveElement(ObjectSet collections, ObjectSet removed)
    {
        foreach (var collection in collections)
        {
            foreach (var member in collection.Members.Where(member => member.Member is ElementKey).ToList())
            {
                // Which one goes is only known where there is but one, or where it is named.
                var value = State.Read(member);
                if (value.Single is not InitialObject)
                {
                    Body.Write(member, value.Count <= 1 ? default : value.Where(item => !removed.Contains(item)));
                }
            }
        }
    }

    /// <summary>The method waits here; what is still held is held for as long as the child takes.</summary>
    /// <param name="isCallers">Whether it returns a task, for its caller to wait: its own variables are gone by then.</param>
    public void Wait(bool isCallers = false)
    {
        if (Events is not null)
        {
            var reachable = Model.Allocations.Count == 0 ? null : State.Reachable();
            var held = isCallers ? [] : Model.Allocations.FindAll(allocation =>
                (State.FateOf(allocation) & Fates.Charged) != 0 && (!allocation.IsManaged || reachable!.Contains(allocation)));
            Events.Add(new FlowEvent(FlowEventKind.Wait, ObjectSet.Of(held)));
        }
    }

    /// <summary>What a caller finds in the objects that it passed, and in its own variables, when the body has ended: it may use that.</summary>
    public ObjectSet HandedOut()
    {
        var handed = ObjectSet.Empty;
        if (Model.Allocations.Count > 0)
        {
            foreach (var stored in State.Cells)
            {
                if (!stored.Value.IsEmpty && IsOfArgument(stored.Cell))
                {
                    handed = handed.Union(State.Closure(stored.Value).Where(static item => item is AllocationObject));
                }
            }
        }

        return handed;
    }

    private static bool IsOfArgument(Cell cell)
    {
        var isPassedOn = false;
        for (Cell? at = cell; at is not null;)
        {
            switch (at)
            {
                case ComponentCell component:
                    at = component.Parent;
                    break;
                case HeapCell { Owner: InitialObject owner }:
                    isPassedOn = true;
                    at = owner.Cell;
                    break;
                case VariableCell { Symbol: IParameterSymbol parameter }:
                    return isPassedOn || parameter.RefKind is RefKind.Ref or RefKind.Out;
                default:
                    return false;
            }
        }

        return false;
    }
}
