using System.Diagnostics;

namespace ForkLint.Gate.Tests;

/// <summary>What a command line printed and how it ended.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of standard error.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the tool as a user does: in a process of its own.</summary>
internal static class Cli
{
    /// <summary>Only bounds a hang: builds on a busy machine take their time.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>The tool's assembly, beside the tests.</summary>
    public static string ToolPath { get; } = Path.Combine(AppContext.BaseDirectory, "dotnet-forklint.dll");

    /// <summary>Runs the tool in a folder.</summary>
    public static CliResult Run(string folder, params string[] arguments) => Run(folder, null, "dotnet", ["exec", ToolPath, .. arguments]);

    /// <summary>Runs any program in a folder.</summary>
    public static CliResult Run(string folder, IReadOnlyDictionary<string, string?>? environment, string program, IEnumerable<string> arguments)
    {
        using var process = Start(folder, environment, program, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }

        process.WaitForExit();
        return new CliResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Starts a program and leaves it running.</summary>
    public static Process Start(string folder, IReadOnlyDictionary<string, string?>? environment, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };

        // The build under test must not see the build that runs the tests, and must leave no process behind.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
