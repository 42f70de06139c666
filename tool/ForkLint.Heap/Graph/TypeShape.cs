namespace ForkLint.Heap.Graph;

/// <summary>What the walk over a segment needs of a type, side by side.</summary>
/// <param name="Type">The type.</param>
/// <param name="BaseBytes">The size without elements, before rounding up.</param>
/// <param name="ElementBytes">The size of an element; 0 for what has none.</param>
/// <param name="References">Where its objects hold references.</param>
internal readonly record struct TypeShape(HeapType Type, uint BaseBytes, uint ElementBytes, ReferencePattern References)
{
    private const uint SmallestObjectBytes = 24;

    /// <summary>The size of an object with so many elements.</summary>
    public ulong SizeOf(uint count) => Math.Max((BaseBytes + ((ulong)ElementBytes * count) + 7) & ~7UL, SmallestObjectBytes);
}
