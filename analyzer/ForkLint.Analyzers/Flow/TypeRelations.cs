using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>Which types an object of a type can be at the same time.</summary>
internal static class TypeRelations
{
    /// <summary>Whether one type is, or derives from, the other, either way round: an object of one may run the other's methods.</summary>
    public static bool AreRelated(INamedTypeSymbol? one, INamedTypeSymbol? other) => IsOrDerivesFrom(one, other) || IsOrDerivesFrom(other, one);

    /// <summary>Whether a type is, or derives from, another, type arguments aside.</summary>
    public static bool IsOrDerivesFrom(INamedTypeSymbol? type, INamedTypeSymbol? ancestor)
    {
        for (; type is not null && ancestor is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, ancestor.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a type of a set is related to a type.</summary>
    public static bool IsRelatedToAny(INamedTypeSymbol type, HashSet<INamedTypeSymbol> types) =>
        type.SelfAndBases().Any(current => types.Contains(current.OriginalDefinition)) || types.Any(other => IsOrDerivesFrom(other, type));
}
