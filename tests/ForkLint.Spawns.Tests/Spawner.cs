using System.Diagnostics;
using System.Globalization;

namespace ForkLint.Spawns.Tests;

/// <summary>spawner.c, compiled once: a program that starts a process in the way it is told.</summary>
internal sealed class Spawner : IDisposable
{
    private static readonly Lazy<string> Executable = new(Compile);
    private readonly Process _process;

    public Spawner(string? peakFile = null, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable.Value, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["PEAK"] = peakFile ?? "/dev/null";
        _process = Process.Start(start)!;
        Assert.Equal("ready", _process.StandardOutput.ReadLine());
    }

    public int Pid => _process.Id;

    /// <summary>Starts a process in this way, waits for its end, and returns its id; 0 where the C library hides it.</summary>
    public int Do(string way)
    {
        _process.StandardInput.WriteLine(way);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine();
        Assert.StartsWith("done ", answer, StringComparison.Ordinal);
        return int.Parse(answer!.AsSpan(5), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Compile()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "spawner");
        using var compiler = Process.Start("gcc", ["-O1", "-o", program, Path.Combine(AppContext.BaseDirectory, "spawner.c"), "-lutil"])!;
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return program;
    }
}
