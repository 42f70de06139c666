using System.Diagnostics;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>A runtime that cannot run the agent now is sent nothing.</summary>
public sealed class StartedTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-start-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("DOTNET_DefaultDiagnosticPortSuspend", "1", EngineKind.Agent)]
    [InlineData("COMPlus_DefaultDiagnosticPortSuspend", "0x1", EngineKind.Auto)]
    [InlineData("DOTNET_DiagnosticPorts", "$/monitor", EngineKind.Auto)]
    [InlineData("COMPlus_DiagnosticPorts", "$/other,nosuspend;$/monitor,connect,suspend", EngineKind.Agent)]
    public void A_runtime_that_waits_to_be_resumed_is_sent_nothing_and_starts_unharmed(string variable, string value, EngineKind engine)
    {
        string setting = value.Replace("$", _folder.FullName, StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet", [TestApps.FrameworkDependent, "hold"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[variable] = setting;
        start.Environment["TMPDIR"] = _folder.FullName;
        using var monitor = Diagnostics.Listen(Path.Combine(_folder.FullName, "monitor"));
        using var process = Process.Start(start)!;
        try
        {
            Assert.True(Traces.Eventually(() => DotNetProbe.Probe(process.Id).HasDiagnosticsSocket));
            var request = new MeasureRequest { Pid = process.Id, Engine = engine, StartPatience = TimeSpan.FromMilliseconds(300) };
            var refused = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));
            Assert.Equal(ExitReason.RefusedForSafety, refused.Reason);
            Assert.Contains($"{variable}={setting}", refused.Message, StringComparison.Ordinal);
            Assert.Equal(ExitReason.RefusedForSafety, Measurer.Plan(request).Refusal!.Reason);
            Assert.Equal(EngineKind.Estimate, Measurer.Run(request with { Engine = EngineKind.Estimate }, CancellationToken.None).Engine);

            if (variable.EndsWith("Ports", StringComparison.Ordinal))
            {
                Diagnostics.ResumeThrough(monitor);
            }
            else
            {
                Diagnostics.Resume(_folder.FullName, process.Id);
            }

            Assert.Contains(Ready(process), Lines(process));
            Assert.DoesNotContain("ForkLint.Shim", File.ReadAllText($"/proc/{process.Id}/maps"), StringComparison.Ordinal);
            Assert.True(Measurer.Run(request with { Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), StartPatience = TimeSpan.FromSeconds(30) }, CancellationToken.None).Fork.Succeeded);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    [Fact]
    public void A_runtime_that_is_starting_is_waited_for()
    {
        // Measured from the first moment on: as soon as there is a process, most of a second before it is ready.
        for (int round = 0; round < 3; round++)
        {
            var start = new ProcessStartInfo("dotnet", [TestApps.FrameworkDependent, "hold"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            try
            {
                Assert.True(Traces.Eventually(() => DotNetProbe.Probe(process.Id).HasDiagnosticsSocket));
                var result = Measurer.Run(new MeasureRequest { Pid = process.Id, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), StartPatience = TimeSpan.FromSeconds(60) }, CancellationToken.None);
                Assert.True(result.Fork.Succeeded);
                Assert.Equal(Ready(process), process.StandardOutput.ReadLine());
            }
            finally
            {
                process.Kill();
                process.WaitForExit();
            }
        }
    }

    [Fact]
    public void A_runtime_whose_diagnostics_are_blocked_is_sent_nothing_that_stays()
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["hold"], Environment = new Dictionary<string, string?> { ["TMPDIR"] = _folder.FullName } });
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(1) };

        // The one thread that serves diagnostics waits for the rest of what this tool never sends.
        using (var other = Diagnostics.Connect(_folder.FullName, target.Pid))
        {
            other.Send("DOTNET"u8);
            var refused = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));
            Assert.Equal(ExitReason.RefusedForSafety, refused.Reason);
            Assert.Contains("did not answer within 1 s", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.DoesNotContain("ForkLint.Shim", File.ReadAllText($"/proc/{target.Pid}/maps"), StringComparison.Ordinal);
        Assert.True(Measurer.Run(request with { AgentPatience = TimeSpan.FromSeconds(30) }, CancellationToken.None).Fork.Succeeded);
    }

    [Theory]
    [InlineData("DOTNET_DefaultDiagnosticPortSuspend", "0", false)]
    [InlineData("DOTNET_DefaultDiagnosticPortSuspend", "0x0", false)]
    [InlineData("DOTNET_DefaultDiagnosticPortSuspend", "a", true)]
    [InlineData("DOTNET_DefaultDiagnosticPortSuspend", "yes", false)]
    [InlineData("DOTNET_DiagnosticPorts", "/tmp/p,nosuspend", false)]
    [InlineData("DOTNET_DiagnosticPorts", "/tmp/p,listen,NoSuspend", false)]
    [InlineData("DOTNET_DiagnosticPorts", "/tmp/p,connect", true)]
    [InlineData("DOTNET_DiagnosticPorts", "/tmp/p,nosuspend;/tmp/q", true)]
    [InlineData("DOTNET_DiagnosticPorts", "", false)]
    [InlineData("Other_DiagnosticPorts", "/tmp/p", false)]
    public void What_asks_for_a_pause(string variable, string value, bool asks) =>
        Assert.Equal(asks, RuntimePause.AskedBy(new Dictionary<string, string> { [variable] = value }) != null);

    private static string Ready(Process process) => $"Ready {process.Id}";

    /// <summary>The runtime itself prints that it waits.</summary>
    private static List<string> Lines(Process process)
    {
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
            if (line.StartsWith("Ready", StringComparison.Ordinal))
            {
                break;
            }
        }

        return lines;
    }
}
