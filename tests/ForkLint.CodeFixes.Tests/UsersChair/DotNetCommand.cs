using System.Diagnostics;
using System.Text;

namespace ForkLint.UsersChair;

/// <summary>What a command printed, both streams in the order they came, and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output)
{
    /// <summary>Its output where it succeeded; otherwise the test fails with it.</summary>
    public string Succeeded() => ExitCode == 0 ? Output : throw new InvalidOperationException($"Exit code {ExitCode}:\n{Output}");
}

/// <summary>Runs the <c>dotnet</c> command as a user would: nothing is left running, and nothing of the test run leaks into it.</summary>
internal static class DotNetCommand
{
    // Far above what any of these builds takes on a busy machine: it bounds a hang only.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs <c>dotnet</c> with these arguments in this folder.</summary>
    public static async Task<CommandResult> Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // What the test host sets for itself would steer the build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet {string.Join(' ', arguments)} did not end:\n{output}");
        }

        lock (output)
        {
            return new CommandResult(process.ExitCode, output.ToString());
        }

        void Append(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }
}
