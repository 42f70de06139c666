using ForkLint.Heap.Native;
using ForkLint.Linux;

namespace ForkLint.Heap.Child;

/// <summary>Reads a running process without touching what it has not touched itself: neither a page nor a page table is made for it by being looked at.</summary>
internal sealed class UntouchedPages : IDisposable
{
    private const int MostPages = 256;

    private readonly PageMap _pages;
    private readonly IReadOnlyList<MapRegion> _regions;
    private readonly ulong _pageBytes = (ulong)Environment.SystemPageSize;

    private UntouchedPages(PageMap pages, IReadOnlyList<MapRegion> regions) => (_pages, _regions) = (pages, regions);

    /// <summary>Null where the page map may not be read.</summary>
    public static UntouchedPages? Open(int pid, IReadOnlyList<MapRegion> regions) =>
        PageMap.Open(pid) is { IsOk: true } pages ? new UntouchedPages(pages.Value, regions) : null;

    /// <summary>Reads pages that exist, and zeroes for pages that do not; returns how many bytes.</summary>
    public int Read(ulong address, Span<byte> buffer, MemoryReader read)
    {
        Span<PageEntry> entries = stackalloc PageEntry[MostPages];
        int done = 0;
        while (done < buffer.Length)
        {
            ulong at = address + (ulong)done;
            ulong first = at / _pageBytes;
            int pages = (int)Math.Min(MostPages, (address + (ulong)buffer.Length - 1) / _pageBytes - first + 1);
            if (!_pages.Read(first * _pageBytes, entries[..pages]).TryGet(out int known) || known == 0)
            {
                return done + read(at, buffer[done..]);
            }

            // As far as all pages are alike.
            bool isThere = IsThere(entries[0], at);
            int alike = 1;
            while (alike < known && IsThere(entries[alike], (first + (ulong)alike) * _pageBytes) == isThere)
            {
                alike++;
            }

            Span<byte> part = buffer.Slice(done, (int)Math.Min((ulong)(buffer.Length - done), ((first + (ulong)alike) * _pageBytes) - at));
            if (!isThere)
            {
                part.Clear();
                done += part.Length;
                continue;
            }

            int got = read(at, part);
            done += got;
            if (got < part.Length)
            {
                return done;
            }
        }

        return done;
    }

    public void Dispose() => _pages.Dispose();

    private bool IsThere(PageEntry entry, ulong address) =>
        entry.IsPresent || entry.IsSwapped || Sorted.Containing(_regions, address) is not { IsFile: false, IsPrivate: true };
}
