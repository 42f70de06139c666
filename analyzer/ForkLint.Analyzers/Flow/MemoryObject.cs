using System.Collections.Immutable;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>
/// What a reference can point to, as the flow analysis tells things apart: one object per place in the source that makes it,
/// not per run of that place. Interned by a <see cref="MemoryModel"/>, so identity is equality.
/// </summary>
internal abstract class MemoryObject(int id)
{
    // Above this many members they are looked up by hash.
    private const int FewMembers = 8;

    private static readonly List<HeapCell> NoMembers = [];
    private static readonly HashSet<SyntaxNode> NoRemovals = [];

    private List<HeapCell>? _members;
    private Dictionary<object, HeapCell>? _byMember;
    private HashSet<SyntaxNode>? _removals;
    private MemoryObject[]? _alone;

    /// <summary>The position in the model's table: dense, from 0.</summary>
    public int Id { get; } = id;

    /// <summary>The members and elements of this object that anything was stored in so far.</summary>
    public List<HeapCell> Members => _members ?? NoMembers;

    /// <summary>The calls that take elements out of this object.</summary>
    public HashSet<SyntaxNode> Removals => _removals ?? NoRemovals;

    /// <summary>The items of the set of this object alone. It is never written to.</summary>
    public MemoryObject[] Alone => _alone ??= [this];

    /// <summary>The last walk over the model's objects that came here: see <see cref="MemoryModel.NextVisit"/>.</summary>
    public int Visit { get; set; }

    /// <summary>The cell of a member or element, if there is one.</summary>
    public HeapCell? Find(object member)
    {
        if (_byMember is not null)
        {
            return _byMember.TryGetValue(member, out var known) ? known : null;
        }

        foreach (var cell in Members)
        {
            if (MemberComparer.AreSame(cell.Member, member))
            {
                return cell;
            }
        }

        return null;
    }

    /// <summary>Adds the cell of a member or element.</summary>
    public void Add(HeapCell cell)
    {
        (_members ??= []).Add(cell);
        if (_byMember is null && _members.Count > FewMembers)
        {
            _byMember = new Dictionary<object, HeapCell>(MemberComparer.Instance);
            foreach (var member in _members)
            {
                _byMember.Add(member.Member, member);
            }
        }
        else
        {
            _byMember?.Add(cell.Member, cell);
        }
    }

    /// <summary>Remembers a call that takes an element out of this object.</summary>
    public void AddRemoval(SyntaxNode call) => (_removals ??= []).Add(call);

    private sealed class MemberComparer : IEqualityComparer<object>
    {
        public static MemberComparer Instance { get; } = new();

        public static bool AreSame(object x, object y) =>
            x is ISymbol symbol ? SymbolEqualityComparer.Default.Equals(symbol, y as ISymbol) : x.Equals(y);

        bool IEqualityComparer<object>.Equals(object x, object y) => AreSame(x, y);

        int IEqualityComparer<object>.GetHashCode(object member) =>
            member is ISymbol symbol ? SymbolEqualityComparer.Default.GetHashCode(symbol) : member.GetHashCode();
    }
}

/// <summary>A call between the body under analysis and the place of an allocation; an allocation's size may depend on its arguments.</summary>
/// <param name="Call">The invocation or object creation.</param>
/// <param name="Target">The method or constructor that it runs.</param>
/// <param name="Body">What is known in the body of <paramref name="Target"/>, before the arguments are bound.</param>
internal sealed record CallFrame(IOperation Call, IMethodSymbol Target, SizeEnvironment Body);

/// <summary>Memory that the body under analysis, or a method it calls, allocated.</summary>
internal sealed class AllocationObject(
    int id, IOperation site, Allocation allocation, SizeEnvironment environment, ImmutableArray<CallFrame> frames) : MemoryObject(id)
{
    private static readonly HashSet<MemoryObject> NoCollectors = [];

    private HashSet<MemoryObject>? _collectors;

    /// <summary>Where this body gets it: the allocating expression, or the call that brought it here.</summary>
    public IOperation Site { get; } = site;

    /// <summary>The allocating expression itself, and what it allocates.</summary>
    public Allocation Allocation { get; } = allocation;

    /// <summary>What is known in the body that <see cref="Site"/> is in.</summary>
    public SizeEnvironment Environment { get; } = environment;

    /// <summary>The calls from this body to the allocating expression, outermost first; empty where it is in this body.</summary>
    public ImmutableArray<CallFrame> Frames { get; } = frames;

    /// <summary>The same allocation as the method sees it that <see cref="Site"/> calls; <see langword="null"/> where this body makes it.</summary>
    public AllocationObject? Origin { get; init; }

    /// <summary>The collections that each run of the allocation adds an element to, and does not replace one.</summary>
    public HashSet<MemoryObject> Collectors => _collectors ?? NoCollectors;

    /// <summary>Remembers collections that each run of the allocation adds an element to.</summary>
    public void AddCollectors(ObjectSet collections) => (_collectors ??= []).UnionWith(collections.Items);

    /// <summary>Whether the garbage collector owns it. Native memory has no holder that could let it go: only a free does.</summary>
    public bool IsManaged => Allocation.Kind is not (AllocationKind.Native or AllocationKind.Mapped);
}

/// <summary>Where an object comes from. The same however often a body is analysed, so that a recursion finds its own objects again and does not make new ones in each round.</summary>
/// <param name="Site">The expression that makes it, or the call that brings it.</param>
/// <param name="Key">Tells apart several that <paramref name="Site"/> makes.</param>
/// <param name="Inner">What it is to the method that <paramref name="Site"/> calls; <see langword="null"/> where the body makes it.</param>
internal sealed record ObjectOrigin(IOperation Site, object? Key, ObjectOrigin? Inner = null)
{
    // Objects from further down, or from round a recursion, are told apart by the expression that makes them alone.
    private const int MaxCalls = 3;

    /// <summary>What names the object in the body of a caller, together with the call.</summary>
    public ObjectOrigin Through(IOperation call)
    {
        var calls = 0;
        var root = this;
        var isRound = false;
        for (; root.Inner is { } inner; root = inner)
        {
            calls++;
            isRound |= ReferenceEquals(root.Site, call);
        }

        return isRound || calls >= MaxCalls ? root : this;
    }
}

/// <summary>An object that holds nothing large by itself, but to which something large may be attached.</summary>
internal class ContainerObject(int id, ObjectOrigin origin, ITypeSymbol? type, bool isExact) : MemoryObject(id)
{
    /// <summary>Which of the objects it is that this body, and the methods it calls, make.</summary>
    public ObjectOrigin Origin { get; } = origin;

    /// <summary>The expression that made it, or the call that brought it here.</summary>
    public IOperation Site => Origin.Site;

    /// <summary>Its type, as far as the expression tells.</summary>
    public ITypeSymbol? Type { get; } = type;

    /// <summary>Whether <see cref="Type"/> is its type exactly, and not a base of it.</summary>
    public bool IsExact { get; } = isExact;
}

/// <summary>A delegate whose target is known, an iterator that was called but not enumerated, or a lazy value's factory.</summary>
internal sealed class DelegateObject(int id, ObjectOrigin origin, IMethodSymbol target, bool isIterator) : ContainerObject(id, origin, null, isExact: false)
{
    /// <summary>The method, lambda or local function that runs when this is invoked, enumerated or forced.</summary>
    public IMethodSymbol Target { get; } = target;

    /// <summary>Whether enumeration runs it, not invocation.</summary>
    public bool IsIterator { get; } = isIterator;
}

/// <summary>A reference to storage, as a field of a <c>ref struct</c> keeps it.</summary>
internal sealed class ReferenceObject(int id, Cell target) : MemoryObject(id)
{
    /// <summary>Where the storage is that a reference which came into the body refers to.</summary>
    public const string Referent = "referent";

    /// <summary>The storage.</summary>
    public Cell Target { get; } = target;

    /// <summary>The object that the storage is part of, which the reference keeps; <see langword="null"/> for a variable.</summary>
    public MemoryObject? Owner { get; } = target.Owner;
}

/// <summary>What a cell that exists outside the body held when the body began: a parameter's argument, a field's content.</summary>
internal sealed class InitialObject(int id, Cell cell) : MemoryObject(id)
{
    /// <summary>The cell that held it.</summary>
    public Cell Cell { get; } = cell;

    /// <summary>How many dereferences away from a variable it is; the model folds what is deeper than a few.</summary>
    public int Depth { get; } = cell.Owner is InitialObject owner ? owner.Depth + 1 : 0;

    /// <summary>The object whose member held it; <see langword="null"/> where a variable did.</summary>
    public InitialObject? Owner { get; } = cell.Owner as InitialObject;

    /// <summary>Whether it is an object, or an element, by itself, and not what stands for all that hangs deeper.</summary>
    public bool IsOne => Depth < MemoryModel.MaxDepth;
}
