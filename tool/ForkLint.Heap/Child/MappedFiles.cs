using System.Globalization;

namespace ForkLint.Heap.Child;

/// <summary>The files mapped into a process, from its <c>maps</c>: cheap, and needs no page walk.</summary>
internal static class MappedFiles
{
    /// <summary>The lines of a process's <c>maps</c>.</summary>
    /// <exception cref="HeapReadException">They could not be read.</exception>
    public static string[] ReadLines(int pid)
    {
        try
        {
            return File.ReadAllLines($"/proc/{pid}/maps");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HeapReadException($"The mappings of the copy {pid} could not be read: {exception.Message}", exception);
        }
    }

    /// <summary>Every mapped file once, at its lowest address, from lines as the kernel writes them (fs/proc/task_mmu.c, <c>show_map_vma</c>).</summary>
    public static IReadOnlyList<MappedModule> Parse(IEnumerable<string> lines)
    {
        List<MappedModule> modules = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            int slash = line.IndexOf('/', StringComparison.Ordinal);
            int dash = line.IndexOf('-', StringComparison.Ordinal);
            if (slash < 0 || dash <= 0 || line.StartsWith("/memfd:", StringComparison.Ordinal))
            {
                continue;
            }

            string path = line[slash..];
            bool isImage = path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
                || path.Contains(".so", StringComparison.Ordinal)
                || !Path.HasExtension(path)
                || path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);
            if (isImage
                && !path.StartsWith("/memfd:", StringComparison.Ordinal)
                && !path.StartsWith("/dev/", StringComparison.Ordinal)
                && ulong.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
                && seen.Add(path))
            {
                modules.Add(new MappedModule(start, path));
            }
        }

        return modules;
    }
}
