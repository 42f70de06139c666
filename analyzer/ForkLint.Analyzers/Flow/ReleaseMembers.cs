using Microsoft.CodeAnalysis;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Flow;

/// <summary>What gives back the memory of an object of the compilation, by its type.</summary>
internal static class ReleaseMembers
{
    /// <summary>What disposes of objects of a type of the compilation.</summary>
    public static IMethodSymbol? DisposeOf(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null && IsSource(current); current = current.BaseType)
        {
            foreach (var member in current.GetMembers())
            {
                if (member is IMethodSymbol { IsStatic: false, IsAbstract: false } method
                    && (method.Parameters.IsEmpty ? MethodNamesOf(method) is "Dispose" or "DisposeAsync" or "ReleaseHandle" : method is { Name: "Dispose", IsOverride: true, Parameters.Length: 1 }))
                {
                    return method;
                }
            }
        }

        return null;

        static string MethodNamesOf(IMethodSymbol method) => method.Name.Substring(method.Name.LastIndexOf('.') + 1);
    }

    public static IMethodSymbol? ReleaseOverride(IOperation instance, ObjectSet receiver)
    {
        var type = receiver.Single is ContainerObject { Type: { } exact } ? exact : Unconverted(instance).Type;
        for (; type is not null && !type.DeclaringSyntaxReferences.IsEmpty; type = type.BaseType)
        {
            foreach (var member in type.GetMembers())
            {
                if (member is IMethodSymbol { IsOverride: true } method
                    && ((method.Name == "ReleaseHandle" && method.Parameters.IsEmpty) || (method.Name is "Dispose" && method.Parameters.Length == 1)))
                {
                    return method;
                }
            }
        }

        return null;
    }

    public static ISymbol? HandleField(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (MetadataNames.Is(current, "System.Runtime.InteropServices", "SafeHandle"))
            {
                return current.GetMembers("handle").FirstOrDefault();
            }
        }

        return null;
    }
}
