using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ForkLint.Tool.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Processes;

/// <summary>
/// A command that was started to be measured. Its output goes to the tool's standard error, because standard output is for
/// the report. Disposing it stops it and everything it has started.
/// </summary>
internal sealed class LaunchedCommand : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SignalDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _name;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Thread[] _pumps;

    private LaunchedCommand(Process process, string name)
    {
        _process = process;
        _name = name;
        _pumps = [StartPump(process.StandardOutput.BaseStream), StartPump(process.StandardError.BaseStream)];
    }

    /// <summary>The id of the process.</summary>
    public int Pid => _process.Id;

    /// <summary>Starts the command.</summary>
    /// <param name="command">The program, found through PATH, and its arguments.</param>
    /// <exception cref="ToolException">It cannot be started, or it would start the application as another process.</exception>
    public static LaunchedCommand Start(IReadOnlyList<string> command)
    {
        if (StartsAnotherProcess(command))
        {
            throw new ToolException(
                ExitReason.Usage,
                $"'{command[0]} {command[1]}' builds and then starts the application as a process of its own, so the wrong process would be measured",
                "build it first and name the application itself, such as 'measure -- dotnet bin/Release/net8.0/App.dll'");
        }

        return StartTree(command);
    }

    /// <summary>Starts the command so that all its descendants can be watched.</summary>
    /// <param name="command">The program, found through PATH, and its arguments.</param>
    /// <exception cref="ToolException">It cannot be started.</exception>
    public static LaunchedCommand StartTree(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return new LaunchedCommand(KillerOrder.StartAsBefore(() => Process.Start(start)!), command[0]);
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException or IOException)
        {
            throw new ToolException(ExitReason.Usage, $"'{command[0]}' could not be started: {failure.Message}", "check its path and that it may be executed");
        }
    }

    /// <summary>Whether the command has ended by itself.</summary>
    /// <exception cref="OperationCanceledException">It ended because the user interrupted both tool and command.</exception>
    public bool HasEnded(CancellationToken cancellation)
    {
        // Ctrl-C reaches command and tool at the same time, and the command may act on it first.
        if (_process.HasExited && cancellation.WaitHandle.WaitOne(SignalDelay))
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return _process.HasExited;
    }

    /// <summary>Waits until the command can be measured: for a given time, or until its diagnostics socket is there.</summary>
    /// <param name="after">How long after its start; null to wait for the socket.</param>
    /// <param name="patience">How long to wait for the socket.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ToolException">The command ended meanwhile, or no socket appeared.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void WaitUntilMeasurable(TimeSpan? after, TimeSpan patience, CancellationToken cancellation)
    {
        while (true)
        {
            if (HasEnded(cancellation))
            {
                throw new ToolException(
                    ExitReason.MeasurementFailed,
                    string.Create(CultureInfo.InvariantCulture, $"'{_name}' ended with exit code {_process.ExitCode} before it could be measured"),
                    "measure a command that keeps running, and see its output above");
            }

            var elapsed = Stopwatch.GetElapsedTime(_startedAt);
            if (after is { } delay ? elapsed >= delay : HasDiagnosticsSocket())
            {
                return;
            }

            if (after is null && elapsed > patience)
            {
                throw new ToolException(
                    ExitReason.NotDotNet,
                    string.Create(CultureInfo.InvariantCulture, $"'{_name}' opened no diagnostics socket within {patience.TotalSeconds:0} s: it is not a .NET application, its diagnostics are disabled, or it starts the application as another process"),
                    "name the application itself, or use --after DURATION with --engine estimate");
            }

            if (cancellation.WaitHandle.WaitOne(PollInterval))
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Whether its socket is there. A command that ends at this very moment has none: the next look finds that it has ended, and how.</summary>
    private bool HasDiagnosticsSocket()
    {
        try
        {
            return DotNetProbe.Probe(Pid).HasDiagnosticsSocket;
        }
        catch (MeasureException failure) when (failure.Reason == ExitReason.NoSuchProcess)
        {
            return false;
        }
    }

    /// <summary>Stops the command: SIGTERM, SIGKILL after a grace period, and the same for whatever it has started.</summary>
    public void Dispose()
    {
        // Before the command ends: its children lose their parent then, and cannot be found any more.
        var started = ProcessTree.Descendants(Pid);
        if (!_process.HasExited)
        {
            Posix.Signal(Pid, Posix.Terminate);
            if (!_process.WaitForExit(GracePeriod))
            {
                started = [.. started, .. ProcessTree.Descendants(Pid)];
                Posix.Signal(Pid, Posix.Kill);
                _process.WaitForExit(GracePeriod);
            }
        }

        StopAll(started);
        foreach (var pump in _pumps)
        {
            pump.Join(TimeSpan.FromSeconds(1));
        }

        _process.Dispose();
    }

    private static void StopAll(IReadOnlyList<ProcessIdentity> processes)
    {
        foreach (var process in processes)
        {
            process.Signal(Posix.Terminate);
        }

        var deadline = Stopwatch.GetTimestamp();
        while (processes.Any(process => process.IsRunning()) && Stopwatch.GetElapsedTime(deadline) < GracePeriod)
        {
            Thread.Sleep(PollInterval);
        }

        foreach (var process in processes)
        {
            process.Signal(Posix.Kill);
        }
    }

    private static bool StartsAnotherProcess(IReadOnlyList<string> command) =>
        command.Count > 1 && Path.GetFileName(command[0]) == "dotnet" && command[1] is ("run" or "watch" or "test");

    private static Thread StartPump(Stream source)
    {
        var pump = new Thread(() => Copy(source)) { IsBackground = true, Name = "forklint output" };
        pump.Start();
        return pump;
    }

    private static void Copy(Stream source)
    {
        try
        {
            using var target = Console.OpenStandardError();
            source.CopyTo(target);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The command has ended, or standard error is closed. Neither affects the measurement.
        }
    }
}
