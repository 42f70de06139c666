using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using static ForkLint.Analyzers.Flow.LoopConditions;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Loops that end only when every element of a collection was visited, or taken out of it.</summary>
internal sealed class LoopRounds(Evaluators all) : Evaluator(all)
{
    // How a round of each loop ends.
    private readonly Dictionary<FlowNode, FlowState> _rounds = [];

    /// <summary>A round comes back to a loop.</summary>
    public void ComeBack(FlowNode target, FlowState state)
    {
        var head = HeadOf(target);
        if (_rounds.TryGetValue(head, out var round))
        {
            round.MergeFrom(state);
        }
        else
        {
            _rounds.Add(head, state.Clone());
        }
    }

    /// <summary>Whether an edge is the way out of such a loop of which no round has come back yet: only then is known what it says.</summary>
    public bool LeavesTooEarly(FlowEdge edge, FlowNode loop) => !_rounds.ContainsKey(loop)
        && loop.Block.BranchValue is { } condition && edge.WhenTrue is { } outcome && Visited(condition, outcome, Graph.Graph) is not null;

    /// <summary>The node that asks whether there is another round: a variable of the condition puts an empty one before it.</summary>
    private FlowNode HeadOf(FlowNode target)
    {
        for (var steps = 0; steps < 8 && target.Block is { Operations.IsEmpty: true, BranchValue: null } && Graph.Successors(target) is [var only]; steps++)
        {
            target = only.Target;
        }

        return target;
    }

    /// <summary>
    /// Where a loop over all elements ends, each of them was visited: what every round gives back of its element is given back of all. A
    /// collection of none has nothing to give back.
    /// </summary>
    public void AssumeAllVisited(FlowState state, FlowState before, FlowNode loop, IOperation visited)
    {
        if (!_rounds.TryGetValue(loop, out var round))
        {
            return;
        }

        var elements = ObjectSet.Empty;
        foreach (var collection in BodyState.Read(CellsOf(Unconverted(visited)), before))
        {
            foreach (var member in collection.Members.Where(static member => member.Member is ElementKey).ToList())
            {
                elements = elements.Union(before.Read(member));
                if (round.Knows(member) && round.Read(member).IsEmpty)
                {
                    state.Write(member, default);
                }
            }
        }

        foreach (var item in before.Closure(elements))
        {
            if (item is AllocationObject or InitialObject && (round.FateOf(item) & Fates.Charged) == 0 && (state.FateOf(item) & Fates.Charged) != 0)
            {
                state.SetFate(item, round.FateOf(item));
            }
        }
    }
}
