using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

/// <summary>One of the heap scenarios, ready.</summary>
internal sealed class HeldMemory : IDisposable
{
    private readonly Process _process;

    public HeldMemory(string scenario)
    {
        var application = Path.Combine(AppContext.BaseDirectory.Replace("ForkLint.EndToEnd.Tests", "HeapScenarios", StringComparison.Ordinal), "forklint-heap-scenarios.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [application, scenario]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        HeldBytes = long.Parse(Answer().Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public int Pid => _process.Id;

    public string PidText => _process.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the scenario says it holds.</summary>
    public long HeldBytes { get; }

    /// <summary>Sends a command and returns its answer.</summary>
    public string Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        return Answer();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The scenario ended.");
}

/// <summary>Reads and compares what the tool reports on savings.</summary>
internal static class SavingsReport
{
    private static readonly SchemaValidator Schema = new(Repository.Read("docs/report.schema.json"), refuseUndescribed: true);

    /// <summary>The report of a run that ended well; it is as the schema says.</summary>
    public static JsonElement Of(CommandResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(Schema.Validate(result.Output));
        return JsonDocument.Parse(result.Output).RootElement;
    }

    public static void Within(double share, long expected, long actual) =>
        Assert.True(Math.Abs(actual - expected) <= share * expected, $"{actual} is not within {share:P1} of {expected}.");
}
