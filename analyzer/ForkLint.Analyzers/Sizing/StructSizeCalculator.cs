using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

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
/// The size of a struct as the runtime lays it out on 64 bits: in order where it is sequential and free of references,
/// else references first, then primitives by size, then structs (dotnet/runtime
/// <c>src/coreclr/vm/methodtablebuilder.cs</c>, <c>PlaceInstanceFields</c>).
/// </summary>
internal static class StructSizeCalculator
{
    /// <summary>Structs nest no deeper in code that compiles; in code that does not, they can contain themselves.</summary>
    private const int MaximumDepth = 16;

    /// <summary>The size of one element of <paramref name="type"/> in an array.</summary>
    public static ElementSize ElementSizeOf(ITypeSymbol type, SizeEnvironment environment)
    {
        var layout = LayoutOf(type, environment);
        return new ElementSize(layout.SizeBytes, !layout.IsLowerBound);
    }

    /// <summary>The layout of <paramref name="type"/>.</summary>
    public static TypeLayout LayoutOf(ITypeSymbol type, SizeEnvironment environment) => LayoutOf(type, environment, 0);

    /// <summary>The layout of a struct with these fields in this order, as the collections of the base library have inside.</summary>
    public static TypeLayout Sequential(params TypeLayout[] fields) =>
        fields.Any(field => field.HasReferences) ? Automatic(fields) : Sequential(fields, pack: 0, minimumBytes: 0);

    private static TypeLayout LayoutOf(ITypeSymbol type, SizeEnvironment environment, int depth)
    {
        type = environment.Resolve(type);
        switch (type.SpecialType)
        {
            case SpecialType.System_Boolean or SpecialType.System_SByte or SpecialType.System_Byte:
                return new TypeLayout(1, 1);
            case SpecialType.System_Char or SpecialType.System_Int16 or SpecialType.System_UInt16:
                return new TypeLayout(2, 2);
            case SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single:
                return new TypeLayout(4, 4);
            case SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double:
            case SpecialType.System_IntPtr or SpecialType.System_UIntPtr:
                return new TypeLayout(8, 8);
            case SpecialType.System_Decimal:
                return new TypeLayout(16, 8) { IsStruct = true };
        }

        switch (type)
        {
            case IPointerTypeSymbol or IFunctionPointerTypeSymbol:
                return new TypeLayout(8, 8);
            case ITypeParameterSymbol { IsReferenceType: false }:
                return TypeLayout.Unknown;
            case { IsReferenceType: true }:
                return TypeLayout.Reference;
            case INamedTypeSymbol { EnumUnderlyingType: { } underlying }:
                return LayoutOf(underlying, environment, depth);
            case INamedTypeSymbol { TypeKind: TypeKind.Struct } named when depth < MaximumDepth:
                return Struct(named, environment, depth) with { IsStruct = true };
            default:
                return TypeLayout.Unknown;
        }
    }

    private static TypeLayout Struct(INamedTypeSymbol type, SizeEnvironment environment, int depth)
    {
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return Sequential(new TypeLayout(1, 1), LayoutOf(type.TypeArguments[0], environment, depth + 1));
        }

        if (MetadataNames.Is(type, "System.Collections.Generic", "KeyValuePair") && type.TypeArguments is [var key, var value])
        {
            return Sequential(LayoutOf(key, environment, depth + 1), LayoutOf(value, environment, depth + 1));
        }

        if (type.IsTupleType && type.TupleElements is { IsDefaultOrEmpty: false } elements)
        {
            return Tuple([.. elements.Select(element => LayoutOf(element.Type, environment, depth + 1))]);
        }

        if (KnownStructSizes.TryGet(type, out var known))
        {
            return known;
        }

        var fields = new List<TypeLayout>();
        List<long>? offsets = null;
        var isReferenceAssembly = false;
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { IsStatic: false, IsConst: false } field)
            {
                isReferenceAssembly |= field.Name.StartsWith("_dummy", StringComparison.Ordinal);
                fields.Add(Field(field, environment, depth));
                if (Offset(field) is { } offset)
                {
                    (offsets ??= []).Add(offset);
                }
            }
        }

        // A reference assembly says no more than whether there are references and type parameters inside.
        if (isReferenceAssembly)
        {
            return fields.Any(field => field.HasReferences) ? TypeLayout.Reference with { IsLowerBound = true } : TypeLayout.Unknown;
        }

        if (type.GetAttributes().FirstOrDefault(attribute =>
                MetadataNames.Is(attribute.AttributeClass, "System.Runtime.CompilerServices", "InlineArrayAttribute"))
            is { ConstructorArguments: [{ Value: int length }, ..] }
            && fields is [var element])
        {
            return element with { SizeBytes = element.SizeBytes * length };
        }

        var (kind, pack, size) = StructLayout(type);
        if (kind == LayoutKind.Explicit && offsets?.Count == fields.Count)
        {
            return Explicit(fields, offsets, pack, size);
        }

        return kind == LayoutKind.Auto || fields.Any(field => field.HasReferences)
            ? Automatic(fields)
            : Sequential(fields, pack, size);
    }

    /// <summary>
    /// A tuple is laid out automatically; from the eighth element on, the elements are in a tuple of their own, its
    /// last field.
    /// </summary>
    private static TypeLayout Tuple(List<TypeLayout> elements)
    {
        const int OwnElements = 7;
        return elements.Count <= OwnElements
            ? Automatic(elements)
            : Automatic([.. elements.Take(OwnElements), Tuple(elements.GetRange(OwnElements, elements.Count - OwnElements))]);
    }

    private static TypeLayout Field(IFieldSymbol field, SizeEnvironment environment, int depth)
    {
        // fixed byte data[100]: the field's type is a pointer, its storage is in place.
        if (field.IsFixedSizeBuffer && field.Type is IPointerTypeSymbol { PointedAtType: var element })
        {
            var item = LayoutOf(element, environment, depth + 1);
            return item with { SizeBytes = item.SizeBytes * field.FixedSize };
        }

        return field.RefKind != RefKind.None ? TypeLayout.Reference : LayoutOf(field.Type, environment, depth + 1);
    }

    private static TypeLayout Sequential(IReadOnlyList<TypeLayout> fields, int pack, long minimumBytes)
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

    private static TypeLayout Explicit(List<TypeLayout> fields, List<long> offsets, int pack, long minimumBytes)
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

    private static TypeLayout Automatic(IReadOnlyList<TypeLayout> fields)
    {
        long size = 0;
        var alignment = 1;
        var hasReferences = fields.Any(field => field.HasReferences);

        // Primitives and references fill without gaps when the largest come first; structs are placed behind them.
        foreach (var field in fields.OrderBy(field => IsStruct(field)).ThenByDescending(field => field.SizeBytes))
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

    private static bool IsStruct(TypeLayout field) => field.IsStruct;

    private static long AlignUp(long size, int alignment) => (size + alignment - 1) / alignment * alignment;

    private static long? Offset(IFieldSymbol field)
    {
        foreach (var attribute in field.GetAttributes())
        {
            if (MetadataNames.Is(attribute.AttributeClass, "System.Runtime.InteropServices", "FieldOffsetAttribute")
                && attribute.ConstructorArguments is [{ Value: int offset }, ..])
            {
                return offset;
            }
        }

        return null;
    }

    private static (LayoutKind Kind, int Pack, long SizeBytes) StructLayout(INamedTypeSymbol type)
    {
        var kind = LayoutKind.Sequential;
        var pack = 0;
        long size = 0;
        foreach (var attribute in type.GetAttributes())
        {
            if (MetadataNames.Is(attribute.AttributeClass, "System.Runtime.InteropServices", "StructLayoutAttribute"))
            {
                kind = attribute.ConstructorArguments is [{ Value: { } value }, ..]
                    ? (LayoutKind)System.Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)
                    : kind;
                foreach (var argument in attribute.NamedArguments)
                {
                    if (argument.Value.Value is int number)
                    {
                        pack = argument.Key == "Pack" ? number : pack;
                        size = argument.Key == "Size" ? number : size;
                    }
                }
            }
        }

        return (kind, pack, size);
    }
}
