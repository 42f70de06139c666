using System.Diagnostics;
using ForkLint.Linux;
using ForkLint.LiveTargets;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>What is said of a child beside an application, against what the kernel then does. tests/room/beside.sh is the long version.</summary>
public class BesideTests
{
    private const long MiB = 1 << 20;
    private const int Killed = 128 + 9;

    /// <summary>Sizes in MiB, and how far the limit is from the sum in percent of itself.</summary>
    [Theory]
    [InlineData(40, 150, -6)]
    [InlineData(40, 150, 4)]
    [InlineData(250, 60, -6)]
    [InlineData(250, 60, 4)]
    public void A_child_fits_or_not_and_the_one_is_killed_that_was_named(long parent, long size, long edge)
    {
        using var limit = new MemoryLimit();
        using var target = LiveTarget.Start(new TargetStart { Launcher = limit.Launcher, Arguments = ["hold", $"managed={parent * MiB}"] });
        var child = new ChildSize { Bytes = size * MiB };
        limit.Set((limit.UsageBytes - limit.FileBytes + child.NeededBytes) * 100 / (100 - edge));

        var measured = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Estimate }, CancellationToken.None);
        var verdict = ChildRule.Judge(MemoryRoom.Over(measured.Situation), child);
        var choice = KillRule.Choose(verdict.Room, measured.Surroundings.Processes, child, target.Pid);
        int exitCode = Run(limit, child.Bytes);

        if (edge > 0)
        {
            Assert.Equal((Answer.Yes, 0, 0L), (verdict.Fits, exitCode, limit.KilledProcesses));
            Assert.Equal("Pong", target.Ask("Ping"));
            return;
        }

        Assert.Equal((Answer.No, false), (verdict.Fits, choice!.IsUncertain));
        Assert.True(limit.KilledProcesses > 0);
        if (choice.Process is null)
        {
            Assert.Equal((true, Killed), (parent < size, exitCode));
            Assert.Equal("Pong", target.Ask("Ping"));
        }
        else
        {
            Assert.Equal((true, target.Pid), (parent > size, choice.Process.Pid));
            target.WaitForExit();
        }
    }

    private static int Run(MemoryLimit limit, long bytes)
    {
        string[] command = [.. limit.Launcher, Launcher.Build("eat"), $"{bytes}"];
        using var child = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        child.StandardInput.Close();
        child.WaitForExit();
        return child.ExitCode;
    }
}
