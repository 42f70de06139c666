using Microsoft.CodeAnalysis;
using static ForkLint.Analyzers.Flow.OperationFacts;

namespace ForkLint.Analyzers.Flow;

/// <summary>What gives back the memory of an object of the compilation, by its type.</summary>
internal static class ReleaseMembers
{
    /// <summary>What disposes of objects of a type of the compilation.</summary>
    public static IMethodSymbol? DisposeOf(INamedTypeSymbol type) => SourceMethods(type).FirstOrDefault(static method =>
        method is { IsStatic: false, IsAbstract: false }
        && (method.Parameters.IsEmpty ? MethodNames.Simple(method) is "Dispose" or "DisposeAsync" or "ReleaseHandle" : IsDisposeOverride(method)));

    /// <summary>The override that a library's <c>Dispose</c> or <c>Close</c> calls to release what a receiver's type owns.</summary>
    public static IMethodSymbol? ReleaseOverride(IOperation instance, ObjectSet receiver) =>
        SourceMethods(receiver.Single is ContainerObject { Type: { } exact } ? exact : Unconverted(instance).Type)
            .FirstOrDefault(static method => method is { IsOverride: true, Name: "ReleaseHandle", Parameters.IsEmpty: true } || IsDisposeOverride(method));

    /// <summary>Where a <c>SafeHandle</c> keeps its handle.</summary>
    public static ISymbol? HandleField(INamedTypeSymbol type) => type.SelfAndBases()
        .FirstOrDefault(static current => MetadataNames.Is(current, "System.Runtime.InteropServices", "SafeHandle"))?.GetMembers("handle").FirstOrDefault();

    /// <summary>
    /// What an inherited <c>Dispose()</c> calls of an object's own type, as far as names tell: <c>Dispose(bool)</c>, <c>DisposeCore()</c>,
    /// <c>Close()</c>, and <c>DisposeAsyncCore()</c> first where it is an asynchronous one.
    /// </summary>
    public static IMethodSymbol? CalledByDispose(INamedTypeSymbol type, IMethodSymbol dispose) => SourceMethods(type)
        .Where(static method => IsDisposeOverride(method) || (method is { IsOverride: true, Parameters.IsEmpty: true } && OnceGuard.IsReleaseName(method.Name)))
        .OrderByDescending(method => method.ReturnsVoid == dispose.ReturnsVoid).FirstOrDefault();

    private static bool IsDisposeOverride(IMethodSymbol method) => method is { IsOverride: true, Name: "Dispose", Parameters.Length: 1 };

    private static IEnumerable<IMethodSymbol> SourceMethods(ITypeSymbol? type) =>
        type.SelfAndBases().TakeWhile(IsSource).SelectMany(static current => current.GetMembers()).OfType<IMethodSymbol>();
}
