using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;

namespace ForkLint.Analyzers.Rules;

/// <summary>
/// Findings that a reader would fix together are reported once: large elements of a collection, which holds at least their sum, and a variable's
/// alternatives, of which it holds one.
/// </summary>
internal static class CollectionVerdicts
{
    /// <summary>Joins the verdicts on elements that only their collection holds and on what one variable holds; all others stay as they are.</summary>
    public static List<Verdict> Join(IEnumerable<Verdict> verdicts)
    {
        var result = new List<Verdict>();
        var positions = new Dictionary<(string, Microsoft.CodeAnalysis.SyntaxNode, object), int>();
        foreach (var verdict in verdicts)
        {
            var collection = CollectionOf(verdict);
            if (((object?)collection ?? VariableOf(verdict) ?? ReaderOf(verdict)) is not { } holder)
            {
                result.Add(verdict);
                continue;
            }

            var key = (verdict.RuleId, verdict.Spawn.Call.Syntax, holder);
            if (positions.TryGetValue(key, out var position))
            {
                var known = result[position];
                result[position] = collection is null ? Choose(known, verdict) : With(known, verdict, AllocationSize.AtLeast(Saturating.Plus(known.Size.Bytes, verdict.Size.Bytes)));
            }
            else
            {
                positions.Add(key, result.Count);
                result.Add(verdict);
            }
        }

        return SameText.Resolve(result);
    }

    /// <summary>Of a choice of sizes the smallest, as at least.</summary>
    private static Verdict Choose(Verdict first, Verdict second) => With(first, second, first.Size == second.Size || !first.Size.IsKnown || !second.Size.IsKnown
        ? first.Size
        : AllocationSize.AtLeast(Math.Min(first.Size.Bytes, second.Size.Bytes)));

    private static Verdict With(Verdict first, Verdict second, AllocationSize size) => first with
    {
        Size = size,
        Parts = [.. first.Parts, second.Allocation, .. second.Parts],
        Others = [.. first.Others, .. second.Others.Where(other => !first.Others.Any(known => known.Call.Syntax == other.Call.Syntax))],
    };

    /// <summary>A holder of something of unknown size: how many of them it holds says nothing to the reader.</summary>
    private static object? ReaderOf(Verdict verdict) => verdict switch
    {
        { Size.IsKnown: true } => null,
        { Holder: HeapCell { Member: var member } } => member,
        { Holder: var holder } => holder,
    };

    /// <summary>The local or parameter that holds an allocation itself.</summary>
    private static VariableCell? VariableOf(Verdict verdict) =>
        verdict is { Holder: VariableCell holder, Size.Certainty: not SizeCertainty.Measured }
        && verdict.Spawn.Held.ContainsKey(verdict.Allocation)
        && verdict.Spawn.State.Read(holder).Contains(verdict.Allocation)
            ? holder
            : null;

    /// <summary>The collection that holds an allocation as an element, and is the only way to it; of a choice of elements only one is there.</summary>
    private static MemoryObject? CollectionOf(Verdict verdict)
    {
        if (verdict.Holder is not { } holder
            || !verdict.Size.IsKnown
            || !verdict.Spawn.Held.ContainsKey(verdict.Allocation)
            || LoopRepetition.IsChosen(verdict.Allocation.Site.Syntax))
        {
            return null;
        }

        var state = verdict.Spawn.State;
        var held = state.Read(holder);
        if (held.Contains(verdict.Allocation))
        {
            return null;
        }

        foreach (var collection in held)
        {
            foreach (var member in collection.Members)
            {
                if (member.Member is ElementKey && state.Closure(state.Read(member)).Contains(verdict.Allocation))
                {
                    return collection;
                }
            }
        }

        return null;
    }
}
