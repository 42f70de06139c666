namespace ForkLint.Linux;

/// <summary>
/// The mappings of a process, put together from the segments of its core file. A segment has no letter for private or shared, and no name: which is which is
/// decided by what is mapped there from which file.
/// </summary>
internal sealed class CoreMappings
{
    private const string Deleted = " (deleted)";

    /// <summary>The program break begins at a random distance behind the program: at most 1 GiB (Linux arch/arm64/kernel/process.c, arch_randomize_brk).</summary>
    private const ulong MostBreakDistance = 2UL << 30;

    private readonly HashSet<string> _images;
    private readonly List<Mapping> _mappings = [];

    private CoreMappings(HashSet<string> images) => _images = images;

    /// <summary>The mappings, ascending.</summary>
    public static IReadOnlyList<Mapping> Of(IReadOnlyList<CoreSegment> segments, IReadOnlyList<CoreMappedFile> files, IReadOnlyList<CoreFileThread> threads, int pid)
    {
        var mappings = new CoreMappings(Images(segments, files));
        mappings.Add(segments, files);
        Name(mappings._mappings, threads, pid);
        return mappings._mappings;
    }

    private void Add(IReadOnlyList<CoreSegment> segments, IReadOnlyList<CoreMappedFile> files)
    {
        var at = 0;
        ulong done = 0;
        foreach (var segment in segments)
        {
            // What is mapped from files below it and was not written.
            for (; at < files.Count && files[at].End <= segment.Start; at++)
            {
                Add(Math.Max(done, files[at].Start), files[at].End, "r--", files[at]);
            }

            ulong from = segment.Start;
            for (; at < files.Count && files[at].Start < segment.End; at++)
            {
                var file = files[at];
                Add(Math.Max(done, file.Start), segment.Start, "r--", file);
                Add(from, file.Start, segment.Permissions, null);
                from = Math.Max(from, Math.Min(segment.End, file.End));
                Add(Math.Max(segment.Start, file.Start), from, segment.Permissions, file);
                if (file.End > segment.End)
                {
                    break;
                }
            }

            Add(from, segment.End, segment.Permissions, null);
            done = segment.End;
        }

        for (; at < files.Count; at++)
        {
            Add(Math.Max(done, files[at].Start), files[at].End, "r--", files[at]);
        }
    }

    private void Add(ulong start, ulong end, string permissions, CoreMappedFile? file)
    {
        if (start >= end)
        {
            return;
        }

        var isPrivate = file is not { } mapped || !IsShared(mapped.Path, permissions);
        _mappings.Add(new Mapping
        {
            Start = start,
            End = end,
            Permissions = permissions + (isPrivate ? 'p' : 's'),
            OffsetBytes = file is { } known ? known.OffsetBytes + (start - known.Start) : 0,
            Inode = file is null ? 0UL : 1,
            Path = file?.Path ?? "",
            Flags = isPrivate && permissions[1] == 'w' ? VmFlags.Readable | VmFlags.Writable | VmFlags.Accounted : VmFlags.Readable,
        });
    }

    /// <summary>Programs and libraries are mapped privately; memory files, devices and data files that can be written are shared.</summary>
    private bool IsShared(string path, string permissions) =>
        path.StartsWith("/memfd:", StringComparison.Ordinal) || path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/SYSV", StringComparison.Ordinal)
        || (permissions[1] == 'w' && !_images.Contains(path));

    private static HashSet<string> Images(IReadOnlyList<CoreSegment> segments, IReadOnlyList<CoreMappedFile> files)
    {
        HashSet<string> images = new(StringComparer.Ordinal);
        var at = 0;
        foreach (var file in files)
        {
            var path = file.Path.EndsWith(Deleted, StringComparison.Ordinal) ? file.Path[..^Deleted.Length] : file.Path;
            for (; at < segments.Count && segments[at].End <= file.Start; at++)
            {
            }

            var isRun = at < segments.Count && segments[at].Start < file.End && (segments[at].Flags & 1) != 0;
            if (isRun || path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase)
                || path.EndsWith(".so", StringComparison.Ordinal) || path.Contains(".so.", StringComparison.Ordinal))
            {
                _ = images.Add(file.Path);
            }
        }

        return images;
    }

    /// <summary>What the kernel names in <c>maps</c> and not in a core: the stack of the first thread, and the program break.</summary>
    private static void Name(List<Mapping> mappings, IReadOnlyList<CoreFileThread> threads, int pid)
    {
        if (threads.FirstOrDefault(thread => thread.Id == pid) is { } first)
        {
            Name(mappings, mappings.FindIndex(mapping => mapping.Start <= first.StackPointer && first.StackPointer < mapping.End), "[stack]");
        }

        if (mappings.FindIndex(static mapping => mapping.IsFile) is >= 0 and var program)
        {
            var last = mappings.FindLastIndex(mapping => mapping.Path == mappings[program].Path);
            var end = mappings[last].End;

            // Right behind the program lie its own zeroes (.bss).
            var next = mappings.FindIndex(last + 1, static mapping => mapping.Permissions.StartsWith("rw", StringComparison.Ordinal));
            next = next >= 0 && mappings[next].Start == end ? mappings.FindIndex(next + 1, static mapping => mapping.Permissions.StartsWith("rw", StringComparison.Ordinal)) : next;
            if (next >= 0 && mappings[next].Start - end <= MostBreakDistance)
            {
                Name(mappings, next, "[heap]");
            }
        }
    }

    private static void Name(List<Mapping> mappings, int index, string name)
    {
        if (index >= 0 && mappings[index] is { Path.Length: 0, IsPrivate: true } mapping)
        {
            mappings[index] = mapping with { Path = name };
        }
    }
}
