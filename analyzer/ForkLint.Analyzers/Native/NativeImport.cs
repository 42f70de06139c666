using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Native;

/// <summary>The native function behind a method: a <c>DllImport</c>, or a <c>LibraryImport</c>.</summary>
/// <param name="Library">The library as it is spelled; constants are already their value.</param>
/// <param name="EntryPoint">The exported name, which is the method's own where none is given.</param>
internal readonly record struct NativeImport(string Library, string EntryPoint)
{
    /// <summary>
    /// Reads the import of <paramref name="method"/>; <see langword="null"/> where it is none. Methods that are neither
    /// extern nor partial cost two flags.
    /// </summary>
    public static NativeImport? Of(IMethodSymbol method)
    {
        method = method.OriginalDefinition;
        if (method.IsExtern)
        {
            return FromDllImport(method);
        }

        // GetDllImportData() is null on the partial definition, which is what calls bind to: the generator puts the
        // DllImport on the other part, or on a local function inside it.
        var definition = method.PartialDefinitionPart ?? method;
        return definition.IsPartialDefinition
            ? FromLibraryImport(definition) ?? (definition.PartialImplementationPart is { } implementation ? FromDllImport(implementation) : null)
            : null;
    }

    private static NativeImport? FromDllImport(IMethodSymbol method) =>
        method.GetDllImportData() is { ModuleName: { } library } data
            ? new NativeImport(library, string.IsNullOrEmpty(data.EntryPointName) ? method.Name : data.EntryPointName!)
            : null;

    private static NativeImport? FromLibraryImport(IMethodSymbol definition) =>
        MetadataNames.Attribute(definition, "System.Runtime.InteropServices", "LibraryImportAttribute") is { } attribute
        && attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Primitive, Value: string library }, ..]
            ? new NativeImport(library, attribute.NamedArguments.FirstOrDefault(static argument => argument.Key == "EntryPoint").Value
                is { Kind: TypedConstantKind.Primitive, Value: string { Length: > 0 } name } ? name : definition.Name)
            : null;
}
