using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap.Child;

/// <summary>
/// The memory in a core file. What was not written because a file has it (the code of libraries, the metadata of assemblies) is read from that file, where it lies
/// on this machine and is the same one.
/// </summary>
internal sealed class CoreMemory : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly IReadOnlyList<CoreSegment> _segments;
    private readonly ulong[] _starts;
    private readonly CoreImages _images;

    /// <param name="file">The core file, which stays the caller's.</param>
    /// <param name="core">What was read of it.</param>
    public CoreMemory(SafeFileHandle file, CoreFile core)
    {
        _file = file;
        _segments = core.Segments;
        _starts = [.. core.Segments.Select(static segment => segment.Start)];
        _images = new CoreImages(core.Files, ReadWritten, File.GetLastWriteTimeUtc(file));
    }

    /// <summary>How many bytes from an address on could be read; 0 where nothing is known of it.</summary>
    public int Read(ulong address, Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int got = ReadWritten(address + (ulong)done, buffer[done..]);
            if (got == 0)
            {
                // No further than to what was written behind it.
                ulong at = address + (ulong)done;
                got = _images.Read(at, buffer.Slice(done, (int)Math.Min((ulong)(buffer.Length - done), NextWritten(at) - at)));
            }

            if (got == 0)
            {
                break;
            }

            done += got;
        }

        return done;
    }

    /// <inheritdoc/>
    public void Dispose() => _images.Dispose();

    private int ReadWritten(ulong address, Span<byte> buffer)
    {
        int at = IndexOf(address);
        if (at < 0 || address - _segments[at].Start >= (ulong)_segments[at].FileBytes)
        {
            return 0;
        }

        CoreSegment segment = _segments[at];
        long offset = (long)(address - segment.Start);
        return RandomAccess.Read(_file, buffer[..(int)Math.Min(buffer.Length, segment.FileBytes - offset)], segment.OffsetBytes + offset);
    }

    private ulong NextWritten(ulong address)
    {
        int at = Math.Max(0, IndexOf(address));
        for (; at < _segments.Count; at++)
        {
            if (_segments[at].Start > address && _segments[at].FileBytes > 0)
            {
                return _segments[at].Start;
            }
        }

        return ulong.MaxValue;
    }

    /// <summary>The last segment that starts at an address or before; negative where none does.</summary>
    private int IndexOf(ulong address)
    {
        int at = Array.BinarySearch(_starts, address);
        return at >= 0 ? at : ~at - 1;
    }
}
