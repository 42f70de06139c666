using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Child;

/// <summary>
/// A sliding window over the child's memory for one walker: one read fetches a block, and every word of it
/// is then served without a call.
/// </summary>
internal sealed unsafe class MemoryWindow
{
    private readonly ChildMemory _memory;

    /// <summary>Pinned, so that walkers may read through pointers.</summary>
    private readonly byte[] _buffer;
    private readonly byte* _first;
    private ulong _start;
    private int _length;
    private ulong _limit = ulong.MaxValue;

    public MemoryWindow(ChildMemory memory, int sizeBytes)
    {
        _memory = memory;
        _buffer = GC.AllocateUninitializedArray<byte>(sizeBytes, pinned: true);
        _first = (byte*)Unsafe.AsPointer(ref _buffer[0]);
    }

    /// <summary>
    /// Never read at or beyond this address: the end of the segment, so that untouched reserve behind it is left alone.
    /// </summary>
    public void Restrict(ulong limit)
    {
        _limit = limit;
        _length = 0;
    }

    /// <summary>
    /// The readable bytes from <paramref name="address"/> on, at least <paramref name="minimumBytes"/>, or empty where they are not mapped.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> At(ulong address, int minimumBytes)
    {
        byte* start = TryGet(address, minimumBytes);
        return start is null ? default : new ReadOnlySpan<byte>(start, AvailableFrom(address));
    }

    /// <summary>The bytes from <paramref name="address"/> on, valid until the next call; null where not so many are mapped or fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* TryGet(ulong address, int minimumBytes)
    {
        ulong offset = address - _start;
        return offset <= (ulong)_length && (ulong)_length - offset >= (ulong)minimumBytes ? _first + offset : Refill(address, minimumBytes);
    }

    /// <summary>The end of the addresses in the window.</summary>
    public ulong End => _start + (ulong)_length;

    /// <summary>How many bytes the window has from an address on that was just read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int AvailableFrom(ulong address) => _length - (int)(address - _start);

    private byte* Refill(ulong address, int minimumBytes)
    {
        if (address >= _limit)
        {
            return null;
        }

        int wanted = (int)Math.Min((ulong)_buffer.Length, _limit - address);
        _start = address;
        _length = _memory.Read(address, _buffer.AsSpan(0, wanted));
        return _length >= minimumBytes ? _first : null;
    }
}
