using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Sizing;

/// <summary>The size of a type from its symbol: what fields it has, which <see cref="StructLayoutRules"/> then place.</summary>
internal sealed class StructSizeCalculator
{
    /// <summary>
    /// How many fields one layout may look at. In code that does not compile a struct can contain itself, and in code
    /// that does, a few structs of a few structs each can have more fields than there is time for.
    /// </summary>
    private const int MaximumFields = 10_000;

    /// <summary>The runtime loads no larger struct (<c>FIELD_OFFSET_LAST_REAL_OFFSET</c> in src/coreclr/vm/field.h).</summary>
    private const long MaximumBytes = 0x7FFFFFF;

    private const int MaximumDepth = 64;

    private readonly SizeEnvironment _environment;
    private int _remainingFields = MaximumFields;

    private StructSizeCalculator(SizeEnvironment environment) => _environment = environment;

    /// <summary>The size of one element of <paramref name="type"/> in an array.</summary>
    public static ElementSize ElementSizeOf(ITypeSymbol type, SizeEnvironment environment)
    {
        var layout = LayoutOf(type, environment);
        return new ElementSize(layout.SizeBytes, !layout.IsLowerBound);
    }

    /// <summary>The layout of <paramref name="type"/>.</summary>
    public static TypeLayout LayoutOf(ITypeSymbol type, SizeEnvironment environment) =>
        new StructSizeCalculator(environment).LayoutOf(type, 0);

    private TypeLayout LayoutOf(ITypeSymbol type, int depth)
    {
        type = _environment.Resolve(type);
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

        return type switch
        {
            IPointerTypeSymbol or IFunctionPointerTypeSymbol => new TypeLayout(8, 8),
            ITypeParameterSymbol { IsReferenceType: false } => TypeLayout.Unknown,
            { IsReferenceType: true } => TypeLayout.Reference,
            INamedTypeSymbol { EnumUnderlyingType: { } underlying } => LayoutOf(underlying, depth),
            INamedTypeSymbol { TypeKind: TypeKind.Struct } named when depth < MaximumDepth => Struct(named, depth) with { IsStruct = true },
            _ => TypeLayout.Unknown,
        };
    }

    private TypeLayout Struct(INamedTypeSymbol type, int depth)
    {
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return StructLayoutRules.Default(new TypeLayout(1, 1), LayoutOf(type.TypeArguments[0], depth + 1));
        }

        if (MetadataNames.Is(type, "System.Collections.Generic", "KeyValuePair") && type.TypeArguments is [var key, var value])
        {
            return StructLayoutRules.Default(LayoutOf(key, depth + 1), LayoutOf(value, depth + 1));
        }

        if (type.IsTupleType && type.TupleElements is { IsDefaultOrEmpty: false } elements)
        {
            return StructLayoutRules.Tuple([.. elements.Select(element => LayoutOf(element.Type, depth + 1))]);
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
                if (_remainingFields-- <= 0)
                {
                    return TypeLayout.Unknown;
                }

                isReferenceAssembly |= field.Name.StartsWith("_dummy", StringComparison.Ordinal);
                fields.Add(Field(field, depth));
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

        if (MetadataNames.Attribute(type, "System.Runtime.CompilerServices", "InlineArrayAttribute") is { ConstructorArguments: [{ Kind: TypedConstantKind.Primitive, Value: int length }, ..] }
            && fields is [var element])
        {
            return Repeated(element, length);
        }

        var (kind, pack, size) = StructLayout(type);
        if (kind == LayoutKind.Explicit && offsets?.Count == fields.Count)
        {
            return StructLayoutRules.Explicit(fields, offsets, pack, size);
        }

        return kind == LayoutKind.Auto || fields.Any(field => field.HasReferences)
            ? StructLayoutRules.Automatic(fields)
            : StructLayoutRules.Sequential(fields, pack, size);
    }

    private TypeLayout Field(IFieldSymbol field, int depth)
    {
        // fixed byte data[100]: the field's type is a pointer, its storage is in place.
        if (field.IsFixedSizeBuffer && field.Type is IPointerTypeSymbol { PointedAtType: var element })
        {
            var item = LayoutOf(element, depth + 1);
            return Repeated(item, field.FixedSize);
        }

        return field.RefKind != RefKind.None ? TypeLayout.Reference : LayoutOf(field.Type, depth + 1);
    }

    private static TypeLayout Repeated(TypeLayout item, int count) =>
        count > 0 && item.SizeBytes <= MaximumBytes / count ? item with { SizeBytes = item.SizeBytes * count } : TypeLayout.Unknown;

    private static long? Offset(IFieldSymbol field) =>
        MetadataNames.Attribute(field, "System.Runtime.InteropServices", "FieldOffsetAttribute")
            is { ConstructorArguments: [{ Kind: TypedConstantKind.Primitive, Value: int offset }, ..] } ? offset : null;

    private static (LayoutKind Kind, int Pack, long SizeBytes) StructLayout(INamedTypeSymbol type)
    {
        if (MetadataNames.Attribute(type, "System.Runtime.InteropServices", "StructLayoutAttribute") is not { } attribute)
        {
            return (LayoutKind.Sequential, 0, 0);
        }

        var kind = attribute.ConstructorArguments is [{ Kind: not TypedConstantKind.Array, Value: { } value }, ..]
            ? (LayoutKind)System.Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)
            : LayoutKind.Sequential;
        return (kind, Number("Pack"), Number("Size"));

        int Number(string name) =>
            attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value is { Kind: TypedConstantKind.Primitive, Value: int number } ? number : 0;
    }
}
