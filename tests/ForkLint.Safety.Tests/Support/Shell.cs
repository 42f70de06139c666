using System.Diagnostics;

namespace ForkLint.Safety.Tests.Support;

/// <summary>Runs what an attack needs done around its target.</summary>
internal static class Shell
{
    /// <summary>Runs a command and requires success.</summary>
    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
