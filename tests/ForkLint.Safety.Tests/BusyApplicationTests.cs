using System.Globalization;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>An application that collects, allocates and starts processes without a pause.</summary>
public class BusyApplicationTests
{
    [Fact]
    public void It_goes_on_collecting_and_reaping_its_own_children()
    {
        using var target = AttackedTarget.Start("busy", "allocators=1", "starters=2");
        var (allocations, starts) = Progress(target);
        for (int round = 0; round < 3; round++)
        {
            var result = Measurer.Run(target.Request with { MaxTrials = 5, Hold = TimeSpan.FromSeconds(0.3), ChildWritesBytes = 1 << 20, Verify = true }, CancellationToken.None);
            Assert.True(result.Fork.Succeeded);
            Assert.NotNull(result.CopyOnWrite);
            var (laterAllocations, laterStarts) = Progress(target);
            Assert.True(laterAllocations > allocations && laterStarts > starts, $"{allocations} {starts} became {laterAllocations} {laterStarts}");
            (allocations, starts) = (laterAllocations, laterStarts);
        }

        // Afterwards too: nobody waits forever for a child that somebody else reaped.
        Until.Holds(() => Progress(target) is var (more, moreStarts) && more > allocations && moreStarts > starts, "it stands still after the measurement");
        Until.Holds(() => ProcFiles.AgentChildren(target.Pid).Count == 0 && ProcFiles.AgentThreads(target.Pid).Count == 0, "the agent left something");
        Until.Holds(() => !ProcFiles.Children(target.Pid).Any(static child => IsLastingZombie(child)), "a child is not reaped");
        Assert.Equal("Pong", target.Live.Ask("Ping"));
        Assert.Equal("Spawned 0", target.Live.Ask("Spawn"));
    }

    [Fact]
    public void A_tool_killed_in_the_middle_does_not_stop_it()
    {
        using var target = AttackedTarget.Start("busy", "allocators=1", "starters=1");
        foreach (var stage in new[] { MeasureStage.SendPayload, MeasureStage.WarmAgent, MeasureStage.ChildAlive, MeasureStage.Hold })
        {
            using var tool = target.StartTool($"die={stage}", "hold=0.3");
            Assert.Equal(128 + Signals.Kill, tool.Finish().ExitCode);
            var (allocations, starts) = Progress(target);
            Until.Holds(() => Progress(target) is var (more, moreStarts) && more > allocations && moreStarts > starts, $"it stands still after {stage}");
        }

        Until.Holds(() => ProcFiles.AgentChildren(target.Pid).Count == 0 && ProcFiles.AgentThreads(target.Pid).Count == 0, "the agent left something");
    }

    /// <summary>How often it allocated and started a process; none of what it started may have failed.</summary>
    private static (long Allocations, long Starts) Progress(AttackedTarget target)
    {
        long[] counts = [.. target.Live.Ask("Go")!["Done ".Length..].Split(' ').Select(static count => long.Parse(count, CultureInfo.InvariantCulture))];
        Assert.Equal(0, counts[2]);
        return (counts[0], counts[1]);
    }

    /// <summary>A zombie that is still one after the application had every chance to reap it.</summary>
    private static bool IsLastingZombie(int pid)
    {
        for (int look = 0; look < 50; look++)
        {
            if (ProcFiles.State(pid) != "Z")
            {
                return false;
            }

            Thread.Sleep(20);
        }

        return true;
    }
}
