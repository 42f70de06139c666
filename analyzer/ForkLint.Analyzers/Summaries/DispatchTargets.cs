using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Which methods an interface or virtual call can run, as far as the compilation shows.</summary>
internal sealed class DispatchTargets(Compilation compilation)
{
    private readonly Dictionary<IMethodSymbol, ImmutableArray<IMethodSymbol>> _targets = new(SymbolEqualityComparer.Default);
    private List<INamedTypeSymbol>? _types;

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
                // Anybody can implement an interface of the base library.
                return default;
            }

            if (type.TypeKind is not (TypeKind.Interface or TypeKind.TypeParameter) && Implementation(type, method) is { } implementation)
            {
                found.Add(implementation.OriginalDefinition);
            }

            if (!isExact)
            {
                foreach (var target in Overrides(definition))
                {
                    if (type.TypeKind is TypeKind.Interface or TypeKind.TypeParameter || DerivesFrom(target.ContainingType, type))
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
            return type.FindImplementationForInterfaceMember(method) as IMethodSymbol
                ?? type.AllInterfaces.Where(face => SymbolEqualityComparer.Default.Equals(face.OriginalDefinition, method.ContainingType.OriginalDefinition))
                    .SelectMany(face => face.GetMembers(method.Name).OfType<IMethodSymbol>())
                    .Where(member => SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method.OriginalDefinition))
                    .Select(type.FindImplementationForInterfaceMember).OfType<IMethodSymbol>().FirstOrDefault();
        }

        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            foreach (var member in current.GetMembers(method.Name))
            {
                if (member is IMethodSymbol candidate && IsOrOverrides(candidate, method.OriginalDefinition))
                {
                    return candidate;
                }
            }
        }

        return method;
    }

    private ImmutableArray<IMethodSymbol> Overrides(IMethodSymbol definition)
    {
        if (!_targets.TryGetValue(definition, out var targets))
        {
            var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
            foreach (var type in _types ??= Types())
            {
                var isCandidate = definition.ContainingType.TypeKind == TypeKind.Interface
                    ? type.TypeKind != TypeKind.Interface && type.AllInterfaces.Any(face => SymbolEqualityComparer.Default.Equals(face.OriginalDefinition, definition.ContainingType))
                    : DerivesFrom(type, definition.ContainingType);
                if (isCandidate && Implementation(type, definition) is { } implementation)
                {
                    found.Add(implementation.OriginalDefinition);
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

    private static bool DerivesFrom(ITypeSymbol? type, ITypeSymbol ancestor)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, ancestor.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }

    private List<INamedTypeSymbol> Types()
    {
        var types = new List<INamedTypeSymbol>();
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(compilation.Assembly.GlobalNamespace);
        while (pending.Count > 0)
        {
            foreach (var member in pending.Pop().GetMembers())
            {
                if (member is INamespaceOrTypeSymbol inner)
                {
                    pending.Push(inner);
                    if (member is INamedTypeSymbol type)
                    {
                        types.Add(type);
                    }
                }
            }
        }

        return types;
    }
}
