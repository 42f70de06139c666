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
    private readonly byte[] _record = new byte[ushort.MaxValue];

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
            Copy(tail, _record.AsSpan(0, HeaderBytes));
            uint type = BitConverter.ToUInt32(_record);
            int size = BitConverter.ToUInt16(_record.AsSpan(6));
            if (size < HeaderBytes)
            {
                tail = head; // Not what the kernel writes: what follows cannot be told apart.
                break;
            }

            Copy(tail, _record.AsSpan(0, size));
            reader(type, BitConverter.ToUInt16(_record.AsSpan(4)), _record.AsSpan(HeaderBytes, size - HeaderBytes));
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

    private void Copy(ulong position, Span<byte> target)
    {
        var data = new ReadOnlySpan<byte>(_start + _pageBytes, (int)(_mask + 1));
        int offset = (int)(position & _mask);
        int first = Math.Min(target.Length, data.Length - offset);
        data.Slice(offset, first).CopyTo(target);
        data[..(target.Length - first)].CopyTo(target[first..]);
    }
}
