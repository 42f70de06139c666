using ForkLint.Linux.Files;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Commands;

/// <summary>The file of measured sizes that <c>--write-measured</c> names: it is read and replaced, so it must be a file.</summary>
internal static class MeasuredOutput
{
    private const string What = "the measured sizes";

    /// <summary>Its text; empty where there is none yet.</summary>
    /// <exception cref="ToolException">It cannot be read, or what is written could not replace it.</exception>
    public static string Read(string path)
    {
        OutputFile.Check(path, What);
        return UserInput.Use(() => FileNature.Of(path) == FileKind.Missing ? "" : InputFile.ReadText(path, MeasuredSizes.MaximumFileBytes, mayBeEmpty: true));
    }

    /// <summary>Replaces it.</summary>
    /// <exception cref="ToolException">It cannot be written; its old contents are still there.</exception>
    public static void Write(string path, string text) => ReportOutput.WriteFile(path, text, What);
}
