using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Spawning;

/// <summary>
/// What referenced libraries know of spawning: only one that knows <c>System.Diagnostics.Process</c> can hand one out to source that never
/// names the type, and only one that imports <c>fork</c> can offer it under another name. Their metadata is read as it is: symbols would make
/// the compiler bind every reference before it has to.
/// </summary>
internal static class ProcessReferences
{
    // The references of a project stay the same objects while its sources change.
    private static readonly ConditionalWeakTable<MetadataReference, StrongBox<bool>> Known = new();
    private static readonly ConditionalWeakTable<MetadataReference, StrongBox<bool>> KnownImports = new();

    /// <summary>Whether any knows <c>System.Diagnostics.Process</c>.</summary>
    public static bool Any(Compilation compilation, CancellationToken cancellationToken) =>
        Any(compilation, Known, SpawnWords.Spawn, NamesProcess, cancellationToken);

    /// <summary>Whether any imports a function of a native library that is named like one that creates a process.</summary>
    public static bool AnyImport(Compilation compilation, CancellationToken cancellationToken) =>
        Any(compilation, KnownImports, SpawnWords.Native, Imports, cancellationToken);

    private static bool Any(
        Compilation compilation,
        ConditionalWeakTable<MetadataReference, StrongBox<bool>> known,
        SpawnWords inSource,
        Func<MetadataReader, bool> isInMetadata,
        CancellationToken cancellationToken)
    {
        // Compilation.References would make the compiler bind them all, for those that a script names (#r).
        var references = compilation.ScriptCompilationInfo is null ? compilation.ExternalReferences : compilation.ExternalReferences.AddRange(compilation.DirectiveReferences);
        foreach (var reference in references)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reference is CompilationReference { Compilation: var other })
            {
                if (other.SyntaxTrees.Any(tree => (SpawnMentions.Of(tree) & inSource) != 0))
                {
                    return true;
                }
            }
            else if (reference is PortableExecutableReference library
                && IsIn(library, known, isInMetadata))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIn(
        PortableExecutableReference library, ConditionalWeakTable<MetadataReference, StrongBox<bool>> known, Func<MetadataReader, bool> isInMetadata)
    {
        if (!known.TryGetValue(library, out var answer))
        {
            answer = known.GetValue(library, _ => new StrongBox<bool>(Modules(library).Any(module => isInMetadata(module.GetMetadataReader()))));
        }

        return answer.Value;
    }

    // A file that is missing or no assembly is the compiler's to report.
    private static ImmutableArray<ModuleMetadata> Modules(PortableExecutableReference reference)
    {
        try
        {
            return reference.GetMetadata() switch
            {
                AssemblyMetadata assembly => assembly.GetModules(),
                ModuleMetadata module => ImmutableArray.Create(module),
                _ => ImmutableArray<ModuleMetadata>.Empty,
            };
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException or ObjectDisposedException)
        {
            return ImmutableArray<ModuleMetadata>.Empty;
        }
    }

    private static bool NamesProcess(MetadataReader reader)
    {
        if (!MayReferenceProcess(reader))
        {
            return false;
        }

        foreach (var handle in reader.TypeReferences)
        {
            var type = reader.GetTypeReference(handle);
            if (reader.StringComparer.Equals(type.Name, "Process") && reader.StringComparer.Equals(type.Namespace, "System.Diagnostics"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a library refers to one that <c>Process</c> is in, by framework. A library that it is in itself has it from none.</summary>
    private static bool MayReferenceProcess(MetadataReader reader)
    {
        var names = reader.StringComparer;
        foreach (var handle in reader.AssemblyReferences)
        {
            var name = reader.GetAssemblyReference(handle).Name;
            if (names.Equals(name, "System.Diagnostics.Process") || names.Equals(name, "System") || names.Equals(name, "netstandard"))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Imports(MetadataReader reader)
    {
        // Only a library with native modules has imports at all: nearly none has.
        if (reader.GetTableRowCount(TableIndex.ImplMap) == 0)
        {
            return false;
        }

        foreach (var handle in reader.MethodDefinitions)
        {
            var method = reader.GetMethodDefinition(handle);
            if ((method.Attributes & MethodAttributes.PinvokeImpl) != 0
                && NativeSpawns.IsEntryPoint(reader.GetString(method.GetImport().Name is { IsNil: false } name ? name : method.Name)))
            {
                return true;
            }
        }

        return false;
    }
}
