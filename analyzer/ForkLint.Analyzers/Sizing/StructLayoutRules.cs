namespace ForkLint.Analyzers.Sizing;

/// <summary>How a type lies in an array: its size, its alignment, and whether the collector must know its references.</summary>
internal readonly record struct TypeLayout(long SizeBytes, int Alignment)
{
    /// <summary>Whether it holds references, which makes the runtime lay it out itself.</summary>
    public bool HasReferences { get; init; }

    /// <summary>Whether it is a struct with a layout of its own, which the runtime places behind all other fields.</summary>
    public bool IsStruct { get; init; }

    /// <summary>Whether the size can be more than this.</summary>
    public bool IsLowerBound { get; init; }

    /// <summary>A reference or pointer.</summary>
    public static TypeLayout Reference => new(8, 8) { HasReferences = true };

    /// <summary>A type of which only is known that it takes room.</summary>
    public static TypeLayout Unknown => new(1, 1) { IsLowerBound = true };
}

/// <summary>
/// How the runtime places the fields of a struct on 64 bits: in order where it is sequential and free of references,
/// else references first, then primitives by size, then structs (dotnet/runtime
/// <c>src/coreclr/vm/methodtablebuilder.cpp</c>, <c>PlaceInstanceFields</c>).
/// </summary>
internal static class StructLayoutRules
{
    /// <summary>The layout of a struct with these fields in this order and no attribute.</summary>
    public static TypeLayout Default(params TypeLayout[] fields) =>
        fields.Any(field => field.HasReferences) ? Automatic(fields) : Sequential(fields, pack: 0, minimumBytes: 0);

    /// <summary>A tuple is laid out automatically; from the eighth element on, the elements are in a tuple of their own, its last field.</summary>
    public static TypeLayout Tuple(List<TypeLayout> elements)
    {
        const int OwnElements = 7;
        return elements.Count <= OwnElements
            ? Automatic(elements)
            : Automatic([.. elements.Take(OwnElements), Tuple(elements.GetRange(OwnElements, elements.Count - OwnElements))]);
    }

    /// <summary>The fields in order, each aligned, no further apart than <paramref name="pack"/> asks for; and at least as large as the attribute says.</summary>
    public static TypeLayout Sequential(IReadOnlyList<TypeLayout> fields, int pack, long minimumBytes)
    {
        long size = 0;
        var alignment = 1;
        foreach (var field in fields)
        {
            var fieldAlignment = pack > 0 ? Math.Min(pack, field.Alignment) : field.Alignment;
            alignment = Math.Max(alignment, fieldAlignment);
            size = AlignUp(size, fieldAlignment) + field.SizeBytes;
        }

        // An empty struct still takes one byte.
        return new TypeLayout(Math.Max(1, Math.Max(AlignUp(size, alignment), minimumBytes)), alignment)
        {
            IsLowerBound = fields.Any(field => field.IsLowerBound),
        };
    }

    /// <summary>Every field at its offset.</summary>
    public static TypeLayout Explicit(List<TypeLayout> fields, List<long> offsets, int pack, long minimumBytes)
    {
        long size = 0;
        var alignment = 1;
        for (var index = 0; index < fields.Count; index++)
        {
            size = Math.Max(size, offsets[index] + fields[index].SizeBytes);
            alignment = Math.Max(alignment, pack > 0 ? Math.Min(pack, fields[index].Alignment) : fields[index].Alignment);
        }

        return new TypeLayout(Math.Max(1, minimumBytes > 0 ? Math.Max(size, minimumBytes) : AlignUp(size, alignment)), alignment)
        {
            HasReferences = fields.Any(field => field.HasReferences),
            IsLowerBound = fields.Any(field => field.IsLowerBound),
        };
    }

    /// <summary>The order the runtime chooses.</summary>
    public static TypeLayout Automatic(IReadOnlyList<TypeLayout> fields)
    {
        long size = 0;
        var alignment = 1;
        var hasReferences = fields.Any(field => field.HasReferences);

        // Primitives and references fill without gaps when the largest come first; structs are placed behind them.
        foreach (var field in fields.OrderBy(field => field.IsStruct).ThenByDescending(field => field.SizeBytes))
        {
            var fieldAlignment = field.HasReferences ? 8 : field.Alignment;
            alignment = Math.Max(alignment, fieldAlignment);
            size = AlignUp(size, fieldAlignment) + field.SizeBytes;
        }

        // The end is rounded up to a power of two, at most to the size of a pointer.
        var end = hasReferences || size > 8 ? 8 : (int)PoolSizes.RoundUpToPowerOfTwo(size);
        return new TypeLayout(Math.Max(1, AlignUp(size, Math.Max(Math.Max(1, end), alignment))), alignment)
        {
            HasReferences = hasReferences,
            IsLowerBound = fields.Any(field => field.IsLowerBound),
        };
    }

    private static long AlignUp(long size, int alignment) => (size + alignment - 1) / alignment * alignment;
}
