using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>The application is killed while a child of it lives: the child shares its descriptor table, and with it every port.</summary>
public class KilledApplicationTests
{
    /// <summary>Far less than the child would live by itself, far more than a guard needs on a busy machine.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData(MeasureStage.Hold, "hold=55")]
    [InlineData(MeasureStage.ReadHeap, "heap")]
    public void Its_port_is_free_for_the_next_one_at_once(MeasureStage stage, string option)
    {
        using var target = AttackedTarget.Start("listen");
        string port = target.Live.Ask("Go")!["Done ".Length..];
        using var tool = target.StartToolUntil(stage, option);
        int child = target.AwaitChild();

        // The measuring thread stands still all the while: it is the guard that must act.
        Signals.Send(target.Pid, Signals.Kill);
        Until.Holds(() => ProcFiles.IsDead(child), "the child outlives the application", Promptly);
        using (var next = AttackedTarget.Start("listen", $"port={port}"))
        {
            Assert.Equal($"Done {port}", next.Live.Ask("Go"));
            next.RequireUnharmed();
        }

        tool.Continue();
        var outcome = tool.Finish();
        Assert.True((int)ExitReason.NoSuchProcess == outcome.ExitCode, outcome.Output);
        Assert.Contains("ended", outcome.Output, StringComparison.Ordinal);
    }
}
