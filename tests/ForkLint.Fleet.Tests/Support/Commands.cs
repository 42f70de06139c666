using System.Diagnostics;

namespace ForkLint.Fleet.Tests.Support;

/// <summary>Programs that the tests run.</summary>
internal static class Commands
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(120);

    /// <summary>The tool as it was built, with a runtime.</summary>
    public static string Tool { get; } = Path.Combine(AppContext.BaseDirectory, "dotnet-forklint");

    public static Process Start(string program, params IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["TERM"] = "xterm-256color", ["NO_COLOR"] = null },
    })!;

    public static (int ExitCode, string Output, string Error) Run(string program, params IEnumerable<string> arguments) => Run(program, "", arguments);

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(string program, string input, IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(HangLimit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Waits for something that must come, however busy the machine is.</summary>
    public static void Until(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < HangLimit, $"it never came: {what}");
            Thread.Sleep(100);
        }
    }
}
