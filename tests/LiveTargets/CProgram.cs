using System.Diagnostics;
using System.Globalization;

namespace ForkLint.LiveTargets;

/// <summary>tests/LiveTargets/Programs/target.c as a process: a program that is not .NET and tells what it saw of a measurement.</summary>
public sealed class CProgram : IDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(90);
    private readonly Process _process;

    private CProgram(Process process) => _process = process;

    /// <summary>Its process id.</summary>
    public int Pid { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The compiled program; compiled again when its source is newer.</summary>
    public static string Build()
    {
        string source = Path.Combine(TestApps.Root, "tests/LiveTargets/Programs/target.c");
        string folder = Path.Combine(TestApps.Root, "artifacts/targets");
        string program = Path.Combine(folder, "c-target");
        Directory.CreateDirectory(folder);
        using var others = TestApps.WaitForLock(program + ".lock");
        if (!File.Exists(program) || File.GetLastWriteTimeUtc(program) < File.GetLastWriteTimeUtc(source))
        {
            TestApps.Run("gcc", ["-O1", "-o", program, source, "-lpthread"]);
        }

        return program;
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="arguments">Its megabytes, and the waits of its threads.</param>
    /// <param name="launcher">Put before the program.</param>
    public static CProgram Start(string arguments, params string[] launcher)
    {
        string[] command = [.. launcher, Build(), .. arguments.Split(' ')];
        var info = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        var program = new CProgram(Process.Start(info)!);
        string ready = program.ReadLine() ?? throw new InvalidOperationException("the program did not start");
        program.Pid = int.Parse(ready["Ready ".Length..], CultureInfo.InvariantCulture);
        return program;
    }

    /// <summary>What its threads saw: how many of their waits ended, how many with an error, and how often something was calculated wrong.</summary>
    public (long Rounds, long Errors, long Wrong) Look()
    {
        string[] fields = (Ask("Look") ?? throw new InvalidOperationException("the program has ended")).Split(' ');
        return (long.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[3], CultureInfo.InvariantCulture), long.Parse(fields[5], CultureInfo.InvariantCulture));
    }

    /// <summary>What a fork of its own takes, in microseconds.</summary>
    public double Fork() => long.Parse(Ask("Fork")!["Forked ".Length..], CultureInfo.InvariantCulture) / 1000.0;

    /// <summary>Replaces it by itself, anew: an execve. Returns when the new one is ready.</summary>
    public void Become() => Pid = Ask("Become") is { } ready && ready == $"Ready {Pid}" ? Pid : throw new InvalidOperationException("the program did not start anew");

    /// <summary>Kills it.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
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

    private string? Ask(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            return null;
        }

        return ReadLine();
    }

    private string? ReadLine()
    {
        var line = _process.StandardOutput.ReadLineAsync();
        return line.Wait(HangLimit) ? line.Result : throw new TimeoutException("the program does not answer");
    }
}
