using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>Ctrl-C goes to the whole foreground process group: application, tool, and the child that is a copy of the application.</summary>
public class InterruptTests
{
    private const int InterruptedExitCode = 130;

    [Fact]
    public void Ctrl_C_while_a_child_is_held_ends_the_tool_and_nobody_else()
    {
        using var target = AttackedTarget.Start("interrupt");
        using var tool = target.StartToolUntil(MeasureStage.Hold, "hold=50", $"group={target.Pid}");
        int child = target.AwaitChild();
        Signals.SendToGroup(target.Pid, Signals.Interrupt);
        Until.Holds(() => target.Live.Ask("Go") != "Done 0", "the application does not see the interruption");
        Assert.False(ProcFiles.IsDead(child), "the child died of the signal: it is a copy that must not act");
        tool.Continue();
        Assert.Equal(InterruptedExitCode, tool.Finish().ExitCode);

        // Once: a handler that ran in the child would have written to the same pipe, since both share the descriptors.
        Assert.Equal("Done 1", target.Live.Ask("Go"));
        Assert.True(ProcFiles.IsDead(child), "the child outlives the tool");
        target.RequireUnharmed();
        target.MeasureCompletely();
        target.RequireUnharmed();
    }
}
