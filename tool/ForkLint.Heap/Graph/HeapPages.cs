using System.Runtime.InteropServices;
using ForkLint.Heap.Graph;
using ForkLint.Heap.Interop;

namespace ForkLint.Heap.Child;

/// <summary>
/// Which pages of the heap the copy really maps, from its <c>pagemap</c> (Documentation/admin-guide/mm/pagemap.rst: bit 63 present,
/// bit 62 swapped). An array that was allocated and never written is charged, but costs a fork no work.
/// </summary>
internal sealed class HeapPages
{
    private static readonly uint PageBytes = (uint)Environment.SystemPageSize;
    private const ulong PresentOrSwapped = 3UL << 62;

    private readonly Dictionary<HeapSegment, int[]> _presentBefore = [];

    private HeapPages()
    {
    }

    /// <summary>Null where the file may not be read.</summary>
    public static unsafe HeapPages? Read(int pid, SegmentTable segments)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle($"/proc/{pid}/pagemap");
            HeapPages map = new();
            foreach (HeapSegment segment in segments.Segments)
            {
                ulong firstPage = segment.Start / PageBytes;
                ulong[] entries = new ulong[(int)((segment.End + PageBytes - 1) / PageBytes - firstPage)];
                Span<byte> bytes = MemoryMarshal.AsBytes(entries.AsSpan());
                int done = 0;
                fixed (byte* target = bytes)
                {
                    while (done < bytes.Length)
                    {
                        nint got = Libc.ReadAt(
                            (int)handle.DangerousGetHandle(), target + done, (nuint)(bytes.Length - done), (long)(firstPage * 8) + done);
                        if (got <= 0)
                        {
                            return null;
                        }

                        done += (int)got;
                    }
                }

                int[] before = new int[entries.Length + 1];
                for (int i = 0; i < entries.Length; i++)
                {
                    before[i + 1] = before[i] + ((entries[i] & PresentOrSwapped) != 0 ? 1 : 0);
                }

                map._presentBefore[segment] = before;
            }

            return map;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How many of an object's bytes lie on pages that are mapped.</summary>
    public long ResidentBytes(HeapSegment segment, ulong address, long bytes) => ResidentBytes(Before(segment), segment, address, bytes);

    /// <summary>How many pages are mapped before each page of a segment; one entry more than there are pages.</summary>
    public int[] Before(HeapSegment segment) => _presentBefore[segment];

    /// <summary>The same for many objects of one segment, with what <see cref="Before"/> returned.</summary>
    public static long ResidentBytes(int[] before, HeapSegment segment, ulong address, long bytes)
    {
        ulong firstPage = segment.Start / PageBytes;
        int first = (int)((address / PageBytes) - firstPage);
        int last = Math.Min((int)(((address + (ulong)bytes - 1) / PageBytes) - firstPage), before.Length - 2);
        int pages = last - first + 1;
        int present = before[last + 1] - before[first];
        return present == pages ? bytes : bytes * present / pages;
    }
}
