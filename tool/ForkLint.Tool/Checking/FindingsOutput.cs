using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;

namespace ForkLint.Tool.Checking;

/// <summary>Where findings go: standard output, or a file that is never left half-written.</summary>
internal static class FindingsOutput
{
    /// <summary>Writes a text.</summary>
    public static void WriteText(string text, string? file)
    {
        if (file is null)
        {
            ReportOutput.Write(text);
        }
        else
        {
            ReportOutput.WriteFile(file, text);
        }
    }

    /// <summary>Writes a log, result by result: it can be larger than a text should be.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public static void WriteSarif(SarifHeader header, IEnumerable<Finding> findings, string? file)
    {
        try
        {
            if (file is null)
            {
                using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
                SarifWriter.Write(output, header, findings);
            }
            else if (file.StartsWith("/dev/", StringComparison.Ordinal))
            {
                // A device or a pipe is written to, not replaced.
                using var output = new BufferedStream(new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), 1 << 16);
                SarifWriter.Write(output, header, findings);
            }
            else
            {
                AtomicFile.Write(file, stream => SarifWriter.Write(stream, header, findings));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCode.Failed, $"the log could not be written: {failure.Message}", "write it elsewhere, with --output FILE");
        }
    }
}
