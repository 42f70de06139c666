using ForkLint.Linux;

namespace ForkLint.Heap.Child;

/// <summary>
/// The memory of a copy that is not frozen, copied at once. The runtime keeps what describes its types in loader heaps that it maps from one memfd, shared
/// (coreclr <c>utilcode/executableallocator.cpp</c>; private with DOTNET_EnableWriteXorExecute=0), so the application goes on writing them beside its copy: types are
/// made, tables grow, and what is unloaded is given back. Read a piece at a time they show a state that never was, and the data-access library follows a pointer
/// that is not there yet into a crash.
/// </summary>
internal sealed class SharedMemory
{
    private const string Name = "/memfd:doublemapper";

    private readonly ulong[] _starts;
    private readonly Range[] _ranges;

    private SharedMemory(List<Range> ranges)
    {
        _starts = [.. ranges.Select(range => range.Start)];
        _ranges = [.. ranges];
    }

    /// <summary>Nothing, as in a runtime that shares nothing.</summary>
    public static SharedMemory None { get; } = new([]);

    /// <summary>
    /// Copies what is writable. What may not be accessed is reserve, or was when the copy was made: it counts as not mapped. Code is left where it is: it does
    /// not change where it is of interest.
    /// </summary>
    /// <param name="regions">The regions of the copy, ascending.</param>
    /// <param name="read">Reads from an address; returns how many bytes it could.</param>
    public static SharedMemory Copy(IEnumerable<MapRegion> regions, MemoryReader read)
    {
        List<Range> ranges = [];
        foreach (MapRegion region in regions.Where(static region => !region.IsPrivate && region.Path.StartsWith(Name, StringComparison.Ordinal)))
        {
            if (region.Permissions[1] == 'w')
            {
                byte[] bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(region.SizeBytes, Array.MaxLength));
                ranges.Add(new Range(region.Start, region.End, bytes.AsMemory(0, read(region.Start, bytes))));
            }
            else if (region.Permissions[0] == '-')
            {
                ranges.Add(new Range(region.Start, region.End, default));
            }
        }

        return ranges.Count == 0 ? None : new SharedMemory(ranges);
    }

    /// <summary>What was copied from an address on.</summary>
    /// <param name="address">The address.</param>
    /// <param name="bytes">The bytes from there to the end of their mapping; empty where there are none.</param>
    /// <param name="next">Where the next mapping that was copied begins, if <paramref name="address"/> is in none.</param>
    /// <returns>Whether the address is in one.</returns>
    public bool TryGet(ulong address, out ReadOnlySpan<byte> bytes, out ulong next)
    {
        bytes = default;
        next = ulong.MaxValue;
        int at = Array.BinarySearch(_starts, address);
        at = at >= 0 ? at : ~at - 1;
        if (at >= 0 && address < _ranges[at].End)
        {
            ulong offset = address - _ranges[at].Start;
            bytes = offset < (ulong)_ranges[at].Bytes.Length ? _ranges[at].Bytes.Span[(int)offset..] : default;
            return true;
        }

        if (at + 1 < _starts.Length)
        {
            next = _starts[at + 1];
        }

        return false;
    }

    private readonly record struct Range(ulong Start, ulong End, ReadOnlyMemory<byte> Bytes);
}

/// <summary>Reads memory from an address on, and returns how many bytes could be read.</summary>
internal delegate int MemoryReader(ulong address, Span<byte> buffer);
