using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Spawning;

/// <summary>
/// Whether a referenced library knows <c>System.Diagnostics.Process</c>: only such a library can hand one out to source
/// that never names the type.
/// </summary>
internal static class ProcessReferences
{
    // The references of a project stay the same objects while its sources change.
    private static readonly ConditionalWeakTable<MetadataReference, StrongBox<bool>> Known = new();

    /// <summary>Whether any does.</summary>
    public static bool Any(Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var reference in compilation.References)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reference is CompilationReference { Compilation: var other })
            {
                if (other.SyntaxTrees.Any(tree => SpawnMentions.Mentions(tree.ToString())))
                {
                    return true;
                }
            }
            else if (Known.GetValue(reference, key => new StrongBox<bool>(Names(compilation.GetAssemblyOrModuleSymbol(key)))).Value)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Names(ISymbol? symbol)
    {
        var modules = symbol switch
        {
            IAssemblySymbol assembly => assembly.Modules,
            IModuleSymbol module => [module],
            _ => [],
        };
        foreach (var module in modules)
        {
            if (module.GetMetadata() is not { IsDisposed: false } metadata)
            {
                continue;
            }

            var reader = metadata.GetMetadataReader();
            foreach (var handle in reader.TypeReferences)
            {
                var type = reader.GetTypeReference(handle);
                if (reader.StringComparer.Equals(type.Name, "Process") && reader.StringComparer.Equals(type.Namespace, "System.Diagnostics"))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
