using System.Reflection.Metadata;
using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Naming;

/// <summary>The metadata of the modules, read from the child's memory: names as the compiler wrote them.</summary>
internal sealed class ModuleMetadata(ChildDataReader memory) : IDisposable
{
    /// <summary>More than any assembly has; beyond it, the length is not one.</summary>
    private const ulong MostBytes = 512UL << 20;

    private readonly Dictionary<ulong, (MetadataReaderProvider? Provider, MetadataReader? Reader)> _readers = [];

    /// <summary>The metadata of a module, or null where it has none that can be read (a dynamic one).</summary>
    public MetadataReader? For(ClrModule module)
    {
        if (!_readers.TryGetValue(module.Address, out (MetadataReaderProvider? Provider, MetadataReader? Reader) entry))
        {
            entry = Open(module);
            _readers[module.Address] = entry;
        }

        return entry.Reader;
    }

    /// <summary>The major version of a module's assembly, which for the core library is the runtime's; the largest number where it cannot be read.</summary>
    public int MajorVersion(ClrModule? module) =>
        module is not null && For(module) is { IsAssembly: true } reader ? reader.GetAssemblyDefinition().Version.Major : int.MaxValue;

    public void Dispose()
    {
        foreach ((MetadataReaderProvider? provider, _) in _readers.Values)
        {
            provider?.Dispose();
        }
    }

    private (MetadataReaderProvider?, MetadataReader?) Open(ClrModule module)
    {
        if (module.MetadataAddress == 0 || module.MetadataLength is 0 or > MostBytes)
        {
            return default;
        }

        byte[] image = new byte[module.MetadataLength];
        if (memory.Read(module.MetadataAddress, image) != image.Length)
        {
            return default;
        }

        try
        {
            MetadataReaderProvider provider = MetadataReaderProvider.FromMetadataImage(ImmutableCollectionsMarshal.AsImmutableArray(image));
            return (provider, provider.GetMetadataReader());
        }
        catch (BadImageFormatException)
        {
            return default;
        }
    }
}
