using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Dumps.Core;

/// <summary>
/// A file that has no name until it is whole: whatever happens before, the death of this process included, nothing of it is left. Only its owner
/// may read it.
/// </summary>
public sealed class PendingFile : IDumpFile, IDisposable
{
    private readonly string _path;
    private readonly string? _temporaryPath;
    private int _descriptor;
    private bool _isNamed;

    private PendingFile(string path, int descriptor, string? temporaryPath)
    {
        _path = path;
        _descriptor = descriptor;
        _temporaryPath = temporaryPath;
    }

    /// <summary>The open file, which stays this object's.</summary>
    public SafeFileHandle Handle => new(_descriptor, ownsHandle: false);

    /// <summary>Makes it.</summary>
    /// <param name="path">The name that it is to have; its directory exists.</param>
    /// <exception cref="DumpException">It cannot be made.</exception>
    public static PendingFile Create(string path)
    {
        string full = Path.GetFullPath(path);
        string directory = Path.GetDirectoryName(full)!;
        int unnamed = Libc.OpenAt(Libc.CurrentDirectory, directory, Libc.WriteOnly | Libc.TemporaryFile | Libc.CloseOnExec, Libc.OwnerOnly);
        if (unnamed >= 0)
        {
            return new PendingFile(full, unnamed, null);
        }

        // Some file systems (NFS, older overlays) know no files without a name.
        string temporary = TemporaryName(full);
        int named = Libc.OpenAt(Libc.CurrentDirectory, temporary, Libc.WriteOnly | Libc.Create | Libc.Exclusive | Libc.CloseOnExec, Libc.OwnerOnly);
        return named >= 0 ? new PendingFile(full, named, temporary) : throw Failure(full);
    }

    /// <summary>Writes at a place.</summary>
    /// <exception cref="DumpException">The disk is full, or fails.</exception>
    public unsafe void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            for (int written = 0; written < bytes.Length;)
            {
                nint count = Libc.WriteAt(_descriptor, start + written, bytes.Length - written, offset + written);
                if (count < 0 && Libc.LastError != Libc.ErrorInterrupted)
                {
                    throw Failure(_path);
                }

                written += (int)Math.Max(0, count);
            }
        }
    }

    /// <inheritdoc/>
    public bool IsSequential => false;

    /// <inheritdoc/>
    public void Complete(long bytes)
    {
        if (Libc.SetLength(_descriptor, bytes) != 0)
        {
            throw Failure(_path);
        }
    }

    /// <summary>Puts it on the disk and gives it its name, in the place of any file that has it.</summary>
    /// <exception cref="DumpException">It cannot be.</exception>
    public void Publish()
    {
        if (Libc.Synchronize(_descriptor) != 0)
        {
            throw Failure(_path);
        }

        string temporary = _temporaryPath ?? TemporaryName(_path);
        if (_temporaryPath is null && Libc.LinkAt(Libc.CurrentDirectory, string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_descriptor}"), Libc.CurrentDirectory, temporary, Libc.FollowLink) != 0)
        {
            throw Failure(_path);
        }

        if (Libc.Rename(temporary, _path) != 0)
        {
            var failure = Failure(_path);
            _ = Libc.Unlink(temporary);
            throw failure;
        }

        _isNamed = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_descriptor < 0)
        {
            return;
        }

        new SafeFileHandle(_descriptor, ownsHandle: true).Dispose();
        _descriptor = -1;
        if (_temporaryPath is not null && !_isNamed)
        {
            _ = Libc.Unlink(_temporaryPath);
        }
    }

    private static string TemporaryName(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");

    private static DumpException Failure(string path) =>
        new($"the dump could not be written to '{path}': {Libc.Message(Libc.LastError)}", "name a file in a folder with enough room that you may write to");
}
