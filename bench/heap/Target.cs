using System.Diagnostics;
using System.Globalization;

namespace ForkLint.HeapSpeed;

/// <summary>The application whose heap is read: a list of small objects, and a thread that notices every stall.</summary>
internal sealed class Target : IDisposable
{
    private readonly Process _process;

    public Target(int objects)
    {
        string program = Path.Combine(
            AppContext.BaseDirectory.Replace("bench/heap", "tests/HeapScenarios", StringComparison.Ordinal), "forklint-heap-scenarios.dll");
        ProcessStartInfo start = new("dotnet", [program, "objects"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["SCENARIO_OBJECTS"] = objects.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(start)!;
        Answer();
        Tell("beat");
    }

    public int Pid => _process.Id;

    /// <summary>A frozen copy's pid.</summary>
    public int Fork() => int.Parse(Tell("fork"), CultureInfo.InvariantCulture);

    public void Reap(int copy) => Tell($"reap {copy}");

    /// <summary>The longest a busy thread was kept from its work since the last call.</summary>
    public double LongestStallMilliseconds() => long.Parse(Tell("beat"), CultureInfo.InvariantCulture) / 1000.0;

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        return Answer();
    }

    private string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The target ended.");
}
