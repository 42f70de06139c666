using System.Diagnostics;
using System.Text.Json;

namespace ForkLint.LiveTargets;

/// <summary>tests/MeasureHost as a process: a tool that can be another user, be killed at a stage, or be held there.</summary>
public sealed class MeasureHost : IDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(120);
    private readonly Process _process;

    private MeasureHost(Process process) => _process = process;

    /// <summary>The folder of its build for the framework that runs the tests.</summary>
    public static string Folder { get; } = Path.Combine(
        TestApps.Root,
        "tests/MeasureHost/bin",
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
        "net10.0");

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Starts it.</summary>
    public static MeasureHost Start(int pid, IEnumerable<string> options, IEnumerable<string>? launcher = null, string? folder = null)
    {
        string[] command = [.. launcher ?? [], "dotnet", Path.Combine(folder ?? Folder, "forklint-measurehost.dll"), $"{pid}", .. options];
        var info = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        return new MeasureHost(Process.Start(info)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static HostOutcome Run(int pid, params string[] options)
    {
        using var host = Start(pid, options);
        return host.Finish();
    }

    /// <summary>The next line it prints; null at its end.</summary>
    public string? ReadLine()
    {
        var line = _process.StandardOutput.ReadLineAsync();
        return line.Wait(HangLimit) ? line.Result : throw new TimeoutException("the tool does not answer");
    }

    /// <summary>Lets it go on from the stage at which it waits.</summary>
    public void Continue()
    {
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
    }

    /// <summary>Kills it.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public HostOutcome Finish()
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        if (!output.Wait(HangLimit) || !_process.WaitForExit(HangLimit))
        {
            throw new TimeoutException("the tool does not end");
        }

        return new HostOutcome(_process.ExitCode, output.Result.TrimEnd());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}

/// <summary>How it ended and what it printed.</summary>
public sealed record HostOutcome(int ExitCode, string Output)
{
    /// <summary>The figures.</summary>
    public JsonElement Figures => JsonDocument.Parse(Output[Output.IndexOf('{', StringComparison.Ordinal)..]).RootElement;
}
