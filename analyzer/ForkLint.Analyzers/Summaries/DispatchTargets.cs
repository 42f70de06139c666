using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Which methods an interface or virtual call can run, as far as the compilation shows.</summary>
internal sealed class DispatchTargets(Compilation compilation)
{
    private readonly Dictionary<IMethodSymbol, ImmutableArray<IMethodSymbol>> _targets = new(SymbolEqualityComparer.Default);
    private Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>>? _derived;
    private Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>>? _implementing;

    /// <summary>The methods; default where some of them are outside of the compilation.</summary>
    /// <param name="method">The method that is named.</param>
    /// <param name="receiverTypes">The receiver's types; none for a call that is not virtual.</param>
    /// <param name="isExact">Whether these are the receiver's types, and no base of them.</param>
    public ImmutableArray<IMethodSymbol> Of(IMethodSymbol method, ImmutableArray<ITypeSymbol> receiverTypes, bool isExact)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        if (receiverTypes.IsEmpty && isExact)
        {
            return ImmutableArray.Create(definition.PartialImplementationPart ?? definition);
        }

        var found = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (var type in receiverTypes)
        {
            if (type.TypeKind is TypeKind.Interface or TypeKind.TypeParameter && definition.DeclaringSyntaxReferences.IsEmpty)
            {
                // Any type can implement an interface of the base library.
                return default;
            }

            if (type.TypeKind is not (TypeKind.Interface or TypeKind.TypeParameter) && Implementation(type, method) is { } implementation)
            {
                if (!implementation.IsAbstract && implementation.OriginalDefinition.DeclaringSyntaxReferences.IsEmpty)
                {
                    return default;
                }

                found.Add(implementation.OriginalDefinition);
            }

            if (!isExact)
            {
                foreach (var target in Overrides(definition))
                {
                    if (type.TypeKind is TypeKind.Interface or TypeKind.TypeParameter || TypeRelations.IsOrDerivesFrom(target.ContainingType, type as INamedTypeSymbol))
                    {
                        found.Add(target);
                    }
                }
            }
        }

        found.RemoveWhere(target => target.IsAbstract);
        return found.Count == 0 || found.Any(target => target.DeclaringSyntaxReferences.IsEmpty) ? default : found.ToImmutableArray();
    }

    /// <summary>What a type itself runs for an interface or virtual method.</summary>
    private static IMethodSymbol? Implementation(ITypeSymbol type, IMethodSymbol method)
    {
        if (method.ContainingType.TypeKind == TypeKind.Interface)
        {
            var named = type.FindImplementationForInterfaceMember(method) as IMethodSymbol
                ?? type.AllInterfaces.Where(face => SymbolEqualityComparer.Default.Equals(face.OriginalDefinition, method.ContainingType.OriginalDefinition))
                    .SelectMany(face => face.GetMembers(method.Name).OfType<IMethodSymbol>())
                    .Where(member => SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method.OriginalDefinition))
                    .Select(type.FindImplementationForInterfaceMember).OfType<IMethodSymbol>().FirstOrDefault();

            // A base may implement it by a virtual method.
            return named is { ContainingType.TypeKind: not TypeKind.Interface } ? Implementation(type, named) : named;
        }

        return SymbolEqualityComparer.Default.Equals(type, method.ContainingType) ? method : type.SelfAndBases().SelectMany(current => current.GetMembers(method.Name)).OfType<IMethodSymbol>()
            .FirstOrDefault(candidate => IsOrOverrides(candidate, method.OriginalDefinition)) ?? method;
    }

    private ImmutableArray<IMethodSymbol> Overrides(IMethodSymbol definition)
    {
        if (!_targets.TryGetValue(definition, out var targets))
        {
            var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
            if (Related(definition.ContainingType).TryGetValue(definition.ContainingType, out var types))
            {
                foreach (var type in types)
                {
                    if (Implementation(type, definition) is { } implementation)
                    {
                        found.Add(implementation.OriginalDefinition);
                    }
                }
            }

            _targets.Add(definition, targets = found.ToImmutable());
        }

        return targets;
    }

    private static bool IsOrOverrides(IMethodSymbol? candidate, IMethodSymbol definition)
    {
        for (; candidate is not null; candidate = candidate.OverriddenMethod)
        {
            if (SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, definition))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The types of the compilation by the interfaces that they implement, or by themselves and their bases.</summary>
    private Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> Related(INamedTypeSymbol type) => type.TypeKind == TypeKind.Interface
        ? _implementing ??= Index(static type => type.TypeKind == TypeKind.Interface ? ImmutableArray<INamedTypeSymbol>.Empty : type.AllInterfaces)
        : _derived ??= Index(TypeTree.SelfAndBases);

    private Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> Index(Func<INamedTypeSymbol, IEnumerable<INamedTypeSymbol>> keys)
    {
        var index = new Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>>(SymbolEqualityComparer.Default);
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(compilation.Assembly.GlobalNamespace);
        while (pending.Count > 0)
        {
            var outer = pending.Pop();
            foreach (var inner in outer is INamespaceSymbol space ? space.GetMembers() : (IEnumerable<INamespaceOrTypeSymbol>)outer.GetTypeMembers())
            {
                pending.Push(inner);
                if (inner is INamedTypeSymbol type)
                {
                    Add(type);
                }
            }
        }

        return index;

        void Add(INamedTypeSymbol type)
        {
            foreach (var key in keys(type))
            {
                var types = index.GetOrAdd(key.OriginalDefinition);

                // An interface of two type arguments is implemented once.
                if (types.Count == 0 || !ReferenceEquals(types[types.Count - 1], type))
                {
                    types.Add(type);
                }
            }
        }
    }
}
