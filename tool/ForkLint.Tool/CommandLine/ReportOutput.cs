using System.Text;
using ForkLint.TrialFork;

namespace ForkLint.Tool.CommandLine;

/// <summary>The format of a report.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,
}

/// <summary>The form of a report that also comes with pictures.</summary>
internal enum ReportForm
{
    /// <summary>For people, in a terminal.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,

    /// <summary>For people, in a browser.</summary>
    Html,
}

/// <summary>Where reports go: standard output, or a file that is never left half-written.</summary>
internal static class ReportOutput
{
    /// <summary>Refuses to print a page on a terminal, before anything is done for it.</summary>
    /// <param name="form">The form that was asked for.</param>
    /// <param name="path">The file it goes to; null for standard output.</param>
    /// <exception cref="ToolException">It would be printed on a terminal, which cannot show it.</exception>
    public static void CheckForm(ReportForm form, string? path)
    {
        if (form == ReportForm.Html && path is null && !Console.IsOutputRedirected)
        {
            throw new ToolException(ExitReason.Usage, "a page cannot be shown on a terminal", "add --output report.html, and open that file in a browser");
        }
    }

    /// <summary>
    /// Writes to standard output in one piece. A closed pipe is not a failure: .NET's
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
        catch (UnauthorizedAccessException)
        {
            // What .NET makes of EBADF (runtime: Interop.IOErrors.cs).
            throw new ToolException(ExitReason.MeasurementFailed, "the report could not be written to standard output: it is closed", "write it elsewhere, with --output FILE");
        }
        catch (IOException failure)
        {
            throw new ToolException(ExitReason.MeasurementFailed, $"the report could not be written to standard output: {failure.Message}", "write it elsewhere, with --output FILE");
        }
    }

    /// <summary>Writes to a file, or where none is named to standard output.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public static void WriteTo(string? path, string text)
    {
        if (path is null)
        {
            Write(text);
        }
        else
        {
            WriteFile(path, text);
        }
    }

    /// <summary>Writes to a file: whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What it holds then.</param>
    /// <param name="what">What that is, for the message.</param>
    /// <exception cref="ToolException">The file cannot be written; its old contents are still there.</exception>
    public static void WriteFile(string path, string text, string what = "the report") =>
        OutputFile.Write(path, what, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
