using System.Text;

namespace ForkLint.Tool.CommandLine;

/// <summary>The form a report is printed in.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,
}

/// <summary>Where reports go: standard output, or a file that is never left half-written.</summary>
internal static class ReportOutput
{
    /// <summary>
    /// Writes to standard output in one piece. A reader that has gone away (a closed pipe) is not a failure: .NET's
    /// console stream drops the text on EPIPE (runtime: ConsolePal.Unix.cs, Write).
    /// </summary>
    /// <exception cref="ToolException">Standard output cannot be written, a full disk for example.</exception>
    public static void Write(string text)
    {
        try
        {
            using var output = Console.OpenStandardOutput();
            output.Write(Encoding.UTF8.GetBytes(text));
            output.Flush();
        }
        catch (IOException failure)
        {
            throw new ToolException(ExitCode.Failed, $"the report could not be written to standard output: {failure.Message}", "write it elsewhere, with --output FILE");
        }
    }

    /// <summary>Writes to a file: whole or not at all, unless the path names a device or a pipe.</summary>
    /// <exception cref="ToolException">The file cannot be written; what it held before is still there.</exception>
    public static void WriteFile(string path, string text)
    {
        try
        {
            // Through a symbolic link, or the move would replace the link and leave the file it leads to as it was.
            var file = new FileInfo(path);
            var target = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            if (target.StartsWith("/dev/", StringComparison.Ordinal) || target.StartsWith("/proc/", StringComparison.Ordinal))
            {
                using var device = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                device.Write(Encoding.UTF8.GetBytes(text));
                return;
            }

            var temporary = $"{target}.{Environment.ProcessId}.tmp";
            try
            {
                File.WriteAllText(temporary, text);
                File.Move(temporary, target, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ToolException(ExitCode.Failed, $"the report could not be written to '{path}': {failure.Message}", "name a file in a folder that you may write to");
        }
    }
}
