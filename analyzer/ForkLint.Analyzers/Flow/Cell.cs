using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>A piece of storage that can hold a reference. Interned by a <see cref="MemoryModel"/>, so identity is equality.</summary>
internal abstract class Cell(int id, bool isExternal)
{
    private static readonly List<ComponentCell> NoComponents = [];

    private List<ComponentCell>? _components;
    private Cell[]? _alone;

    /// <summary>No storage.</summary>
    public static Cell[] None { get; } = [];

    /// <summary>The position in the model's table: dense, from 0.</summary>
    public int Id { get; } = id;

    /// <summary>Whether the cell exists before and after the body runs, so that it holds something that the body did not put there.</summary>
    public bool IsExternal { get; } = isExternal;

    /// <summary>The fields of this cell that are tracked on their own, where it holds a struct.</summary>
    public List<ComponentCell> Components => _components ?? NoComponents;

    /// <summary>The list of this cell alone. It is never written to.</summary>
    public Cell[] Alone => _alone ??= [this];

    /// <summary>What it held when the body began, if it was asked for: see <see cref="MemoryModel.Initial"/>.</summary>
    public InitialObject? Initial { get; set; }

    /// <summary>The reference to it, if one was made: see <see cref="MemoryModel.Reference"/>.</summary>
    public ReferenceObject? Reference { get; set; }

    /// <summary>The object that it is a member, an element, or a part of one of; <see langword="null"/> for a variable.</summary>
    public MemoryObject? Owner => this switch
    {
        ComponentCell component => component.Parent.Owner,
        HeapCell heap => heap.Owner,
        _ => null,
    };

    /// <summary>Whether it is a member of what a method was given, and the same as one that another analysis of the method knows.</summary>
    public bool IsSameAs(Cell other) => (this, other) switch
    {
        (ThisCell, ThisCell) => true,
        (VariableCell one, VariableCell two) => SymbolEqualityComparer.Default.Equals(one.Symbol, two.Symbol),
        (HeapCell { Member: ISymbol one, Owner: InitialObject mine }, HeapCell { Member: ISymbol two, Owner: InitialObject its }) =>
            SymbolEqualityComparer.Default.Equals(one, two) && mine.Cell.IsSameAs(its.Cell),
        _ => false,
    };

    /// <summary>Whether another analysis of the method finds it again.</summary>
    public bool IsFoundAgain => IsSameAs(this);

    /// <summary>Adds a field of this cell.</summary>
    public void Add(ComponentCell component) => (_components ??= []).Add(component);
}

/// <summary>A local, a parameter, a captured variable or a static field or property.</summary>
internal sealed class VariableCell(int id, bool isExternal, ISymbol symbol) : Cell(id, isExternal)
{
    /// <summary>The variable.</summary>
    public ISymbol Symbol { get; } = symbol;
}

/// <summary>The receiver of the method under analysis.</summary>
internal sealed class ThisCell(int id) : Cell(id, isExternal: true);

/// <summary>What the method under analysis returns or yields.</summary>
internal sealed class ResultCell(int id) : Cell(id, isExternal: false);

/// <summary>A compiler temporary of the control flow graph. It keeps nothing alive beyond its last use.</summary>
internal sealed class CaptureCell(int id, CaptureId capture) : Cell(id, isExternal: false)
{
    /// <summary>The graph's own name for it.</summary>
    public CaptureId Capture { get; } = capture;

    /// <summary>The storage that it was read from; none for the value of any other expression.</summary>
    public Cell[] Sources { get; set; } = [];
}

/// <summary>A field of a struct that is stored in another cell.</summary>
internal sealed class ComponentCell(int id, Cell parent, ISymbol member) : Cell(id, parent.IsExternal)
{
    /// <summary>Where the struct is.</summary>
    public Cell Parent { get; } = parent;

    /// <summary>The field.</summary>
    public ISymbol Member { get; } = member;
}

/// <summary>A member or an element of an object.</summary>
internal sealed class HeapCell(int id, MemoryObject owner, object member) : Cell(id, owner is InitialObject)
{
    /// <summary>The object.</summary>
    public new MemoryObject Owner { get; } = owner;

    /// <summary>A field, a property, a captured primary-constructor parameter, the type of what a delegate keeps as its receiver, or an <see cref="ElementKey"/>.</summary>
    public object Member { get; } = member;

    /// <summary>The member of the source it is; <see langword="null"/> for an element and for what a delegate or an iterator keeps.</summary>
    public ISymbol? Field => Member is ITypeSymbol || Owner is DelegateObject ? null : Member as ISymbol;
}

/// <summary>Which element of an array or collection.</summary>
/// <param name="Index">The constant index or key, or <see langword="null"/> for one that is not known.</param>
internal sealed record ElementKey(object? Index)
{
    /// <summary>Some element; which one is not known.</summary>
    public static ElementKey Unknown { get; } = new((object?)null);
}
