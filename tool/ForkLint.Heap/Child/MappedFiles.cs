using ForkLint.Linux;

namespace ForkLint.Heap.Child;

/// <summary>What is mapped into a process, from its <c>maps</c>: cheap, and needs no page walk.</summary>
internal static class MappedFiles
{
    /// <summary>The regions of a process.</summary>
    /// <exception cref="HeapReadException">They could not be read.</exception>
    public static IReadOnlyList<MapRegion> Read(int pid)
    {
        Reading<IReadOnlyList<MapRegion>> reading = new ProcessFiles(pid).CoarseMaps();
        return reading.TryGet(out IReadOnlyList<MapRegion>? regions)
            ? regions
            : throw new HeapReadException($"The mappings of the copy {pid} could not be read: {reading.Detail}");
    }

    /// <summary>Every image once, at its lowest address.</summary>
    public static IReadOnlyList<MappedModule> Images(IEnumerable<MapRegion> regions)
    {
        List<MappedModule> modules = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (MapRegion region in regions)
        {
            string path = region.Path;
            bool isImage = path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
                || path.Contains(".so", StringComparison.Ordinal)
                || !Path.HasExtension(path)
                || path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);
            if (isImage
                && path.StartsWith('/')
                && !path.StartsWith("/memfd:", StringComparison.Ordinal)
                && !path.StartsWith("/dev/", StringComparison.Ordinal)
                && seen.Add(path))
            {
                modules.Add(new MappedModule(region.Start, path));
            }
        }

        return modules;
    }
}
