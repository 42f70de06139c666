using ForkLint.Linux;
using ForkLint.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap.Child;

/// <summary>
/// The programs and libraries that a core file names and does not hold. The name comes from an untrusted file: only what is a program by its first
/// bytes is read, without blocking, if it is not newer than the core and has the build id that the core has, where it has one.
/// </summary>
internal sealed class CoreImages : IDisposable
{
    private const int HeaderBytes = 4;

    private readonly IReadOnlyList<CoreMappedFile> _mapped;
    private readonly MemoryReader _written;
    private readonly DateTime _coreTime;
    private readonly Dictionary<string, SafeFileHandle?> _files = new(StringComparer.Ordinal);
    private readonly object _one = new();

    /// <param name="mapped">What was mapped from files, ascending.</param>
    /// <param name="written">Reads what the core holds itself.</param>
    /// <param name="coreTime">When the core was written.</param>
    public CoreImages(IReadOnlyList<CoreMappedFile> mapped, MemoryReader written, DateTime coreTime)
    {
        _mapped = mapped;
        _written = written;
        _coreTime = coreTime;
    }

    /// <summary>How many bytes from an address on could be read; 0 where no file has them.</summary>
    public int Read(ulong address, Span<byte> buffer)
    {
        int low = 0;
        int high = _mapped.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _mapped[middle].End <= address ? (middle + 1, high) : (low, middle);
        }

        if (low == _mapped.Count || _mapped[low].Start > address || buffer.IsEmpty || Open(_mapped[low].Path) is not { } file)
        {
            return 0;
        }

        CoreMappedFile mapped = _mapped[low];
        int length = (int)Math.Min((ulong)buffer.Length, mapped.End - address);
        ulong offset = mapped.OffsetBytes + (address - mapped.Start);
        return offset > long.MaxValue / 2 ? 0 : RandomAccess.Read(file, buffer[..length], (long)offset);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafeFileHandle? file in _files.Values)
        {
            file?.Dispose();
        }
    }

    private SafeFileHandle? Open(string path)
    {
        lock (_one)
        {
            if (!_files.TryGetValue(path, out SafeFileHandle? file))
            {
                file = _files[path] = IsAnswerable(path) ? OpenSame(path) : null;
            }

            return file;
        }
    }

    /// <summary>The kernel makes these files when they are read, of this machine's processes and not of the core's.</summary>
    private static bool IsAnswerable(string path) =>
        path.StartsWith('/') && !path.StartsWith("/proc/", StringComparison.Ordinal) && !path.StartsWith("/sys/", StringComparison.Ordinal) && !path.StartsWith("/dev/", StringComparison.Ordinal);

    private SafeFileHandle? OpenSame(string path)
    {
        SafeFileHandle? file = FileNature.Open(path, out FileKind kind, out _);
        if (file is null)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        bool isProgram = kind == FileKind.Regular && RandomAccess.Read(file, header, 0) == HeaderBytes && File.GetLastWriteTimeUtc(file) <= _coreTime
            && (header[..2].SequenceEqual("MZ"u8) || (header.SequenceEqual("\u007fELF"u8) && HasSameBuild(path, file)));
        if (isProgram)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private bool HasSameBuild(string path, SafeFileHandle file)
    {
        string? theirs = _mapped.Where(mapped => mapped.Path == path).Take(1)
            .Select(mapped => BuildIdentifier.Read((offset, buffer) => _written(mapped.Start + offset, buffer), isLoaded: true)).FirstOrDefault();
        return theirs is not null && theirs == BuildIdentifier.Read((offset, buffer) => RandomAccess.Read(file, buffer, (long)offset), isLoaded: false);
    }
}
