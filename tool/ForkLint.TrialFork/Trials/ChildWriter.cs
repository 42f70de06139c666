using System.Globalization;
using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.TrialFork;

/// <summary>
/// Dirties pages of a held child through its memory file, so that the child itself runs nothing: of each page one byte is read and written
/// back. The kernel copies the page for the child and charges it to the child's memory cgroup (mm/memory.c, wp_page_copy: the mm decides,
/// not the writer).
/// </summary>
internal static unsafe class ChildWriter
{
    private const int EntriesAtATime = 4096;
    private const int PagesBetweenLooks = 256;

    /// <summary>
    /// Writes about this many bytes of pages that are shared with the parent; the bytes dirtied. It stops when the guard has ended the
    /// child, and lets it look after every MiB: a gigabyte is written in less time than a thread may wait for a processor.
    /// </summary>
    public static long Write(TrialChild child, ChildGuard guard, SafeFileHandle memory, long wantedBytes)
    {
        var read = child.Files.Mappings();
        if (read.Failure == ReadFailure.ProcessGone)
        {
            return 0; // Ended by the guard, or with the application, which the caller looks at.
        }

        var mappings = Measurement.Require(read, child.Pid);
        using var pageMap = OpenPageMap(child);
        long pageBytes = Environment.SystemPageSize;
        long pages = (wantedBytes + pageBytes - 1) / pageBytes;
        long written = 0;
        foreach (var mapping in mappings.Where(IsOrdinary).OrderByDescending(static mapping => mapping.SharedDirtyBytes))
        {
            if (written >= pages || guard.IsTruncated || child.HasEnded)
            {
                break;
            }

            written += WriteMapping(mapping, memory, pageMap, pages - written, guard);
        }

        return written * pageBytes;
    }

    /// <summary>Private, writable, anonymous memory whose pages parent and child share.</summary>
    private static bool IsOrdinary(Mapping mapping) =>
        mapping.IsPrivate && mapping.Permissions[1] == 'w' && mapping.Inode == 0 && mapping.SharedDirtyBytes > 0
        && !mapping.Path.StartsWith("[stack", StringComparison.Ordinal);

    private static long WriteMapping(Mapping mapping, SafeFileHandle memory, Descriptor pageMap, long pages, ChildGuard guard)
    {
        long pageBytes = Environment.SystemPageSize;
        var entries = new PageEntry[EntriesAtATime];
        long written = 0;
        ulong first = mapping.Start / (ulong)pageBytes;
        ulong end = mapping.End / (ulong)pageBytes;
        fixed (PageEntry* start = entries)
        {
            for (ulong page = first; page < end && written < pages; page += EntriesAtATime)
            {
                int count = (int)Math.Min(EntriesAtATime, end - page);
                nint read = Libc.ReadAt(pageMap.Value, (byte*)start, count * sizeof(ulong), (long)page * sizeof(ulong));
                for (int index = 0; index < read / sizeof(ulong) && written < pages; index++)
                {
                    if (entries[index] is { IsPresent: true, IsFileOrShared: false, IsExclusive: false } && Touch(memory, (long)(page + (ulong)index) * pageBytes))
                    {
                        written++;
                        if (written % PagesBetweenLooks == 0 && !guard.MayGoOn())
                        {
                            return written;
                        }
                    }
                }
            }
        }

        return written;
    }

    private static bool Touch(SafeFileHandle memory, long address)
    {
        byte value;
        int descriptor = (int)memory.DangerousGetHandle();
        return Libc.ReadAt(descriptor, &value, 1, address) == 1 && Libc.WriteAt(descriptor, &value, 1, address) == 1;
    }

    /// <summary>Which pages are there, and which both sides map (Documentation/admin-guide/mm/pagemap.rst).</summary>
    private static Descriptor OpenPageMap(TrialChild child)
    {
        int opened = Libc.OpenAt(Libc.CurrentDirectory, child.Files.PathOf("pagemap"), Libc.ReadOnly | Libc.CloseOnExec, 0);
        return opened >= 0 ? new Descriptor(opened) : throw new MeasureException(
            ExitReason.NotPermitted,
            string.Create(CultureInfo.InvariantCulture, $"the child's page map may not be read: {Libc.Message(Libc.LastError)}"),
            "run the tool as root (sudo), or leave out --child-writes");
    }
}
