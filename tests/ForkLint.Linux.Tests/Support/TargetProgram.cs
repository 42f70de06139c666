using System.Diagnostics;
using System.Globalization;

namespace ForkLint.Linux.Tests.Support;

/// <summary>
/// Live/target.c, compiled once and started as often as needed. It is C because a fork of managed code is what this product warns of, and
/// because a program with a single thread holds exactly what it was told to hold.
/// </summary>
internal sealed class TargetProgram : IDisposable
{
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);
    private static readonly Lazy<string> Executable = new(Compile);

    private readonly Process _process;

    private TargetProgram(Process process, int pid)
    {
        _process = process;
        Pid = pid;
    }

    /// <summary>The process id here, whatever the program takes for its own.</summary>
    public int Pid { get; }

    public ProcessFiles Files => new(Pid);

    /// <summary>Starts it and waits until it holds what it was told to hold.</summary>
    public static TargetProgram Start(params string[] arguments) => StartWith(Executable.Value, arguments);

    /// <summary>Starts it behind another program, such as unshare, and finds it by its parent.</summary>
    public static TargetProgram StartBehind(string launcher, string[] launcherArguments, params string[] arguments) =>
        StartWith(launcher, [.. launcherArguments, Executable.Value, .. arguments]);

    /// <summary>Sends a command and returns the answer.</summary>
    public string Send(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return ReadLine(_process);
    }

    /// <summary>Sends a command that makes a child; fails if none came of it.</summary>
    public (int Pid, long CommittedDeltaBytes) SendForChild(string command)
    {
        var answer = Send(command).Split(' ');
        Assert.True(answer is ["child", _, _], $"{command}: {string.Join(' ', answer)}");
        return (int.Parse(answer[1], CultureInfo.InvariantCulture), long.Parse(answer[2], CultureInfo.InvariantCulture));
    }

    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        Assert.True(_process.WaitForExit(Hang), "the killed target does not end");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.WaitForExit(Hang);
        _process.Dispose();
    }

    private static TargetProgram StartWith(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        try
        {
            var ready = ReadLine(process).Split(' ');
            Assert.True(ready is ["ready", _], $"{program}: {string.Join(' ', ready)}");
            var own = int.Parse(ready[1], CultureInfo.InvariantCulture);
            return new TargetProgram(process, program == Executable.Value ? own : ProcessDiscovery.Children(process.Id).Single());
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string ReadLine(Process process)
    {
        var line = process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(Hang), "the target does not answer");
        return line.Result ?? throw new InvalidOperationException("the target ended");
    }

    private static string Compile()
    {
        // Readable for any user: one test runs it as nobody in particular.
        var directory = Directory.CreateTempSubdirectory("forklint-linux-tests-");
        File.SetUnixFileMode(directory.FullName, (UnixFileMode)0b111_101_101);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => directory.Delete(recursive: true);
        var executable = Path.Combine(directory.FullName, "target");
        using var compiler = Process.Start("gcc", ["-O1", "-o", executable, Path.Combine(AppContext.BaseDirectory, "Live", "target.c")]);
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, "gcc is needed for these tests and could not compile target.c");
        return executable;
    }
}
