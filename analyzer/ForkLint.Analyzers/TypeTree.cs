using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

/// <summary>Where a type stands among its bases.</summary>
internal static class TypeTree
{
    /// <summary>A type and the classes that it derives from, the nearest first; none of <see langword="null"/>.</summary>
    public static IEnumerable<T> SelfAndBases<T>(this T? type)
        where T : class, ITypeSymbol
    {
        for (var current = type; current is not null; current = current.BaseType as T)
        {
            yield return current;
        }
    }
}
