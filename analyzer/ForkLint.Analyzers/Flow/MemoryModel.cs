using System.Collections.Immutable;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>The cells and objects that the analysis of one body tells apart.</summary>
internal sealed class MemoryModel
{
    // What hangs off an argument is followed this far; deeper structures fold into their last known part.
    private const int MaxDepth = 3;

    // A body that makes more small objects than this is not followed into all of them: time must stay linear in its length.
    private const int MaxContainers = 400;

    private readonly Dictionary<ISymbol, VariableCell> _variables = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<CaptureId, CaptureCell> _captures = [];
    private readonly Dictionary<(Cell, ISymbol), ComponentCell> _components = new(new ByMember<Cell>());
    private readonly Dictionary<(MemoryObject, object), HeapCell> _heap = new(new ByMember<MemoryObject>());
    private readonly Dictionary<(IOperation, object?), MemoryObject> _made = [];
    private readonly Dictionary<Cell, InitialObject> _initial = [];
    private readonly Func<ISymbol, bool> _isExternal;
    private int _cellCount;
    private int _containerCount;

    /// <param name="isExternal">Whether a variable outlives the body: everything but its own locals.</param>
    public MemoryModel(Func<ISymbol, bool> isExternal)
    {
        _isExternal = isExternal;
        This = new ThisCell(_cellCount++);
        Result = new ResultCell(_cellCount++);
    }

    /// <summary>The receiver.</summary>
    public ThisCell This { get; }

    /// <summary>The returned or yielded value.</summary>
    public ResultCell Result { get; }

    /// <summary>How much was done so far: operations interpreted, cells copied, compared and visited. Tests hold it against a body's length.</summary>
    public long Work { get; private set; }

    /// <summary>How much may be done before <see cref="Spend"/> gives up.</summary>
    public long WorkLimit { get; set; } = long.MaxValue;

    /// <summary>Counts work.</summary>
    /// <exception cref="WorkLimitException">It is more than <see cref="WorkLimit"/>.</exception>
    public void Spend(long work)
    {
        Work += work;
        if (Work > WorkLimit)
        {
            throw new WorkLimitException();
        }
    }

    /// <summary>All objects, by <see cref="MemoryObject.Id"/>.</summary>
    public List<MemoryObject> Objects { get; } = [];

    /// <summary>The objects that were there before the body ran.</summary>
    public List<InitialObject> Initials { get; } = [];

    /// <summary>The allocations of the body.</summary>
    public List<AllocationObject> Allocations { get; } = [];

    /// <summary>The cell of a local, parameter, captured variable or static field.</summary>
    public VariableCell Variable(ISymbol symbol)
    {
        if (!_variables.TryGetValue(symbol, out var cell))
        {
            _variables.Add(symbol, cell = new VariableCell(_cellCount++, _isExternal(symbol), symbol));
        }

        return cell;
    }

    /// <summary>The cell of a compiler temporary.</summary>
    public CaptureCell Capture(CaptureId id)
    {
        if (!_captures.TryGetValue(id, out var cell))
        {
            _captures.Add(id, cell = new CaptureCell(_cellCount++, id));
        }

        return cell;
    }

    /// <summary>A field of the struct in a cell.</summary>
    public ComponentCell Component(Cell parent, ISymbol member)
    {
        if (!_components.TryGetValue((parent, member), out var cell))
        {
            _components.Add((parent, member), cell = new ComponentCell(_cellCount++, parent, member));
            parent.Components.Add(cell);
        }

        return cell;
    }

    /// <summary>A member (a symbol) or an element (an <see cref="ElementKey"/>) of an object.</summary>
    public HeapCell Heap(MemoryObject owner, object member)
    {
        if (owner is InitialObject { Depth: >= MaxDepth, Cell: HeapCell folded })
        {
            return folded;
        }

        if (!_heap.TryGetValue((owner, member), out var cell))
        {
            _heap.Add((owner, member), cell = new HeapCell(_cellCount++, owner, member));
            owner.Members.Add(cell);
        }

        return cell;
    }

    /// <summary>What an external cell held at first.</summary>
    public InitialObject Initial(Cell cell)
    {
        if (!_initial.TryGetValue(cell, out var found))
        {
            found = new InitialObject(Objects.Count, cell);
            Objects.Add(found);
            Initials.Add(found);
            _initial.Add(cell, found);
        }

        return found;
    }

    /// <summary>The object of an allocation; <paramref name="key"/>, the callee's own, tells apart several that one call brings.</summary>
    public AllocationObject Allocation(
        IOperation site, AllocationObject? key, Allocation allocation, SizeEnvironment environment, ImmutableArray<CallFrame> frames)
    {
        if (_made.TryGetValue((site, key), out var known) && known is AllocationObject same)
        {
            return same;
        }

        var made = new AllocationObject(Objects.Count, site, allocation, environment, frames) { Origin = key };
        Objects.Add(made);
        Allocations.Add(made);
        _made[(site, key)] = made;
        return made;
    }

    /// <summary>The object that an expression makes, or <see langword="null"/> in a body that makes too many to follow.</summary>
    public ContainerObject? Container(IOperation site, object? key, ITypeSymbol? type, bool isExact = false) =>
        Made(site, key, (id, origin) => new ContainerObject(id, origin, type, isExact));

    /// <summary>A delegate, an unenumerated iterator or a lazy factory with a known target.</summary>
    public DelegateObject? Delegate(IOperation site, object? key, IMethodSymbol target, bool isIterator = false) =>
        Made(site, key ?? target, (id, origin) => new DelegateObject(id, origin, target, isIterator)) as DelegateObject;

    private ContainerObject? Made(IOperation site, object? key, Func<int, ObjectOrigin, ContainerObject> make)
    {
        if (_made.TryGetValue((site, key), out var known))
        {
            return known as ContainerObject;
        }

        if (_containerCount >= MaxContainers)
        {
            return null;
        }

        _containerCount++;
        var made = make(Objects.Count, key is ObjectOrigin inner ? new ObjectOrigin(site, null, inner) : new ObjectOrigin(site, key));
        Objects.Add(made);
        _made.Add((site, key), made);
        return made;
    }

    private sealed class ByMember<TOwner> : IEqualityComparer<(TOwner Owner, ISymbol Member)>, IEqualityComparer<(TOwner Owner, object Member)>
        where TOwner : class
    {
        public bool Equals((TOwner Owner, ISymbol Member) x, (TOwner Owner, ISymbol Member) y) =>
            ReferenceEquals(x.Owner, y.Owner) && SymbolEqualityComparer.Default.Equals(x.Member, y.Member);

        public int GetHashCode((TOwner Owner, ISymbol Member) pair) =>
            (pair.Owner.GetHashCode() * 397) ^ SymbolEqualityComparer.Default.GetHashCode(pair.Member);

        public bool Equals((TOwner Owner, object Member) x, (TOwner Owner, object Member) y) =>
            ReferenceEquals(x.Owner, y.Owner)
            && (x.Member is ISymbol symbol ? SymbolEqualityComparer.Default.Equals(symbol, y.Member as ISymbol) : x.Member.Equals(y.Member));

        public int GetHashCode((TOwner Owner, object Member) pair) =>
            (pair.Owner.GetHashCode() * 397)
            ^ (pair.Member is ISymbol symbol ? SymbolEqualityComparer.Default.GetHashCode(symbol) : pair.Member.GetHashCode());
    }
}
