using System.Runtime.CompilerServices;

namespace ForkLint.Heap.Child;

/// <summary>
/// A sliding window over the child's memory for one walker: one read fetches a block, and every word of it
/// is then served without a call.
/// </summary>
internal sealed class MemoryWindow(ChildMemory memory, int sizeBytes)
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(sizeBytes);
    private ulong _start;
    private int _length;
    private ulong _limit = ulong.MaxValue;

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
        ulong offset = address - _start;
        return offset <= (ulong)_length && (ulong)_length - offset >= (ulong)minimumBytes
            ? _buffer.AsSpan((int)offset, _length - (int)offset)
            : Refill(address, minimumBytes);
    }

    private ReadOnlySpan<byte> Refill(ulong address, int minimumBytes)
    {
        if (address >= _limit)
        {
            return default;
        }

        int wanted = (int)Math.Min((ulong)_buffer.Length, _limit - address);
        _start = address;
        _length = memory.Read(address, _buffer.AsSpan(0, wanted));
        return _length >= minimumBytes ? _buffer.AsSpan(0, _length) : default;
    }
}
