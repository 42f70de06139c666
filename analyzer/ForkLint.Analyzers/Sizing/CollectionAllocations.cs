using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Collections, builders and streams that are created with a capacity, and the arrays they allocate for it.</summary>
internal static class CollectionAllocations
{
    /// <summary>Whether a collection that takes a capacity has this name.</summary>
    public static bool IsName(string name) =>
        name is "List" or "Queue" or "Stack" or "PriorityQueue" or "HashSet" or "Dictionary" or "SortedList" or "OrderedDictionary" or "ArrayBufferWriter"
            or "ConcurrentDictionary" or "StringBuilder" or "MemoryStream" or "ArrayList" or "Hashtable" or "BitArray";

    /// <summary>The allocation that <paramref name="creation"/> makes for its capacity, or for a copy; <see langword="null"/> where it has none.</summary>
    public static Allocation? Classify(IObjectCreationOperation creation, SizeEnvironment environment)
    {
        if (creation.Type is not INamedTypeSymbol type || !IsName(type.Name) || creation.Arguments is not [{ Value: var first }, ..])
        {
            return null;
        }

        // A copy of what has a known length is made as large, where only the copy holds what is in it.
        var isCopy = type is { Name: "List", TypeArguments: [{ IsUnmanagedType: true }] } or { Name: "BitArray" } && creation.Arguments.Length == 1;
        return Capacity(creation) is { } capacity ? Of(creation, type, ConstantEvaluator.Evaluate(capacity, environment), environment)
            : isCopy && ConstantEvaluator.Length(first, environment) is { } length ? Of(creation, type, length, environment)
            : null;
    }

    /// <summary>What a collection of a type allocates for so many; <see langword="null"/> where the type is not one of the base library.</summary>
    public static Allocation? Of(IOperation operation, ITypeSymbol? collection, ConstantRange? count, SizeEnvironment environment)
    {
        if (collection is not INamedTypeSymbol type || ItemOf(type, environment) is not { } item)
        {
            return null;
        }

        if (count is { } range)
        {
            count = type.Name switch
            {
                "Dictionary" or "HashSet" or "OrderedDictionary" => Primes(range),
                "BitArray" => new ConstantRange(range.Minimum / 8, range.Maximum / 8),
                _ => count,
            };
        }

        return new Allocation(operation, AllocationKind.Collection, AllocationSize.Of(count, item), TypeNames.Display(type));
    }

    /// <summary>The bytes that one unit of capacity takes; <see langword="null"/> where the type is not the one of the base library.</summary>
    private static ElementSize? ItemOf(INamedTypeSymbol type, SizeEnvironment environment)
    {
        const string Generic = "System.Collections.Generic";
        switch (type.Name)
        {
            case "List" or "Queue" or "Stack" when MetadataNames.Is(type, Generic, type.Name) && type.TypeArguments is [var item]:
                return Item(environment, item);
            case "ArrayBufferWriter" when MetadataNames.Is(type, "System.Buffers", type.Name) && type.TypeArguments is [var written]:
                return Item(environment, written);
            case "PriorityQueue" or "SortedList" when MetadataNames.Is(type, Generic, type.Name) && type.TypeArguments is [var first, var second]:
                return type.Name == "PriorityQueue"
                    ? Size(StructLayoutRules.Default(Layout(environment, first), Layout(environment, second)))
                    : Sum(Item(environment, first), Item(environment, second));

            // A bucket (int) and an entry: hash code, next, and what is stored.
            case "HashSet" when MetadataNames.Is(type, Generic, type.Name) && type.TypeArguments is [var member]:
                return WithBucket(StructLayoutRules.Default(Int, Int, Layout(environment, member)));
            case "Dictionary" or "OrderedDictionary" when MetadataNames.Is(type, Generic, type.Name) && type.TypeArguments is [var key, var value]:
                return WithBucket(StructLayoutRules.Default(Int, Int, Layout(environment, key), Layout(environment, value)));
            // The table of buckets; nodes are allocated as they come.
            case "ConcurrentDictionary" when MetadataNames.Is(type, "System.Collections.Concurrent", type.Name):
                return ElementSize.Reference with { IsExact = false };
            case "StringBuilder" when MetadataNames.Is(type, "System.Text", type.Name):
                return new ElementSize(2, true);
            case "MemoryStream" when MetadataNames.Is(type, "System.IO", type.Name):
            case "BitArray" when MetadataNames.Is(type, "System.Collections", type.Name):
                return ElementSize.Byte;
            case "ArrayList" when MetadataNames.Is(type, "System.Collections", type.Name):
                return ElementSize.Reference;

            // A bucket is a key, a value and a hash code, and there are more buckets than the load factor of 0.72 fills.
            case "Hashtable" when MetadataNames.Is(type, "System.Collections", type.Name):
                return new ElementSize(24, false);
            default:
                return null;
        }
    }

    private static TypeLayout Int => new(4, 4);

    private static TypeLayout Layout(SizeEnvironment environment, ITypeSymbol type) => StructSizeCalculator.LayoutOf(type, environment);

    private static ElementSize Item(SizeEnvironment environment, ITypeSymbol type) => StructSizeCalculator.ElementSizeOf(type, environment);

    private static ElementSize Size(TypeLayout layout) => new(layout.SizeBytes, !layout.IsLowerBound);

    private static ElementSize Sum(ElementSize one, ElementSize two) => new(one.Bytes + two.Bytes, one.IsExact && two.IsExact);

    private static ElementSize WithBucket(TypeLayout entry) => new(4 + entry.SizeBytes, !entry.IsLowerBound);

    private static ConstantRange Primes(ConstantRange count) =>
        count.IsExact && count.TryGetInt64(out var exact) ? ConstantRange.Exact(HashTablePrimes.Next(exact)) : count;

    /// <summary>The first argument, where the constructor takes a number first: a capacity in every one of these types.</summary>
    private static IOperation? Capacity(IObjectCreationOperation creation) => creation.Arguments
        .FirstOrDefault(static argument => argument.Parameter is { Type.SpecialType: SpecialType.System_Int32, Name: "capacity" or "initialCapacity" or "length" })?.Value;
}
