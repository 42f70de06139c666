using System.Diagnostics;
using System.Runtime.Versioning;
using ForkLint.LiveTargets;

[assembly: SupportedOSPlatform("linux")]

namespace ForkLint.TrialFork.Tests;

/// <summary>Runs what a test needs done around its target.</summary>
internal static class Shell
{
    /// <summary>Runs a command in the mount and pid namespaces of a process.</summary>
    public static void InNamespacesOf(int pid, string command) => Run("nsenter", ["--target", $"{pid}", "--mount", "--pid", "/bin/sh", "-c", command]);

    /// <summary>Runs a command and requires success.</summary>
    public static void Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>The same start with a shell command run before the program, inside the launcher's namespaces.</summary>
    public static TargetStart AfterShell(this TargetStart start, string command) =>
        start with { Launcher = [.. start.Launcher, "/bin/sh", "-c", $"{command} && exec \"$@\"", "sh"] };
}
