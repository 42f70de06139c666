using ForkLint.Tool.Interop;

namespace ForkLint.Tool.CommandLine;

/// <summary>
/// Replaces a file as a whole: whatever happens meanwhile (a kill, a full disk, a power cut), a reader sees the old contents or
/// the new ones, never a part.
/// </summary>
internal static class AtomicFile
{
    private const int OpenReadOnly = 0;

    /// <summary>Writes a file. Where the path is a symbolic link, the file that it leads to is replaced and the link stays.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="write">Writes the contents. If it throws, the old file stays as it was.</param>
    /// <exception cref="IOException">It cannot be written, and the old file is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written, and the old file is as it was.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Target(path);
        var directory = Path.GetDirectoryName(target)!;

        // In the same directory, because a rename is atomic only within one file system. Not longer for a long name.
        var temporary = Path.Combine(directory, $".forklint-{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                // The bytes first, then the name: without this a power cut can leave the new name on no contents (rename(2), fsync(2)).
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception failure)
        {
            File.Delete(temporary);
            if (failure is ArgumentOutOfRangeException)
            {
                // What .NET makes of EFBIG, the answer of a limit on file sizes (runtime: Interop.IOErrors.cs).
                throw new IOException("the file is larger than the system allows", failure);
            }

            throw;
        }

        SyncDirectory(directory);
    }

    /// <summary>The file that is replaced: where the path is a symbolic link, what it leads to, which need not be there yet.</summary>
    public static string Target(string path)
    {
        // ResolveLinkTarget throws for a file that is not there yet.
        var isLink = new FileInfo(path).LinkTarget is not null;
        return Path.GetFullPath(isLink ? File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName : path);
    }

    // The rename itself is on disk only once the directory is. A file system that cannot do it (some network ones) has said so
    // by then, and the file is whole either way.
    private static void SyncDirectory(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Libc.Open(directory, OpenReadOnly);
        if (descriptor >= 0)
        {
            _ = Libc.Synchronize(descriptor);
            _ = Libc.Close(descriptor);
        }
    }
}
