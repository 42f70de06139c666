using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Native;

/// <summary>The name in C of the function that a method calls, whether it imports it itself or comes from a library of such imports.</summary>
internal static class LibcFunction
{
    /// <summary>
    /// Types whose methods are libc's under their own names. Tmds.LibC ships a reference assembly, where nothing is
    /// extern; Mono.Posix has managed wrappers, and imports of a helper library with other names.
    /// </summary>
    private static readonly (string Namespace, string Name)[] Wrappers =
    [
        ("Mono.Unix.Native", "Syscall"), ("Mono.Unix.Native", "Stdlib"), ("Mono.Posix", "Syscall"), ("Tmds.Linux", "LibC"), ("Tmds.LibC", "LibC"),
    ];

    /// <summary>Whether <paramref name="type"/> is one whose methods are libc's.</summary>
    public static bool IsWrapper(INamedTypeSymbol? type) => Array.Exists(Wrappers, wrapper => MetadataNames.Is(type, wrapper.Namespace, wrapper.Name));

    /// <summary>The entry point behind <paramref name="method"/> in any native library; <see langword="null"/> for managed code.</summary>
    public static string? EntryPoint(IMethodSymbol method) =>
        IsWrapper(method.ContainingType) ? method.Name : NativeImport.Of(method)?.EntryPoint;
}
