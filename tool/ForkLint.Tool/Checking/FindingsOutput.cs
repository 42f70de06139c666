using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Checking;

/// <summary>Where findings go: standard output, or a file that is never left half-written.</summary>
internal static class FindingsOutput
{
    /// <summary>Writes a log, result by result: it can be larger than a text should be.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public static void WriteSarif(SarifHeader header, IEnumerable<Finding> findings, string? file)
    {
        if (file is not null)
        {
            OutputFile.Write(file, "the log", stream => SarifWriter.Write(stream, header, findings));
            return;
        }

        try
        {
            using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
            SarifWriter.Write(output, header, findings);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitReason.MeasurementFailed, $"the log could not be written: {failure.Message}", "write it elsewhere, with --output FILE");
        }
    }
}
