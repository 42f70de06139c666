using ForkLint.Linux;

namespace ForkLint.Dumps.Core;

/// <summary>Which memory a dump of a type holds.</summary>
internal static class CorePlan
{
    private const ulong RedZoneBytes = 128;

    /// <summary>The runtime's own memory comes in blocks that are smaller; a larger one is the application's.</summary>
    private const long MostRuntimeBytes = 16 << 20;

    /// <summary>Small blocks may lie so close to the collector's heap that they look like a part of it: arenas of threads, the runtime's tables.</summary>
    private const long MostBesideCollectorBytes = 2 << 20;

    private static readonly ulong PageBytes = (ulong)Environment.SystemPageSize;

    /// <summary>The ranges, ascending, none of them overlapping.</summary>
    /// <param name="type">The type.</param>
    /// <param name="maps">All mappings, ascending.</param>
    /// <param name="stackPointers">The threads' stack pointers.</param>
    /// <param name="collector">Where the collector's heap lies; only a mini dump leaves it out.</param>
    /// <param name="modules">What to keep of modules.</param>
    public static IReadOnlyList<CoreRegion> Make(DumpType type, IReadOnlyList<MapRegion> maps, IReadOnlyList<ulong> stackPointers, IReadOnlyList<(ulong Start, ulong End)> collector, ModuleParts modules)
    {
        var readable = maps.Where(IsReadable).ToList();
        if (type == DumpType.Full)
        {
            return [.. readable.Select(static map => Region(map, map.Start, map.End))];
        }

        var wanted = new List<(ulong Start, ulong End)>();
        foreach (var map in readable)
        {
            if (map.Path == "[vdso]" || (IsKept(map) && (type == DumpType.Heap || IsOfRuntime(map, stackPointers, collector))))
            {
                wanted.Add((map.Start, map.End));
            }
        }

        foreach (ulong pointer in stackPointers)
        {
            if (readable.FirstOrDefault(map => map.Start <= pointer && pointer < map.End) is { } stack)
            {
                wanted.Add((Math.Max(stack.Start, pointer - RedZoneBytes), stack.End));
            }
        }

        foreach (var module in Modules(readable))
        {
            wanted.AddRange(modules.Of(module));
        }

        return Cut(readable, Joined(wanted));
    }

    /// <summary>
    /// Writable memory, be it of no file or of a module; and of deleted files what can be written or run: there the runtime keeps compiled code and
    /// its tables, which it maps twice. What a program shares with others through a file of its own is that file's.
    /// </summary>
    private static bool IsKept(MapRegion map) =>
        (map.IsPrivate && map.Permissions[1] == 'w')
        || (map.Path.EndsWith(" (deleted)", StringComparison.Ordinal) && (map.Permissions[1] == 'w' || map.Permissions[2] == 'x'));

    private static bool IsOfRuntime(MapRegion map, IReadOnlyList<ulong> stackPointers, IReadOnlyList<(ulong Start, ulong End)> collector) =>
        map.IsFile || (map.SizeBytes <= MostRuntimeBytes
            && (map.SizeBytes <= MostBesideCollectorBytes || !collector.Any(range => range.Start < map.End && map.Start < range.End))
            && !stackPointers.Any(pointer => map.Start <= pointer && pointer < map.End));

    /// <summary>The kernel's own pages ([vvar]) cannot be read; [vsyscall] is the same in every process.</summary>
    private static bool IsReadable(MapRegion map) => map.Permissions[0] == 'r' && !map.Path.StartsWith("[vvar", StringComparison.Ordinal) && map.Path != "[vsyscall]";

    /// <summary>Mappings of one file that lie together.</summary>
    private static IEnumerable<IReadOnlyList<MapRegion>> Modules(List<MapRegion> maps)
    {
        var module = new List<MapRegion>();
        foreach (var map in maps.Where(static map => map.IsFile && map.Inode != 0))
        {
            if (module.Count > 0 && (module[0].Path != map.Path || map.OffsetBytes == 0))
            {
                yield return module;
                module = [];
            }

            module.Add(map);
        }

        if (module.Count > 0)
        {
            yield return module;
        }
    }

    private static List<(ulong Start, ulong End)> Joined(List<(ulong Start, ulong End)> ranges)
    {
        var joined = new List<(ulong Start, ulong End)>();
        foreach (var (start, end) in ranges.Select(static range => (Start: range.Start & ~(PageBytes - 1), End: (range.End + PageBytes - 1) & ~(PageBytes - 1))).OrderBy(static range => range.Start))
        {
            if (joined.Count > 0 && start <= joined[^1].End)
            {
                joined[^1] = (joined[^1].Start, Math.Max(joined[^1].End, end));
            }
            else
            {
                joined.Add((start, end));
            }
        }

        return joined;
    }

    private static List<CoreRegion> Cut(List<MapRegion> maps, List<(ulong Start, ulong End)> ranges)
    {
        var regions = new List<CoreRegion>();
        int at = 0;
        foreach (var map in maps)
        {
            while (at < ranges.Count && ranges[at].End <= map.Start)
            {
                at++;
            }

            for (int index = at; index < ranges.Count && ranges[index].Start < map.End; index++)
            {
                regions.Add(Region(map, Math.Max(map.Start, ranges[index].Start), Math.Min(map.End, ranges[index].End)));
            }
        }

        return regions;
    }

    private static CoreRegion Region(MapRegion map, ulong start, ulong end) => new(
        start,
        end,
        4u | (map.Permissions[1] == 'w' ? 2u : 0) | (map.Permissions[2] == 'x' ? 1u : 0),
        map.IsPrivate && !map.IsFile)
    { IsShared = !map.IsPrivate };
}
