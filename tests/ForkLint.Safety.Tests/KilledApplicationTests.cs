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

        // The child may be the first to go: the descriptors are closed with the last thread of the application.
        Until.Holds(() => target.Live.HasExited, "the application does not end", Promptly);
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

    /// <summary>Nobody is left who could end the child but the kernel, which wakes it when the agent's thread is no more.</summary>
    [Fact]
    public void Its_port_is_free_at_once_when_the_tool_is_killed_with_it()
    {
        using var target = AttackedTarget.Start("listen");
        string port = target.Live.Ask("Go")!["Done ".Length..];
        using var tool = target.StartToolUntil(MeasureStage.Hold, "hold=55");
        int child = target.AwaitChild();
        Signals.StopAndWait(tool.Pid); // Its guard must not be faster than its own death and kill the child.
        Signals.StopAndWait(target.Pid); // Nor the agent, which sees the tool go.
        tool.Kill();
        Assert.False(ProcFiles.IsDead(child), "the child did not survive the tool: nothing is tested");
        Signals.Send(target.Pid, Signals.Kill);

        Until.Holds(() => ProcFiles.IsDead(child), "the child outlives both", Promptly);
        Until.Holds(() => target.Live.HasExited, "the application does not end", Promptly);
        using var next = AttackedTarget.Start("listen", $"port={port}");
        Assert.Equal($"Done {port}", next.Live.Ask("Go"));
        Assert.Empty(ProcFiles.AgentSockets(target.Pid));
    }

    /// <summary>An execve ends all threads but one and keeps the process: the child must not be a part of the new program.</summary>
    [Fact]
    public void Another_program_in_its_place_keeps_no_running_child()
    {
        using var target = AttackedTarget.Start("become");
        using var tool = target.StartToolUntil(MeasureStage.Hold, "hold=55");
        int child = target.AwaitChild();
        target.Live.Tell("Go");
        Until.Holds(() => ProcFiles.IsDead(child), "the child outlives the execve", Promptly);
        tool.Continue();
        var outcome = tool.Finish();

        Assert.True((int)ExitReason.NoSuchProcess == outcome.ExitCode, outcome.Output);
        Assert.Contains("replaced its program", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"child {child} has ended and stays in the process table", outcome.Output, StringComparison.Ordinal);
    }
}
