using System.Diagnostics;
using System.Globalization;
using ForkLint.LiveTargets;

namespace ForkLint.Dumps.Tests;

/// <summary>What a program printed, and how it ended.</summary>
internal sealed record Ended(int ExitCode, string Output);

/// <summary>Runs the tool as a user would, and the runtime's createdump beside it.</summary>
internal static class Programs
{
    private static readonly string Tool = Path.Combine(
        TestApps.Root,
        "tool/ForkLint.Tool/bin",
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
        "net8.0/dotnet-forklint.dll");

    /// <summary>The folder of the runtime that runs the targets.</summary>
    public static string RuntimeFolder { get; } = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Runs the tool.</summary>
    public static Ended RunTool(params string[] arguments) => Run(["dotnet", "exec", Tool, .. arguments]);

    /// <summary>Runs the tool under a launcher.</summary>
    public static Ended RunToolFrom(string[] launcher, params string[] arguments) => Run([.. launcher, "dotnet", "exec", Tool, .. arguments]);

    /// <summary>Starts the tool, for a test that disturbs it.</summary>
    public static Process StartTool(params string[] arguments) => Start(["dotnet", "exec", Tool, .. arguments]);

    /// <summary>Runs createdump; <paramref name="type"/> is one of its options.</summary>
    public static Ended CreateDump(int pid, string type, string file, params string[] launcher) =>
        Run([.. launcher, Path.Combine(RuntimeFolder, "createdump"), type, "-f", file, pid.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Runs a command.</summary>
    public static Ended Run(params string[] command)
    {
        using var process = Start(command);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Ended(process.ExitCode, output + error.Result);
    }

    private static Process Start(string[] command) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
}

/// <summary>A folder of its own below the temporary folder; what is mounted in it is unmounted at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly List<string> _mounts = [];

    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("forklint-dump").FullName;

    /// <summary>A file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Mounts a tmpfs in it.</summary>
    /// <param name="options">Such as size=20m.</param>
    public string Mount(string options)
    {
        string folder = File($"mount{_mounts.Count}");
        Directory.CreateDirectory(folder);
        var mounted = Programs.Run("mount", "-t", "tmpfs", "-o", options, "forklint-test", folder);
        Assert.True(mounted.ExitCode == 0, mounted.Output);
        _mounts.Add(folder);
        return folder;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string mount in _mounts)
        {
            _ = Programs.Run("umount", "-l", mount);
        }

        Directory.Delete(Path, recursive: true);
    }
}
