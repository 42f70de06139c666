using System.Globalization;
using System.Text.Json;

namespace ForkLint.Tool.Checking;

/// <summary>Opens what the user hands over, and says in one sentence why it cannot be used.</summary>
internal static class InputFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Opens a file for reading from its beginning to its end.</summary>
    /// <param name="file">The path. A pipe is read as it comes.</param>
    /// <param name="maximumBytes">A larger file is refused.</param>
    /// <exception cref="UnreadableInputException">Missing, a directory, not permitted, empty or too large.</exception>
    public static FileStream Open(string file, long maximumBytes)
    {
        if (Directory.Exists(file))
        {
            throw new UnreadableInputException($"{file} is a directory");
        }

        FileStream stream;
        try
        {
            stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = BufferBytes, Options = FileOptions.SequentialScan });
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UnreadableInputException($"there is no file {file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UnreadableInputException($"{file} cannot be opened: {exception.Message}");
        }

        if (stream.CanSeek)
        {
            var problem = stream.Length == 0
                ? $"{file} is empty"
                : stream.Length > maximumBytes ? $"{file} is too large ({stream.Length >> 20} MiB; at most {maximumBytes >> 20} MiB are read)" : null;
            if (problem is not null)
            {
                stream.Dispose();
                throw new UnreadableInputException(problem);
            }
        }

        return stream;
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
            throw new UnreadableInputException($"{file} is not valid JSON{Position(exception)}", "write it again: it may have been cut short");
        }
        catch (IOException exception)
        {
            throw new UnreadableInputException($"{file} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Where a document broke, for a person: <c> (line 12, byte 7)</c>; empty when the reader does not say.</summary>
    public static string Position(JsonException exception) =>
        exception.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {exception.BytePositionInLine + 1})")
            : $": {exception.Message}";
}
