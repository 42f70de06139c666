using System.Globalization;

namespace ForkLint.Analyzers.Configuration;

/// <summary>
/// What a line of <c>ForkLint.Allocations*.txt</c> says of a size: nothing (the one integer argument is the length), a size,
/// <c>product * 4</c> or <c>product * sizeof(T)</c> (the product of the integer arguments, or of the elements of a shape, times the bytes of
/// an element; T is the first type argument), <c>at least product * 1</c> where elements may be larger, or <c>read</c> (as much as there is to
/// read or to decode).
/// </summary>
/// <param name="Bytes">The size, which is at least; <see langword="null"/> without one.</param>
/// <param name="ItemBytes">The bytes of an element of a product; 0 for <c>sizeof(T)</c>, <see langword="null"/> where it is no product.</param>
/// <param name="IsLeast">Whether the bytes of an element are a minimum.</param>
/// <param name="IsRead">Whether the size is unknown before it runs.</param>
internal readonly record struct AllocationDetail(long? Bytes, long? ItemBytes = null, bool IsLeast = false, bool IsRead = false)
{
    private const string Product = "product";
    private const string AtLeast = "at least ";

    /// <summary>Reads a detail; <see langword="false"/> where it is none of these.</summary>
    public static bool TryParse(string? text, out AllocationDetail detail)
    {
        detail = default;
        var words = text?.Trim() ?? "";
        if (words.Length == 0)
        {
            return true;
        }

        if (words == "read")
        {
            detail = new AllocationDetail(null, IsRead: true);
            return true;
        }

        var isLeast = words.StartsWith(AtLeast, StringComparison.Ordinal);
        var size = isLeast ? words.Substring(AtLeast.Length) : words;
        if (size.StartsWith(Product, StringComparison.Ordinal))
        {
            var factor = size.Substring(Product.Length).Trim();
            var item = factor.Length == 0 ? 1L
                : factor[0] != '*' ? -1
                : factor.Substring(1).Trim() is var bytes && bytes == "sizeof(T)" ? 0
                : long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
                : -1;
            detail = new AllocationDetail(null, item, isLeast);
            return item >= 0;
        }

        var isSize = ByteSizeText.TryParse(words, out var bytesInAll);
        detail = new AllocationDetail(bytesInAll);
        return isSize;
    }
}
