using System.Runtime.InteropServices;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>
/// What the kernel says of one page (Linux Documentation/admin-guide/mm/pagemap.rst). The page frame itself is 0 for readers without
/// CAP_SYS_ADMIN and is not offered here.
/// </summary>
/// <param name="Raw">The 64 bits.</param>
public readonly record struct PageEntry(ulong Raw)
{
    /// <summary>The page is in RAM.</summary>
    public bool IsPresent => (Raw & (1UL << 63)) != 0;

    /// <summary>The page is in swap.</summary>
    public bool IsSwapped => (Raw & (1UL << 62)) != 0;

    /// <summary>The page belongs to a file or to shared memory.</summary>
    public bool IsFileOrShared => (Raw & (1UL << 61)) != 0;

    /// <summary>No other process maps it (Linux 4.2).</summary>
    public bool IsExclusive => (Raw & (1UL << 56)) != 0;
}

/// <summary>How many pages of a range are where.</summary>
/// <param name="Present">In RAM, the zero page included.</param>
/// <param name="Swapped">In swap.</param>
/// <param name="Exclusive">In RAM and mapped by this process alone.</param>
public readonly record struct PageCount(long Present, long Swapped, long Exclusive);

/// <summary>
/// Reads <c>/proc/PID/pagemap</c>: which pages of a range exist, eight bytes a page and in bulk. Untouched parts of a large mapping need
/// then not be read at all.
/// </summary>
public sealed unsafe class PageMap : IDisposable
{
    private const int ChunkPages = 64 * 1024 / sizeof(ulong);

    private readonly string _path;
    private readonly long _pageSizeBytes = Environment.SystemPageSize;
    private int _descriptor;

    private PageMap(string path, int descriptor)
    {
        _path = path;
        _descriptor = descriptor;
    }

    /// <summary>Opens the page map of a process; it takes the right to trace it.</summary>
    public static Reading<PageMap> Open(int pid, string procRoot = "/proc")
    {
        var path = new ProcessFiles(pid, procRoot).PathOf("pagemap");
        var descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        return descriptor >= 0
            ? Reading<PageMap>.Ok(new PageMap(path, descriptor))
            : ProcFile.Fail<PageMap>(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Fills <paramref name="entries"/> with the pages from <paramref name="address"/> on, one after the other.</summary>
    /// <param name="address">The first page; rounded down to a page.</param>
    /// <param name="entries">One entry a page.</param>
    /// <returns>How many were filled: fewer where the address space ends, or the process did.</returns>
    /// <exception cref="ObjectDisposedException">The page map was disposed of.</exception>
    public Reading<int> Read(ulong address, Span<PageEntry> entries)
    {
        ObjectDisposedException.ThrowIf(_descriptor < 0, this);
        var offset = (long)(address / (ulong)_pageSizeBytes) * sizeof(ulong);
        var bytes = MemoryMarshal.AsBytes(entries);
        var filled = 0;
        fixed (byte* start = bytes)
        {
            while (filled < bytes.Length)
            {
                var count = Libc.ReadAt(_descriptor, start + filled, bytes.Length - filled, offset + filled);
                if (count == 0)
                {
                    break;
                }

                if (count > 0)
                {
                    filled += (int)count;
                }
                else if (Marshal.GetLastPInvokeError() is var error && error != Libc.ErrorInterrupted)
                {
                    return ProcFile.Fail<int>(_path, error);
                }
            }
        }

        return Reading<int>.Ok(filled / sizeof(ulong));
    }

    /// <summary>Counts the pages of a range by where they are.</summary>
    /// <param name="start">The first address; rounded down to a page.</param>
    /// <param name="end">The address behind the last.</param>
    public Reading<PageCount> Count(ulong start, ulong end)
    {
        var entries = new PageEntry[ChunkPages];
        long present = 0, swapped = 0, exclusive = 0;
        var page = start / (ulong)_pageSizeBytes;
        var last = (end + (ulong)_pageSizeBytes - 1) / (ulong)_pageSizeBytes;
        while (page < last)
        {
            var wanted = (int)Math.Min((ulong)ChunkPages, last - page);
            var read = Read(page * (ulong)_pageSizeBytes, entries.AsSpan(0, wanted));
            if (!read.TryGet(out var filled))
            {
                return read.FailAs<PageCount>();
            }

            foreach (var entry in entries.AsSpan(0, filled))
            {
                present += entry.IsPresent ? 1 : 0;
                swapped += entry.IsSwapped ? 1 : 0;
                exclusive += entry is { IsPresent: true, IsExclusive: true } ? 1 : 0;
            }

            if (filled < wanted)
            {
                break;
            }

            page += (ulong)filled;
        }

        return Reading<PageCount>.Ok(new PageCount(present, swapped, exclusive));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _descriptor, -1) is var descriptor and >= 0)
        {
            _ = Libc.Close(descriptor);
        }
    }
}
