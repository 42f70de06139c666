using System.Globalization;
using System.Text.Json;
using ForkLint.Linux.Files;

namespace ForkLint.Tool.Findings;

/// <summary>Opens what the user hands over, and says in one sentence why it cannot be used. Ordinary files only.</summary>
internal static class InputFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Opens a file for reading from its beginning to its end. Nothing is waited for: a pipe, a device or a socket is refused.</summary>
    /// <param name="file">The path.</param>
    /// <param name="maximumBytes">A larger file is refused, and one that grows beyond it while it is read.</param>
    /// <param name="mayBeEmpty">Whether a file without a byte says something.</param>
    /// <exception cref="UnreadableInputException">Missing, not an ordinary file, not permitted, empty or too large.</exception>
    public static Stream Open(string file, long maximumBytes, bool mayBeEmpty = false)
    {
        var handle = FileNature.Open(file, out var kind, out var error);
        if (kind == FileKind.Missing)
        {
            throw new UnreadableInputException($"the file {file} does not exist");
        }

        if (kind != FileKind.Regular)
        {
            handle?.Dispose();
            throw new UnreadableInputException($"{file} is {FileNature.Describe(kind)}, and only a regular file is read", kind is FileKind.Pipe or FileKind.CharacterDevice ? "write it to a file first" : "name a file");
        }

        if (handle is null)
        {
            throw new UnreadableInputException($"{file} cannot be opened: {error}");
        }

        // The stream closes the handle, also where its constructor fails.
        var stream = new FileStream(handle, FileAccess.Read, BufferBytes);
        try
        {
            var length = stream.Length;
            if (length > maximumBytes)
            {
                throw new UnreadableInputException($"{file} is too large ({length >> 20} MiB; at most {maximumBytes >> 20} MiB are read)");
            }

            if (length == 0 && HoldsSomething(stream))
            {
                throw new UnreadableInputException($"{file} is not a stored file: the kernel generates it when it is read", "copy it to a file first");
            }

            return length > 0 || mayBeEmpty ? new BoundedStream(stream, maximumBytes) : throw new UnreadableInputException($"{file} is empty");
        }
        catch (IOException failure)
        {
            stream.Dispose();
            throw new UnreadableInputException($"{file} cannot be read: {failure.Message}");
        }
        catch (UnreadableInputException)
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file that says it is empty holds something. Those of procfs do, some never end, and some wait until there is something.</summary>
    private static bool HoldsSomething(FileStream stream)
    {
        try
        {
            return stream.ReadByte() >= 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Reads a small text whole.</summary>
    /// <exception cref="UnreadableInputException">It cannot be read.</exception>
    public static string ReadText(string file, long maximumBytes, bool mayBeEmpty = false)
    {
        using var reader = new StreamReader(Open(file, maximumBytes, mayBeEmpty));
        try
        {
            return reader.ReadToEnd();
        }
        catch (IOException exception)
        {
            throw new UnreadableInputException($"{file} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Reads a small file whole as UTF-8, its byte order mark as the character that it is.</summary>
    /// <exception cref="UnreadableInputException">It cannot be read.</exception>
    public static string ReadBytesAsText(string file, long maximumBytes)
    {
        using var stream = Open(file, maximumBytes, mayBeEmpty: true);
        using var bytes = new MemoryStream();
        try
        {
            stream.CopyTo(bytes);
        }
        catch (IOException exception)
        {
            throw new UnreadableInputException($"{file} cannot be read: {exception.Message}");
        }

        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>Reads a small JSON document whole.</summary>
    /// <exception cref="UnreadableInputException">It cannot be read, or is not JSON.</exception>
    public static JsonDocument ReadJson(string file, long maximumBytes)
    {
        using var stream = Open(file, maximumBytes);
        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException exception)
        {
            throw NotJson(file, exception);
        }
        catch (IOException exception)
        {
            throw new UnreadableInputException($"{file} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Why a file is no JSON that can be read.</summary>
    /// <param name="file">The path.</param>
    /// <param name="failure">What the reader says.</param>
    public static UnreadableInputException NotJson(string file, JsonException failure)
    {
        if (IsUtf16(file))
        {
            return new UnreadableInputException($"{file} is UTF-16, and JSON is read as UTF-8", "write it with that encoding; in Windows PowerShell, not with >");
        }

        return failure.Message.Contains("maximum configured depth", StringComparison.Ordinal)
            ? new UnreadableInputException($"{file} is nested too deeply to be read{Position(failure)}")
            : new UnreadableInputException($"{file} is not valid JSON{Position(failure)}", "write it again: it may have been cut short");
    }

    private static bool IsUtf16(string file)
    {
        Span<byte> start = stackalloc byte[2];
        try
        {
            using var stream = Open(file, long.MaxValue);
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start is [0xFF, 0xFE] or [0xFE, 0xFF];
        }
        catch (Exception failure) when (failure is UnreadableInputException or IOException)
        {
            return false;
        }
    }

    /// <summary>Where a document broke, for a person: <c> (line 12, byte 7)</c>; empty when the reader does not say.</summary>
    public static string Position(JsonException exception) =>
        exception.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {exception.BytePositionInLine + 1})")
            : $": {exception.Message}";
}
