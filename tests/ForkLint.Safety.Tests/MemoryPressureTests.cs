using ForkLint.LiveTargets;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>
/// A held child eats the room of the application's memory cgroup. At the limit the kernel would look for something to kill, and may find
/// the application, so the child must be gone before.
/// </summary>
public class MemoryPressureTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void A_child_that_writes_too_much_is_killed_at_half_of_the_room()
    {
        using var limit = new MemoryLimit();
        using var target = AttackedTarget.Start(limit.Launcher, ["hold", "managed=80000000"]);
        target.MeasureCompletely();
        target.RequireUnharmed("a measurement without a limit");
        long room = 48 * MiB;
        limit.Set(limit.UsageBytes - limit.FileBytes + room);

        // Forced: an application that still compiles what it just ran is taken for a busy one, and asked for more room than there is.
        var result = Measurer.Run(target.Request with { ChildWritesBytes = 70 * MiB, Hold = TimeSpan.FromSeconds(30), IgnoreHeadRoom = true }, CancellationToken.None);

        Assert.True(result.CopyOnWrite!.Truncated);
        Assert.InRange(result.CopyOnWrite.ChildWrittenBytes!.Value, 4 * MiB, room * 3 / 4);
        Assert.True(result.CopyOnWrite.HeldMilliseconds < 30_000, "the child was held to the end");
        Assert.Contains(result.Warnings, static warning => warning.Contains("half of the room", StringComparison.Ordinal));
        Assert.Equal(0, limit.KilledProcesses);
        target.RequireUnharmed();
    }

    /// <summary>Another copy would be as little use, and the room is gone: none is taken.</summary>
    [Fact]
    public void A_copy_that_is_killed_while_its_heap_is_read_is_not_taken_again_and_the_report_says_why()
    {
        using var limit = new MemoryLimit();
        using var target = AttackedTarget.Start(limit.Launcher, ["hold", "managed=20000000"]);
        target.MeasureCompletely();
        limit.Set(limit.UsageBytes - limit.FileBytes + (80 * MiB));
        int reads = 0;
        LiveTarget? neighbour = null;
        try
        {
            var result = Measurer.Run(
                target.Request with
                {
                    ReadHeap = (child, _) =>
                    {
                        reads++;
                        neighbour ??= LiveTarget.Start(new TargetStart { Launcher = limit.Launcher, Arguments = ["hold", $"native={45 * MiB}"] });
                        Until.Holds(() => ProcFiles.IsDead(child.Pid), "the copy outlives the room", TimeSpan.FromSeconds(25));
                        throw new UnusableChildException("it reads as nothing", new InvalidDataException());
                    },
                },
                CancellationToken.None);

            Assert.Equal(1, reads);
            Assert.False(result.HeapWasRead);
            Assert.Contains(result.Warnings, static warning => warning.Contains("the heap was not read: it reads as nothing", StringComparison.Ordinal));
            Assert.Contains(result.Warnings, static warning => warning.Contains("ended while its heap was read", StringComparison.Ordinal));
            Assert.Equal(0, limit.KilledProcesses);
            Assert.Equal("Pong", neighbour!.Ask("Ping"));
            target.RequireUnharmed();
        }
        finally
        {
            neighbour?.Dispose();
        }
    }

    [Fact]
    public void Room_that_others_take_while_a_child_is_held_ends_it_too()
    {
        using var limit = new MemoryLimit();
        using var target = AttackedTarget.Start(limit.Launcher, ["hold", "managed=20000000"]);
        target.MeasureCompletely();
        limit.Set(limit.UsageBytes - limit.FileBytes + (80 * MiB));
        using var tool = target.StartToolUntil(MeasureStage.Hold, "hold=50");
        int child = target.AwaitChild();

        // A neighbour in the same cgroup: more than half of the 80 MiB, in a process of its own.
        using var neighbour = LiveTarget.Start(new TargetStart { Launcher = limit.Launcher, Arguments = ["hold", $"native={45 * MiB}"] });
        Until.Holds(() => ProcFiles.IsDead(child), "the child is held while the room runs out", TimeSpan.FromSeconds(25));
        tool.Continue();
        var outcome = tool.Finish();

        Assert.True(outcome.ExitCode == 0, outcome.Output);
        Assert.Contains("half of the room", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(0, limit.KilledProcesses);
        Assert.Equal("Pong", neighbour.Ask("Ping"));
        target.RequireUnharmed();
    }
}
