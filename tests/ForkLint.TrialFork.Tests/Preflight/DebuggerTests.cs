using System.Diagnostics;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>An application under a managed debugger is not entered: at a breakpoint it would run the agent later.</summary>
public class DebuggerTests
{
    [Fact]
    public void A_managed_debugger_keeps_the_agent_out_until_it_detaches()
    {
        using var target = LiveTarget.Start("hold");
        // By the start time as well: a killed process that had the same id may have left its pipes behind.
        string pipe = $"/tmp/clr-debug-pipe-{DiagnosticsSocket.Key(target.Pid)}";
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5) };

        // What a debugger does first: it opens both pipes, and the runtime's end of them opens, too.
        using (var debugger = Process.Start("/bin/sh", ["-c", $"exec sleep 600 3>{pipe}-in 4<{pipe}-out"]))
        {
            Assert.True(Traces.Eventually(() => HasPipe(target.Pid)));
            var refused = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));
            Assert.Equal(ExitReason.RefusedForSafety, refused.Reason);
            Assert.Contains("debugger", refused.Message, StringComparison.Ordinal);
            debugger.Kill();
            debugger.WaitForExit();
        }

        Assert.True(Traces.Eventually(() => !HasPipe(target.Pid)));
        Assert.True(Measurer.Run(request, CancellationToken.None).Fork.Succeeded);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    private static bool HasPipe(int pid) =>
        Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Any(static path => File.ResolveLinkTarget(path, false)?.Name is { } name && name.StartsWith("clr-debug-pipe", StringComparison.Ordinal) && !name.EndsWith("(deleted)", StringComparison.Ordinal));
}
