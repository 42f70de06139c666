using ForkLint.Spawns.Interop;

namespace ForkLint.Spawns.Tracing;

/// <summary>
/// The buffer in which the kernel puts the events of one processor: one page of positions, then a power of two of pages that is
/// written round and round (struct perf_event_mmap_page).
/// </summary>
internal sealed unsafe class PerfRing : IDisposable
{
    /// <summary>data_head and data_tail in the first page.</summary>
    private const int HeadOffsetBytes = 1024;
    private const int TailOffsetBytes = 1032;
    private const int HeaderBytes = 8;
    private readonly nint _lengthBytes;
    private readonly int _pageBytes;
    private readonly ulong _mask;
    private byte* _start;
    private readonly byte[] _split = new byte[ushort.MaxValue];

    private PerfRing(byte* start, nint lengthBytes, int pageBytes, ulong dataBytes)
    {
        _start = start;
        _lengthBytes = lengthBytes;
        _pageBytes = pageBytes;
        _mask = dataBytes - 1;
    }

    /// <summary>Takes one record. The bytes are valid during the call only.</summary>
    /// <param name="type">PERF_RECORD_*.</param>
    /// <param name="misc">PERF_RECORD_MISC_*.</param>
    /// <param name="body">What follows the record's header.</param>
    public delegate void RecordReader(uint type, ushort misc, ReadOnlySpan<byte> body);

    /// <summary>Maps the buffer of an event; null where the kernel gives none, with <see cref="Libc.LastError"/>.</summary>
    /// <param name="descriptor">The event.</param>
    /// <param name="pages">A power of two.</param>
    public static PerfRing? Map(int descriptor, int pages)
    {
        int pageBytes = Environment.SystemPageSize;
        nint length = (nint)(pages + 1) * pageBytes;
        var start = Libc.Map(null, length, Libc.ReadWrite, Libc.Shared, descriptor, 0);
        return (nint)start == -1 ? null : new PerfRing(start, length, pageBytes, (ulong)pages * (ulong)pageBytes);
    }

    /// <summary>Hands over what has come, and gives the room back to the kernel.</summary>
    public void Drain(RecordReader reader)
    {
        ulong head = Volatile.Read(ref *(ulong*)(_start + HeadOffsetBytes));
        ulong tail = *(ulong*)(_start + TailOffsetBytes);
        while (tail < head)
        {
            // The kernel aligns records at 8 bytes, so a header is never in two pieces.
            var header = At(tail, HeaderBytes);
            int size = BitConverter.ToUInt16(header[6..]);
            if (size < HeaderBytes)
            {
                tail = head; // Not what the kernel writes: what follows cannot be told apart.
                break;
            }

            reader(BitConverter.ToUInt32(header), BitConverter.ToUInt16(header[4..]), At(tail, size)[HeaderBytes..]);
            tail += (ulong)size;
        }

        Volatile.Write(ref *(ulong*)(_start + TailOffsetBytes), tail);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start != null)
        {
            _ = Libc.Unmap(_start, _lengthBytes);
            _start = null;
        }
    }

    /// <summary>The bytes at a position: where they lie, unless the end of the buffer is between them.</summary>
    private ReadOnlySpan<byte> At(ulong position, int lengthBytes)
    {
        var data = new ReadOnlySpan<byte>(_start + _pageBytes, (int)(_mask + 1));
        int offset = (int)(position & _mask);
        if (lengthBytes <= data.Length - offset)
        {
            return data.Slice(offset, lengthBytes);
        }

        var whole = _split.AsSpan(0, lengthBytes);
        data[offset..].CopyTo(whole);
        data[..(offset + lengthBytes - data.Length)].CopyTo(whole[(data.Length - offset)..]);
        return whole;
    }
}
