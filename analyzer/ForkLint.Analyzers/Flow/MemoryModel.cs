using System.Collections.Immutable;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>The cells and objects that the analysis of one body tells apart.</summary>
internal sealed class MemoryModel
{
    // What hangs off an argument is followed this far; deeper structures fold into their last known part.
    internal const int MaxDepth = 3;

    // A body that makes more small objects than this is not followed into all of them: time must stay linear in its length.
    private const int MaxContainers = 400;

    private readonly Dictionary<ISymbol, VariableCell> _variables = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IOperation, MadeObject> _made = [];
    private readonly Func<ISymbol, bool> _isExternal;
    private readonly Stack<MemoryObject> _pending = new();
    private readonly List<MemoryObject> _reached = [];

    // The keys are CaptureIds: a table of them would make the runtime compile its code anew for that struct.
    private Dictionary<object, CaptureCell>? _captures;
    private int _cellCount;
    private int _containerCount;
    private int _visits;

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
        object key = id;
        _captures ??= [];
        if (!_captures.TryGetValue(key, out var cell))
        {
            _captures.Add(key, cell = new CaptureCell(_cellCount++, id));
        }

        return cell;
    }

    /// <summary>A field of the struct in a cell.</summary>
    public ComponentCell Component(Cell parent, ISymbol member)
    {
        foreach (var known in parent.Components)
        {
            if (SymbolEqualityComparer.Default.Equals(known.Member, member))
            {
                return known;
            }
        }

        var cell = new ComponentCell(_cellCount++, parent, member);
        parent.Add(cell);
        return cell;
    }

    /// <summary>A member (a symbol) or an element (an <see cref="ElementKey"/>) of an object.</summary>
    public HeapCell Heap(MemoryObject owner, object member)
    {
        if (owner is InitialObject { Depth: >= MaxDepth, Cell: HeapCell folded })
        {
            return folded;
        }

        if (owner.Find(member) is { } known)
        {
            return known;
        }

        var cell = new HeapCell(_cellCount++, owner, member);
        owner.Add(cell);
        return cell;
    }

    /// <summary>The reference to a cell.</summary>
    public ReferenceObject Reference(Cell target)
    {
        if (target.Reference is not { } found)
        {
            target.Reference = found = new ReferenceObject(Objects.Count, target);
            Objects.Add(found);
        }

        return found;
    }

    /// <summary>What an external cell held at first.</summary>
    public InitialObject Initial(Cell cell)
    {
        if (cell.Initial is not { } found)
        {
            cell.Initial = found = new InitialObject(Objects.Count, cell);
            Objects.Add(found);
            Initials.Add(found);
        }

        return found;
    }

    /// <summary>The object of an allocation; <paramref name="key"/>, the callee's own, tells apart several that one call brings.</summary>
    public AllocationObject Allocation(
        IOperation site, AllocationObject? key, Allocation allocation, SizeEnvironment environment, ImmutableArray<CallFrame> frames)
    {
        var known = Find(site, key);
        if (known?.Object is AllocationObject same)
        {
            return same;
        }

        var made = new AllocationObject(Objects.Count, site, allocation, environment, frames) { Origin = key };
        Objects.Add(made);
        Allocations.Add(made);
        if (known is null)
        {
            Remember(site, key, made);
        }
        else
        {
            known.Object = made;
        }

        return made;
    }

    /// <summary>The object that an expression makes, or <see langword="null"/> in a body that makes too many to follow.</summary>
    public ContainerObject? Container(IOperation site, object? key, ITypeSymbol? type, bool isExact = false) =>
        Find(site, key) is { } known ? known.Object as ContainerObject
        : Origin(site, key) is { } origin ? Add(site, key, new ContainerObject(Objects.Count, origin, type, isExact))
        : null;

    /// <summary>A delegate, an unenumerated iterator or a lazy factory with a known target.</summary>
    public DelegateObject? Delegate(IOperation site, object? key, IMethodSymbol target, bool isIterator = false) =>
        Find(site, key ?? target) is { } known ? known.Object as DelegateObject
        : Origin(site, key ?? target) is { } origin ? Add(site, key ?? target, new DelegateObject(Objects.Count, origin, target, isIterator))
        : null;

    /// <summary>Begins a walk over the objects: an object whose <see cref="MemoryObject.Visit"/> is this has been met.</summary>
    public int NextVisit() => ++_visits;

    /// <summary>An empty stack for one walk over the objects. There is only one.</summary>
    public Stack<MemoryObject> TakePending()
    {
        _pending.Clear();
        return _pending;
    }

    /// <summary>An empty list for one walk over the objects. There is only one.</summary>
    public List<MemoryObject> TakeReached()
    {
        _reached.Clear();
        return _reached;
    }

    private MadeObject? Find(IOperation site, object? key)
    {
        _made.TryGetValue(site, out var made);
        while (made is not null && !Equals(made.Key, key))
        {
            made = made.Next;
        }

        return made;
    }

    /// <summary>Names a new object; <see langword="null"/> where there are too many.</summary>
    private ObjectOrigin? Origin(IOperation site, object? key)
    {
        if (_containerCount >= MaxContainers)
        {
            return null;
        }

        _containerCount++;
        return key is ObjectOrigin inner ? new ObjectOrigin(site, null, inner) : new ObjectOrigin(site, key);
    }

    private T Add<T>(IOperation site, object? key, T made)
        where T : ContainerObject
    {
        Objects.Add(made);
        Remember(site, key, made);
        return made;
    }

    private void Remember(IOperation site, object? key, MemoryObject made)
    {
        _made.TryGetValue(site, out var others);
        _made[site] = new MadeObject(key, made, others);
    }

    /// <summary>What a place in the source makes; more than one thing where it is a call.</summary>
    private sealed class MadeObject(object? key, MemoryObject made, MadeObject? next)
    {
        public object? Key { get; } = key;

        public MadeObject? Next { get; } = next;

        public MemoryObject Object { get; set; } = made;
    }
}
