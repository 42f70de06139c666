using System.Globalization;
using ForkLint.Linux.Files;
using ForkLint.TrialFork;

namespace ForkLint.Tool.CommandLine;

/// <summary>
/// Writes the files that a user names: whole or not at all. A regular file is replaced; standard output and the like are written
/// to under their names in <c>/dev</c>; a pipe, a socket or another device is refused, because opening it can block forever and
/// replacing it would destroy it.
/// </summary>
internal static class OutputFile
{
    private static readonly string[] HarmlessDevices = ["/dev/null", "/dev/full", "/dev/tty"];

    /// <summary>Whether a file can be expected to be written, before anything is done for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What is to be written, for the message: <c>the report</c>.</param>
    /// <exception cref="ToolException">It cannot.</exception>
    public static void Check(string path, string what)
    {
        if (Reason(path) is { } reason)
        {
            throw Refusal(path, what, reason);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What is written, for the message.</param>
    /// <param name="write">Writes the contents.</param>
    /// <exception cref="ToolException">It cannot be written; its old contents are still there.</exception>
    public static void Write(string path, string what, Action<Stream> write)
    {
        Check(path, what);
        try
        {
            if (OwnDescriptor(path) is { } descriptor)
            {
                using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: false);
                using var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
                Buffered(stream, write);
            }
            else if (HarmlessDevices.Contains(Path.GetFullPath(path)))
            {
                using var device = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                Buffered(device, write);
            }
            else
            {
                AtomicFile.Write(path, write);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refusal(path, what, Words(failure));
        }
    }

    /// <summary>Why, without the name that the file has while it is written.</summary>
    /// <param name="failure">What the framework says.</param>
    public static string Words(Exception failure) => failure switch
    {
        UnauthorizedAccessException => "permission denied",
        PathTooLongException => "its name is too long",
        FileNotFoundException or DirectoryNotFoundException => "no file can be made there",
        _ => failure.Message.Split(" : '", 2)[0].TrimEnd('.'),
    };

    private static ToolException Refusal(string path, string what, string reason) =>
        new(ExitReason.MeasurementFailed, $"{what} could not be written to '{path}': {reason}", "name a file in a folder that you may write to");

    private static string? Reason(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return "that is not the name of a file";
        }

        if (OwnDescriptor(path) is not null || HarmlessDevices.Contains(Path.GetFullPath(path)))
        {
            return null;
        }

        var kind = FileNature.Of(path);
        if (kind is not (FileKind.Missing or FileKind.Regular))
        {
            return $"it is {FileNature.Describe(kind)}";
        }

        // A dangling link: the file is made at its target.
        var folder = Path.GetDirectoryName(AtomicFile.Target(path));
        return folder is null ? null : FileNature.Of(folder) switch
        {
            FileKind.Missing => $"the folder {folder} does not exist",
            FileKind.Directory => FileNature.WriteRefusal(folder) is { } refusal ? $"the folder {folder} does not take it: {refusal}" : null,
            _ => $"{folder} is not a folder",
        };
    }

    /// <summary>The number in <c>/dev/stdout</c>, <c>/dev/fd/5</c> and the like; null for any other path.</summary>
    private static int? OwnDescriptor(string path) => path switch
    {
        "/dev/stdout" => 1,
        "/dev/stderr" => 2,
        _ => Number(path, "/dev/fd/") ?? Number(path, "/proc/self/fd/"),
    };

    private static int? Number(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && int.TryParse(path.AsSpan(folder.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void Buffered(Stream stream, Action<Stream> write)
    {
        using var buffer = new BufferedStream(stream, 1 << 16);
        write(buffer);
        buffer.Flush();
    }
}
