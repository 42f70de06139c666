using System.Diagnostics;
using System.Globalization;

namespace ForkLint.LiveTargets;

/// <summary>A running tests/TestApps program: started, ready, asked, and always gone at the end.</summary>
public sealed class LiveTarget : IDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(90);
    private readonly Process _process;

    private LiveTarget(Process process, string ready)
    {
        _process = process;
        NamespacePid = int.Parse(ready["Ready ".Length..], CultureInfo.InvariantCulture);
        Pid = process.Id;
    }

    /// <summary>Its process id here. With a launcher in between (setpriv and unshare --fork), see <see cref="Find"/>.</summary>
    public int Pid { get; private set; }

    /// <summary>Its process id as it says itself.</summary>
    public int NamespacePid { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts the program of the framework that runs the tests.</summary>
    public static LiveTarget Start(params string[] arguments) => Start(new TargetStart { Arguments = arguments });

    /// <summary>Starts a program and waits until it is ready.</summary>
    public static LiveTarget Start(TargetStart start)
    {
        string[] command = [.. start.Launcher, .. start.Program, .. start.Arguments];
        var info = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in command.Skip(1))
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        var process = Process.Start(info)!;
        string? line = Within(process.StandardOutput.ReadLineAsync());
        if (line == null || !line.StartsWith("Ready ", StringComparison.Ordinal))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"the target did not get ready: {line}");
        }

        return new LiveTarget(process, line);
    }

    /// <summary>Sends a line and returns the answer; null when it is dead.</summary>
    public string? Ask(string line)
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

        return Within(_process.StandardOutput.ReadLineAsync());
    }

    /// <summary>Sends a line without waiting for what it does.</summary>
    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Makes <see cref="Pid"/> that of the descendant whose command line holds the program, past launchers that fork.</summary>
    public LiveTarget Find(string program = "forklint-testapp")
    {
        var children = new Queue<int>([_process.Id]);
        while (children.TryDequeue(out int pid))
        {
            string commandLine = File.ReadAllText($"/proc/{pid}/cmdline");
            string name = commandLine.Split('\0')[0];
            if (commandLine.Contains(program, StringComparison.Ordinal) && Path.GetFileName(name) is "dotnet" or "forklint-testapp")
            {
                Pid = pid;
                return this;
            }

            foreach (string child in File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                children.Enqueue(int.Parse(child, CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException("the target was not found below its launcher");
    }

    /// <summary>Kills it as the kernel's out-of-memory killer would.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public int WaitForExit()
    {
        Within(_process.WaitForExitAsync().ContinueWith(static _ => true, TaskScheduler.Default));
        return _process.ExitCode;
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

    private static T Within<T>(Task<T> task) => task.Wait(HangLimit) ? task.Result : throw new TimeoutException("the target does not answer");
}

/// <summary>How to start a target.</summary>
public sealed record TargetStart
{
    /// <summary>Put before the program: setpriv, unshare, a shell that enters a cgroup.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>The program: the test application of the framework that runs the tests, unless another is named.</summary>
    public IReadOnlyList<string> Program { get; init; } = ["dotnet", TestApps.FrameworkDependent];

    /// <summary>The scenario and its options.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables to set or, with null, to remove.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}
