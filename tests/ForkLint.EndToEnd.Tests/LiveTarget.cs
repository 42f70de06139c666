using System.Diagnostics;

namespace ForkLint.EndToEnd.Tests;

/// <summary>
/// A process to measure: the installed tool's own demo target, which holds 300 MiB and 30 threads, or nothing until told.
/// It ends with its standard input, so it cannot outlive the tests.
/// </summary>
internal sealed class LiveTarget : IDisposable
{
    private readonly Process _process;

    private LiveTarget(Process process) => _process = process;

    public int Pid => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts the target and waits for it; it holds little.</summary>
    public static LiveTarget StartEmpty(string executable, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var target = new LiveTarget(Command.Start(executable, ["demo-target"], environment));
        target.Expect("empty");
        return target;
    }

    /// <summary>Starts the target under a name of its own: the shell replaces itself by it.</summary>
    public static LiveTarget StartEmpty(string shell, string executable, string name)
    {
        var target = new LiveTarget(Command.Start(shell, ["-c", $"exec -a '{name}' '{executable}' demo-target"]));
        target.Expect("empty");
        return target;
    }

    /// <summary>Starts the target and waits until it holds everything.</summary>
    public static LiveTarget StartHolding(string executable)
    {
        var target = StartEmpty(executable);
        target._process.StandardInput.WriteLine("hold");
        target._process.StandardInput.Flush();
        target.Expect("holding");
        return target;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Expect(string line)
    {
        var read = _process.StandardOutput.ReadLine();
        Assert.True(read == line, $"expected '{line}', read '{read}': {(read is null ? _process.StandardError.ReadToEnd() : "")}");
    }
}
