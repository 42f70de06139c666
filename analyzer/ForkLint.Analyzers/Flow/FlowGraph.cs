using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
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
}

/// <summary>
/// Why a finally block runs. Kept apart, so that what holds when an exception passes through is not taken for what
/// holds when the try block ended well.
/// </summary>
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

/// <summary>
/// Roslyn's control flow graph with the ways it leaves implicit made plain: through finally blocks (which are not in the
/// successor chain), and from every point of a try block to its handlers (which have no predecessor).
/// </summary>
internal sealed class FlowGraph
{
    private readonly Dictionary<(int Block, int Context), FlowNode> _nodes = [];
    private readonly Dictionary<(ControlFlowRegion, BasicBlock?, FinallyContext?), FinallyContext> _contexts = [];
    private readonly Dictionary<FinallyContext, int> _contextIds = [];
    private readonly Dictionary<FlowNode, ImmutableArray<FlowEdge>> _successors = [];
    private readonly Dictionary<FlowNode, ImmutableArray<FlowNode>> _handlers = [];
    private readonly Dictionary<ILocalSymbol, ControlFlowRegion> _scopes = new(SymbolEqualityComparer.Default);

    /// <summary>Wraps a graph of the compiler.</summary>
    public FlowGraph(ControlFlowGraph graph)
    {
        Graph = graph;
        Entry = Node(graph.Blocks[0], null);
        CollectScopes(graph.Root);
    }

    /// <summary>The compiler's graph.</summary>
    public ControlFlowGraph Graph { get; }

    /// <summary>Where the body begins.</summary>
    public FlowNode Entry { get; }

    /// <summary>All nodes seen so far.</summary>
    public IReadOnlyCollection<FlowNode> Nodes => _nodes.Values;

    /// <summary>Whether a local is in scope at a block.</summary>
    public bool IsInScope(ILocalSymbol local, BasicBlock block) => !_scopes.TryGetValue(local, out var scope) || Contains(scope, block);

    /// <summary>The ordinary ways out of a node.</summary>
    public ImmutableArray<FlowEdge> Successors(FlowNode node)
    {
        if (!_successors.TryGetValue(node, out var edges))
        {
            var found = ImmutableArray.CreateBuilder<FlowEdge>();
            var block = node.Block;
            if (block.ConditionalSuccessor is { } conditional)
            {
                // "while (true)" is left only where its body leaves it.
                var whenTrue = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
                var always = block.BranchValue?.ConstantValue is { HasValue: true, Value: bool constant } ? constant : (bool?)null;
                if (always != !whenTrue)
                {
                    Follow(node, conditional, whenTrue, found);
                }

                if (always != whenTrue && block.FallThroughSuccessor is { } other)
                {
                    Follow(node, other, !whenTrue, found);
                }
            }
            else if (block.FallThroughSuccessor is { } next)
            {
                Follow(node, next, null, found);
            }

            _successors.Add(node, edges = found.ToImmutable());
        }

        return edges;
    }

    /// <summary>Where an exception at any point of a node goes.</summary>
    public ImmutableArray<FlowNode> Handlers(FlowNode node)
    {
        if (!_handlers.TryGetValue(node, out var handlers))
        {
            var found = ImmutableArray.CreateBuilder<FlowNode>();
            AddHandlers(node.Block.EnclosingRegion, node.Context, found);
            _handlers.Add(node, handlers = found.ToImmutable());
        }

        return handlers;
    }

    private void Follow(FlowNode node, ControlFlowBranch branch, bool? whenTrue, ImmutableArray<FlowEdge>.Builder found)
    {
        var context = node.Context;
        if (branch.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling)
        {
            if (context is not null && Contains(context.Region, node.Block))
            {
                LeaveFinally(context, whenTrue, found);
            }

            return;
        }

        if (branch.Destination is not { } destination || !destination.IsReachable)
        {
            return;
        }

        var returns = branch.Semantics == ControlFlowBranchSemantics.Return;
        if (branch.FinallyRegions.IsDefaultOrEmpty)
        {
            found.Add(new FlowEdge(Node(destination, context), branch.LeavingRegions, whenTrue, returns));
            return;
        }

        var first = branch.FinallyRegions[0];
        var inside = branch.LeavingRegions.RemoveAll(region => !IsNested(region, first.EnclosingRegion));
        found.Add(new FlowEdge(Enter(first, destination, context), inside, whenTrue, returns));
    }

    private void LeaveFinally(FinallyContext context, bool? whenTrue, ImmutableArray<FlowEdge>.Builder found)
    {
        var statement = context.Region.EnclosingRegion;
        if (context.Destination is not { } destination)
        {
            var handlers = ImmutableArray.CreateBuilder<FlowNode>();
            AddHandlers(Outer(statement), context.Outer, handlers);
            found.AddRange(handlers.Select(handler => new FlowEdge(handler, Ended(context.Region, handler.Block), whenTrue, false)));
            return;
        }

        // The next finally block on the way to the destination, if there is one.
        for (var region = Outer(statement); region is not null && !Contains(region, destination); region = Outer(region))
        {
            if (region.Kind == ControlFlowRegionKind.TryAndFinally
                && region.NestedRegions is [var tried, var last]
                && IsNested(context.Region, tried))
            {
                found.Add(new FlowEdge(Enter(last, destination, context.Outer), ImmutableArray<ControlFlowRegion>.Empty, whenTrue, false));
                return;
            }
        }

        found.Add(new FlowEdge(Node(destination, context.Outer), Ended(context.Region, destination), whenTrue, false));
    }

    private void AddHandlers(ControlFlowRegion? region, FinallyContext? context, ImmutableArray<FlowNode>.Builder found)
    {
        for (; region is not null; region = Outer(region))
        {
            if (context is not null && ReferenceEquals(region, context.Region))
            {
                // An exception inside a finally block replaces whatever was on its way.
                context = context.Outer;
                continue;
            }

            if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { } statement)
            {
                continue;
            }

            if (statement.Kind == ControlFlowRegionKind.TryAndFinally)
            {
                found.Add(Enter(statement.NestedRegions[1], null, context));
                return;
            }

            var catchesAll = false;
            foreach (var handler in statement.NestedRegions.Skip(1))
            {
                found.Add(Node(Graph.Blocks[handler.FirstBlockOrdinal], context));
                catchesAll |= handler.Kind == ControlFlowRegionKind.Catch
                    && handler.ExceptionType is null or { SpecialType: SpecialType.System_Object } or { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
            }

            if (catchesAll)
            {
                return;
            }
        }
    }

    private FlowNode Enter(ControlFlowRegion region, BasicBlock? destination, FinallyContext? outer)
    {
        if (!_contexts.TryGetValue((region, destination, outer), out var context))
        {
            _contexts.Add((region, destination, outer), context = new FinallyContext(region, destination, outer));
            _contextIds.Add(context, _contextIds.Count + 1);
        }

        return Node(Graph.Blocks[region.FirstBlockOrdinal], context);
    }

    private FlowNode Node(BasicBlock block, FinallyContext? context)
    {
        var key = (block.Ordinal, context is null ? 0 : _contextIds[context]);
        if (!_nodes.TryGetValue(key, out var node))
        {
            _nodes.Add(key, node = new FlowNode(_nodes.Count, block, context));
        }

        return node;
    }

    private void CollectScopes(ControlFlowRegion region)
    {
        foreach (var local in region.Locals)
        {
            _scopes[local] = region;
        }

        foreach (var nested in region.NestedRegions)
        {
            CollectScopes(nested);
        }
    }

    /// <summary>The region around one, within this graph: that of a lambda or local function hangs in the graph around it.</summary>
    private ControlFlowRegion? Outer(ControlFlowRegion? region) =>
        region is null || ReferenceEquals(region, Graph.Root) ? null : region.EnclosingRegion;

    private ImmutableArray<ControlFlowRegion> Ended(ControlFlowRegion from, BasicBlock to)
    {
        var ended = ImmutableArray.CreateBuilder<ControlFlowRegion>();
        for (var region = from; region is not null && !Contains(region, to); region = Outer(region))
        {
            ended.Add(region);
        }

        return ended.ToImmutable();
    }

    private static bool Contains(ControlFlowRegion region, BasicBlock block) =>
        region.FirstBlockOrdinal <= block.Ordinal && block.Ordinal <= region.LastBlockOrdinal;

    private static bool IsNested(ControlFlowRegion inner, ControlFlowRegion? outer)
    {
        for (var region = inner.EnclosingRegion; region is not null; region = region.EnclosingRegion)
        {
            if (ReferenceEquals(region, outer))
            {
                return true;
            }
        }

        return ReferenceEquals(inner, outer);
    }
}
