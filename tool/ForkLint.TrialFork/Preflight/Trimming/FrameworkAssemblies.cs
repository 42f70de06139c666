using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ForkLint.TrialFork;

/// <summary>The assemblies that an application would load for a name: those beside its core library, or in its single file.</summary>
internal sealed class FrameworkAssemblies : IDisposable
{
    private const long LargestAssemblyBytes = 128 << 20;
    private readonly Func<string, Stream?> _open;
    private readonly Dictionary<string, AssemblyTypes?> _known = new(StringComparer.OrdinalIgnoreCase);

    private FrameworkAssemblies(Func<string, Stream?> open) => _open = open;

    /// <summary>Those in a folder.</summary>
    public static FrameworkAssemblies InFolder(string folder) => new(name =>
    {
        string path = Path.Combine(folder, name + ".dll");
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : null;
    });

    /// <summary>Those in a single-file program; null where the file holds no bundle that can be read.</summary>
    public static FrameworkAssemblies? InBundle(string program) => Bundle.Read(program) is { } bundle ? new FrameworkAssemblies(name => bundle.Open(name + ".dll")) : null;

    /// <summary>The types of an assembly; null where there is none of that name.</summary>
    /// <exception cref="BadImageFormatException">It is no assembly.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public AssemblyTypes? Find(string name)
    {
        if (!_known.TryGetValue(name, out var types))
        {
            using var stream = _open(name);
            types = stream is null || stream.Length > LargestAssemblyBytes ? null : new AssemblyTypes(new PEReader(stream, PEStreamOptions.PrefetchMetadata));
            _known[name] = types;
        }

        return types;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var types in _known.Values)
        {
            types?.Dispose();
        }
    }
}

/// <summary>The types that an assembly defines or forwards, by their full names.</summary>
internal sealed class AssemblyTypes : IDisposable
{
    private readonly PEReader _image;
    private readonly Dictionary<string, TypeDefinitionHandle> _defined = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _forwarded = new(StringComparer.Ordinal);

    /// <summary>Reads the tables.</summary>
    /// <exception cref="BadImageFormatException">It is no assembly.</exception>
    public AssemblyTypes(PEReader image)
    {
        _image = image;
        Metadata = image.HasMetadata ? image.GetMetadataReader() : throw new BadImageFormatException("no metadata");
        foreach (var handle in Metadata.TypeDefinitions)
        {
            _defined.TryAdd(SignatureNames.Of(Metadata, handle), handle);
        }

        foreach (var handle in Metadata.ExportedTypes)
        {
            var type = Metadata.GetExportedType(handle);
            if (type.Implementation.Kind == HandleKind.AssemblyReference)
            {
                var assembly = Metadata.GetAssemblyReference((AssemblyReferenceHandle)type.Implementation);
                _forwarded.TryAdd(SignatureNames.Join(Metadata, type.Namespace, type.Name), Metadata.GetString(assembly.Name));
            }
        }
    }

    /// <summary>The metadata.</summary>
    public MetadataReader Metadata { get; }

    /// <summary>The definition of a type.</summary>
    public bool TryGetDefinition(string name, out TypeDefinitionHandle handle) => _defined.TryGetValue(name, out handle);

    /// <summary>The assembly that a type was moved to.</summary>
    public bool TryGetForward(string name, out string? assembly) => _forwarded.TryGetValue(name, out assembly);

    /// <inheritdoc/>
    public void Dispose() => _image.Dispose();
}
