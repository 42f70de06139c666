using System.Diagnostics;
using System.Globalization;

namespace ForkLint.TestApps.Scenarios;

/// <summary>"Go" starts this program again as a child that holds child=BYTES, and says its id once it holds them.</summary>
internal sealed class ParentScenario : IScenario
{
    private long _bytes;

    public void Prepare(ScenarioOptions options) => _bytes = options.Number("child");

    public string Go()
    {
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "forklint-testapp.dll")] : [Environment.ProcessPath!];
        var start = new ProcessStartInfo(program[0], [.. program[1..], "hold", string.Create(CultureInfo.InvariantCulture, $"managed={_bytes}")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var child = Process.Start(start)!;
        return child.StandardOutput.ReadLine()!["Ready ".Length..];
    }
}
