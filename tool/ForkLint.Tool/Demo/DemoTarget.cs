using System.Diagnostics;
using ForkLint.Linux;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Commands;
using ForkLint.Tool.Processes;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Demo;

/// <summary>The demo's target as a process of its own: this tool started a second time.</summary>
internal sealed class DemoTarget : IDisposable
{
    private readonly Process _process;

    private DemoTarget(Process process) => _process = process;

    /// <summary>The id of the process.</summary>
    public int Pid => _process.Id;

    /// <summary>Starts the target and waits until it runs and holds nothing yet.</summary>
    public static DemoTarget Start()
    {
        var command = OwnCommandLine.With(DemoTargetCommand.Name);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        var target = new DemoTarget(Process.Start(start)!);
        target.Expect(DemoHoldings.EmptyLine);
        return target;
    }

    /// <summary>Makes the target allocate, and waits until it holds everything.</summary>
    public void Hold()
    {
        _process.StandardInput.WriteLine(DemoHoldings.HoldLine);
        _process.StandardInput.Flush();
        Expect(DemoHoldings.HoldingLine);
    }

    /// <summary>What a fork of the target would be charged now, and its anonymous resident memory.</summary>
    public (long ChargeBytes, long AnonymousBytes) ReadFigures()
    {
        var mappings = new ProcessFiles(Pid).Mappings();
        if (!mappings.TryGet(out var list))
        {
            throw new ToolException(ExitReason.MeasurementFailed, $"the demo's target could not be read: {mappings.Detail}");
        }

        return (CommitCharge.PredictBytes(list), MemoryRollup.Sum(list).AnonymousBytes);
    }

    /// <summary>Ends the target.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Expect(string line)
    {
        if (_process.StandardOutput.ReadLine() is { } read && read == line)
        {
            return;
        }

        throw new ToolException(ExitReason.MeasurementFailed, "the demo's target ended before it held its memory", "check that the machine has 700 MB of free memory");
    }
}
