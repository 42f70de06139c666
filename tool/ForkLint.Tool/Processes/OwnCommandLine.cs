using ForkLint.Tool.CommandLine;

namespace ForkLint.Tool.Processes;

/// <summary>How this tool is started a second time.</summary>
internal static class OwnCommandLine
{
    /// <summary>The program and its arguments.</summary>
    /// <param name="argument">The first argument of its own.</param>
    /// <exception cref="ToolException">The path of the executable is not known.</exception>
    public static IReadOnlyList<string> With(string argument)
    {
        // The tool runs as an executable of its own (its shim), or as `dotnet dotnet-forklint.dll`.
        var executable = Environment.ProcessPath ?? throw new ToolException(ExitCode.Failed, "the path of this tool's own executable is not known");
        return Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? [executable, Path.Combine(AppContext.BaseDirectory, "dotnet-forklint.dll"), argument]
            : [executable, argument];
    }
}
