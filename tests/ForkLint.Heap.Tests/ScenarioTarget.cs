using System.Diagnostics;
using System.Globalization;
using ForkLint.Heap.Isolation;
using ForkLint.Linux;
using ForkLint.LiveTargets;

namespace ForkLint.Heap.Tests;

/// <summary>A live application in one of the scenarios: it is ready when the constructor returns, and obeys a word a line.</summary>
internal sealed class ScenarioTarget : IDisposable
{
    /// <summary>Only bounds a hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Program = "forklint-heap-scenarios";

    private const int MostCopies = 3;

    private readonly Process _process;

    /// <summary>They keep what they read, to be asked about it.</summary>
    private readonly List<HeapReaderProcess> _readers = [];

    public ScenarioTarget(string scenario, params (string Name, string Value)[] environment)
        : this(["dotnet", Path.Combine(AppContext.BaseDirectory.Replace("ForkLint.Heap.Tests", "HeapScenarios", StringComparison.Ordinal), Program + ".dll")], scenario, environment)
    {
    }

    private ScenarioTarget(string[] program, string scenario, (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program[0], [.. program.Skip(1), scenario]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        HeldBytes = long.Parse(Answer().Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>A scenario in an application that brings the runtime of another framework.</summary>
    public static ScenarioTarget Of(string framework, string scenario, params (string Name, string Value)[] environment) =>
        new([TestApps.SelfContained(framework, "HeapScenarios", Program)], scenario, environment);

    public int Pid => _process.Id;

    /// <summary>What the scenario says it holds.</summary>
    public long HeldBytes { get; }

    /// <summary>The charge the next fork would make, from the application's own mappings.</summary>
    public long ChargeBytes => CommitCharge.PredictBytes(new ProcessFiles(Pid).Mappings().Value);

    public long ResidentBytes => new ProcessFiles(Pid).Rollup().Value.ResidentBytes;

    /// <summary>Forks, reads the copy as the tool does, and ends it; a copy that cannot be read is taken again, as the tool does.</summary>
    public HeapReport Read() => ReadCopies(copy =>
    {
        HeapReaderProcess reader = HeapReaderProgram.Start();
        _readers.Add(reader);
        return reader.Read(copy, new HeapReadOptions { MicrosecondsPerPage = 0.1 });
    });

    /// <summary>The same with a reader of the test's own.</summary>
    public HeapReport ReadCopies(Func<FrozenProcess, HeapReport> read)
    {
        for (int attempt = 1; ; attempt++)
        {
            int copy = Fork();
            try
            {
                return read(new FrozenProcess(copy, Pid));
            }
            catch (HeapReadException exception) when (exception.IsSnapshotUnusable && attempt < MostCopies)
            {
                // The next one.
            }
            finally
            {
                Reap(copy);
            }
        }
    }

    public int Fork() => int.Parse(Tell("fork"), CultureInfo.InvariantCulture);

    public void Reap(int copy) => Tell($"reap {copy}");

    public void Drop() => Tell("drop");

    public void Collect() => Tell("collect");

    public string Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        return Answer();
    }

    public void Dispose()
    {
        _readers.ForEach(static reader => reader.Dispose());
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private string Answer()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        return line.Wait(Patience) && line.Result is { } text
            ? text
            : throw new InvalidOperationException($"The scenario did not answer; it has {(_process.HasExited ? "ended" : "not ended")}.");
    }
}
