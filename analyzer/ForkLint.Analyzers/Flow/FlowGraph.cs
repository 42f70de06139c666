using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>
/// Roslyn's control flow graph with the ways it leaves implicit made plain: through finally blocks (which are not in the
/// successor chain), and from every point of a try block to its handlers (which have no predecessor).
/// </summary>
internal sealed class FlowGraph
{
    private readonly List<FlowNode> _nodes;

    // By block: its node that was met last, from which the others of the block hang.
    private readonly FlowNode?[] _ofBlock;
    private Dictionary<ControlFlowRegion, List<FinallyContext>>? _contexts;
    private Dictionary<ILocalSymbol, ControlFlowRegion>? _scopes;

    /// <summary>Wraps a graph of the compiler.</summary>
    public FlowGraph(ControlFlowGraph graph)
    {
        Graph = graph;
        _nodes = new List<FlowNode>(graph.Blocks.Length);
        _ofBlock = new FlowNode?[graph.Blocks.Length];
        Entry = Node(graph.Blocks[0], null);
    }

    /// <summary>The compiler's graph.</summary>
    public ControlFlowGraph Graph { get; }

    /// <summary>Where the body begins.</summary>
    public FlowNode Entry { get; }

    /// <summary>All nodes seen so far, by <see cref="FlowNode.Id"/>.</summary>
    public IReadOnlyList<FlowNode> Nodes => _nodes;

    /// <summary>Whether a local is in scope at a block.</summary>
    public bool IsInScope(ILocalSymbol local, BasicBlock block)
    {
        if (_scopes is null)
        {
            _scopes = new(SymbolEqualityComparer.Default);
            CollectScopes(Graph.Root, _scopes);
        }

        return !_scopes.TryGetValue(local, out var scope) || Contains(scope, block);
    }

    /// <summary>The ordinary ways out of a node.</summary>
    public FlowEdge[] Successors(FlowNode node) => node.Successors ??= FindSuccessors(node);

    /// <summary>Where an exception at any point of a node goes.</summary>
    public FlowNode[] Handlers(FlowNode node)
    {
        if (node.Handlers is null)
        {
            List<FlowNode>? found = null;
            AddHandlers(node.Block.EnclosingRegion, node.Context, ref found);
            node.Handlers = found is null ? [] : [.. found];
        }

        return node.Handlers;
    }

    private FlowEdge[] FindSuccessors(FlowNode node)
    {
        var block = node.Block;
        if (block.ConditionalSuccessor is not { } conditional)
        {
            return block.FallThroughSuccessor is { } next ? Follow(node, next, null) : [];
        }

        // "while (true)" is left only where its body leaves it.
        var whenTrue = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
        var always = block.BranchValue?.ConstantValue is { HasValue: true, Value: bool constant } ? constant : (bool?)null;
        var taken = always != !whenTrue ? Follow(node, conditional, whenTrue) : [];
        var other = always != whenTrue && block.FallThroughSuccessor is { } fallThrough ? Follow(node, fallThrough, !whenTrue) : [];
        return taken.Length == 0 ? other : other.Length == 0 ? taken : [.. taken, .. other];
    }

    private FlowEdge[] Follow(FlowNode node, ControlFlowBranch branch, bool? whenTrue)
    {
        var context = node.Context;
        if (branch.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling)
        {
            return context is not null && Contains(context.Region, node.Block) ? LeaveFinally(context, whenTrue) : [];
        }

        if (branch.Destination is not { } destination || !destination.IsReachable)
        {
            return [];
        }

        var returns = branch.Semantics == ControlFlowBranchSemantics.Return;
        if (branch.FinallyRegions.IsDefaultOrEmpty)
        {
            return [new FlowEdge(Node(destination, context), branch.LeavingRegions, whenTrue, returns)];
        }

        var first = branch.FinallyRegions[0];
        return [new FlowEdge(Enter(first, destination, context), Within(first.EnclosingRegion, branch.LeavingRegions), whenTrue, returns)];
    }

    private FlowEdge[] LeaveFinally(FinallyContext context, bool? whenTrue)
    {
        var statement = context.Region.EnclosingRegion;
        if (context.Destination is not { } destination)
        {
            List<FlowNode>? handlers = null;
            AddHandlers(Outer(statement), context.Outer, ref handlers);
            return handlers is null ? [] : [.. handlers.Select(handler => new FlowEdge(handler, Ended(context.Region, handler.Block), whenTrue, Returns: false))];
        }

        // The next finally block on the way to the destination, if there is one.
        for (var region = Outer(statement); region is not null && !Contains(region, destination); region = Outer(region))
        {
            if (region.Kind == ControlFlowRegionKind.TryAndFinally
                && region.NestedRegions is [var tried, var last]
                && IsNested(context.Region, tried))
            {
                return [new FlowEdge(Enter(last, destination, context.Outer), ImmutableArray<ControlFlowRegion>.Empty, whenTrue, Returns: false)];
            }
        }

        return [new FlowEdge(Node(destination, context.Outer), Ended(context.Region, destination), whenTrue, Returns: false)];
    }

    private void AddHandlers(ControlFlowRegion? region, FinallyContext? context, ref List<FlowNode>? found)
    {
        for (; region is not null; region = Outer(region))
        {
            if (context is not null && ReferenceEquals(region, context.Region))
            {
                // An exception inside a finally block replaces the one that was on its way.
                context = context.Outer;
                continue;
            }

            if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { } statement)
            {
                continue;
            }

            if (statement.Kind == ControlFlowRegionKind.TryAndFinally)
            {
                (found ??= []).Add(Enter(statement.NestedRegions[1], null, context));
                return;
            }

            var catchesAll = false;
            for (var i = 1; i < statement.NestedRegions.Length; i++)
            {
                var handler = statement.NestedRegions[i];
                (found ??= []).Add(Node(Graph.Blocks[handler.FirstBlockOrdinal], context));
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
        _contexts ??= [];
        var contexts = _contexts.GetOrAdd(region);
        var context = contexts.Find(known => ReferenceEquals(known.Destination, destination) && ReferenceEquals(known.Outer, outer));
        if (context is null)
        {
            contexts.Add(context = new FinallyContext(region, destination, outer));
        }

        return Node(Graph.Blocks[region.FirstBlockOrdinal], context);
    }

    private FlowNode Node(BasicBlock block, FinallyContext? context)
    {
        var last = _ofBlock[block.Ordinal];
        var node = last;
        while (node is not null && !ReferenceEquals(node.Context, context))
        {
            node = node.Sibling;
        }

        if (node is null)
        {
            _nodes.Add(node = _ofBlock[block.Ordinal] = new FlowNode(_nodes.Count, block, context) { Sibling = last });
        }

        return node;
    }

    private static void CollectScopes(ControlFlowRegion region, Dictionary<ILocalSymbol, ControlFlowRegion> scopes)
    {
        foreach (var local in region.Locals)
        {
            scopes[local] = region;
        }

        foreach (var nested in region.NestedRegions)
        {
            CollectScopes(nested, scopes);
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

    private static ImmutableArray<ControlFlowRegion> Within(ControlFlowRegion? outer, ImmutableArray<ControlFlowRegion> regions) =>
        regions.RemoveAll(region => !IsNested(region, outer));

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
