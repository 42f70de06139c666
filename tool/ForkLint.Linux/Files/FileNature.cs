using System.Runtime.InteropServices;
using ForkLint.Linux.Text;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Linux.Files;

/// <summary>What a path leads to.</summary>
public enum FileKind
{
    /// <summary>Nothing is there.</summary>
    Missing,

    /// <summary>An ordinary file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A pipe, named or not.</summary>
    Pipe,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A Unix socket.</summary>
    Socket,

    /// <summary>Symbolic links that lead back to themselves, or too many of them.</summary>
    Loop,

    /// <summary>It could not be looked at, or is something else.</summary>
    Unknown,
}

/// <summary>
/// Tells an ordinary file from what only looks like one, before a byte is read: opening a pipe waits for a writer, and reading a
/// device can go on without end.
/// </summary>
public static unsafe class FileNature
{
    // open(2), the same numbers on x86-64 and arm64. O_NONBLOCK: a pipe without a writer is opened at once. O_NOCTTY: a terminal stays a file.
    private const int ReadOnlyWithoutWaiting = 0x800 | 0x100 | Libc.OpenCloseOnExec;

    // statx(2): the layout of its answer is the same on every architecture (include/uapi/linux/stat.h).
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const nint TypeWanted = 1;
    private const int BufferBytes = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int NotADirectory = 20;
    private const int NameTooLong = 36;
    private const int TooManyLinks = 40;
    private const int WriteWanted = 2;

    /// <summary>What a path leads to, symbolic links followed.</summary>
    public static FileKind Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) ? FileKind.Missing : Ask(CurrentDirectory, path, 0);
    }

    /// <summary>Opens a file for reading without blocking, and says what it is.</summary>
    /// <param name="path">The path.</param>
    /// <param name="kind">What was opened; where nothing could be, what stands there.</param>
    /// <param name="error">Why it could not be opened, in the system's words; empty where it could.</param>
    /// <returns>The open file; null where it cannot be opened.</returns>
    public static SafeFileHandle? Open(string path, out FileKind kind, out string error)
    {
        ArgumentNullException.ThrowIfNull(path);
        kind = FileKind.Missing;
        error = "No such file or directory";
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var descriptor = Libc.Open(path, ReadOnlyWithoutWaiting);
        if (descriptor < 0)
        {
            error = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            kind = Of(path);
            return null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        kind = Ask(descriptor, "", EmptyPath);
        error = "";
        return handle;
    }

    /// <summary>A kind in words, with its article.</summary>
    public static string Describe(FileKind kind) => kind switch
    {
        FileKind.Missing => "not there",
        FileKind.Regular => "a file",
        FileKind.Directory => "a directory",
        FileKind.Pipe => "a pipe",
        FileKind.CharacterDevice or FileKind.BlockDevice => "a device",
        FileKind.Socket => "a socket",
        FileKind.Loop => "a loop of symbolic links",
        _ => "of an unknown kind",
    };

    /// <summary>Why a folder takes no new file of this user's, in the system's words; null where it may.</summary>
    public static string? WriteRefusal(string folder) =>
        Libc.Access(folder, WriteWanted) == 0 ? null : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private static FileKind Ask(int directory, string path, int flags)
    {
        var facts = stackalloc byte[BufferBytes];
        if (Libc.Statx(directory, path, flags, TypeWanted, facts) != 0)
        {
            return Marshal.GetLastPInvokeError() switch
            {
                Libc.ErrorNoEntry or NotADirectory or NameTooLong => FileKind.Missing,
                TooManyLinks => FileKind.Loop,
                _ => FileKind.Unknown,
            };
        }

        return (*(ushort*)(facts + ModeOffset) & TypeMask) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0x1000 => FileKind.Pipe,
            0x2000 => FileKind.CharacterDevice,
            0x6000 => FileKind.BlockDevice,
            0xC000 => FileKind.Socket,
            _ => FileKind.Unknown,
        };
    }
}
