using ForkLint.Tool.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Processes;

/// <summary>How this tool is started a second time, as what a .NET runtime runs.</summary>
internal static class OwnCommandLine
{
    /// <summary>The program and its arguments.</summary>
    /// <param name="argument">The first argument of its own.</param>
    /// <exception cref="ToolException">The path of the executable is not known, or there is no .NET runtime.</exception>
    public static IReadOnlyList<string> With(string argument)
    {
        // The tool runs as an executable of its own (its shim), or as `dotnet dotnet-forklint.dll`.
        var executable = NativeProgram.IsThis
            ? NativeProgram.Origin ?? DotnetHost() ?? throw new ToolException(ExitReason.MeasurementFailed, "no .NET runtime was found to run this part of the tool", "set DOTNET_ROOT to the folder of a .NET runtime")
            : Environment.ProcessPath ?? throw new ToolException(ExitReason.MeasurementFailed, "the path of this tool's own executable is not known");
        return Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? [executable, Path.Combine(AppContext.BaseDirectory, "dotnet-forklint.dll"), argument]
            : [executable, argument];
    }

    /// <summary>The program "dotnet", looked for where a host looks for it (runtime: docs/design/features/host-startup.md); null where there is none.</summary>
    private static string? DotnetHost()
    {
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH"),
            .. new[] { Environment.GetEnvironmentVariable("DOTNET_ROOT_X64"), Environment.GetEnvironmentVariable("DOTNET_ROOT") }.Select(static root => root is null ? null : Path.Combine(root, "dotnet")),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(static folder => Path.Combine(folder, "dotnet")),
            "/usr/share/dotnet/dotnet",
            "/usr/lib/dotnet/dotnet",
            "/usr/lib64/dotnet/dotnet",
        ];

        // Through its links: beside the program that they lead to lies the runtime.
        return candidates.FirstOrDefault(static candidate => candidate is { Length: > 0 } && File.Exists(candidate)) is { } found
            ? File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found
            : null;
    }
}
