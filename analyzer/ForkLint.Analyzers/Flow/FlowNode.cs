using System.Collections.Immutable;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>A basic block, once for each way a finally block around it was entered.</summary>
internal sealed class FlowNode(int id, BasicBlock block, FinallyContext? context)
{
    /// <summary>The position in the graph's table: dense, from 0.</summary>
    public int Id { get; } = id;

    /// <summary>The block.</summary>
    public BasicBlock Block { get; } = block;

    /// <summary>Where the enclosing finally block goes on to, or <see langword="null"/> outside of one.</summary>
    public FinallyContext? Context { get; } = context;

    /// <summary>The node of the same block in the context that was met before this one.</summary>
    public FlowNode? Sibling { get; init; }

    /// <summary>Whether something in it never returns, so that none of <see cref="Successors"/> is taken.</summary>
    public bool IsEnd { get; set; }

    /// <summary>The ordinary ways out, once they were asked for.</summary>
    public FlowEdge[]? Successors { get; set; }

    /// <summary>Where an exception goes, once that was asked for.</summary>
    public FlowNode[]? Handlers { get; set; }

    /// <summary>Orders nodes by their place in the body.</summary>
    public static int Compare(FlowNode one, FlowNode other) =>
        one.Block.Ordinal != other.Block.Ordinal ? one.Block.Ordinal.CompareTo(other.Block.Ordinal) : one.Id.CompareTo(other.Id);
}

/// <summary>Why a finally block runs. Kept apart, so that what holds when an exception passes through is not taken for what holds when the try block ended well.</summary>
/// <param name="Region">The finally region.</param>
/// <param name="Destination">The block that comes after it and the outer finally blocks, or <see langword="null"/> while an exception is on its way.</param>
/// <param name="Outer">The context around the whole statement, where it stands in a finally block itself.</param>
internal sealed record FinallyContext(ControlFlowRegion Region, BasicBlock? Destination, FinallyContext? Outer);

/// <summary>A way from one node to another.</summary>
/// <param name="Target">Where it leads.</param>
/// <param name="Ended">The locals whose scope ends on the way.</param>
/// <param name="WhenTrue">What the condition of the source block is on this way; <see langword="null"/> where it has none.</param>
/// <param name="Returns">Whether the value of the source block is returned on this way.</param>
internal sealed record FlowEdge(FlowNode Target, ImmutableArray<ControlFlowRegion> Ended, bool? WhenTrue, bool Returns);
