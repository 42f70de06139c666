using ForkLint.LiveTargets;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>
/// Where the application's memory cgroup has little room a measurement is refused, not attempted: what a fork takes at worst, with what the application does
/// meanwhile and what the tool itself needs, is what is asked for. tests/room/sweep.sh is the long version.
/// </summary>
public class LittleRoomTests
{
    private const long MiB = 1 << 20;

    /// <summary>60,000 mappings are 27 MiB of slab for the child, and page tables of 1 MiB.</summary>
    [Fact]
    public void Mappings_that_a_fork_copies_count_as_memory_and_as_time()
    {
        using var limit = new MemoryLimit();
        using var target = AttackedTarget.Start(limit.Launcher, ["mappings", "count=60000"]);
        using var plain = AttackedTarget.Start("hold", "native=240000000");
        var many = Measurer.Plan(target.Request);
        var few = Measurer.Plan(plain.Request);

        // The same anonymous memory, in one mapping.
        Assert.InRange(many.NeededHeadRoomBytes!.Value - few.NeededHeadRoomBytes!.Value, 20 * MiB, 40 * MiB);
        Assert.True(many.PredictedStallMicroseconds > 5 * few.PredictedStallMicroseconds, $"{many.PredictedStallMicroseconds} against {few.PredictedStallMicroseconds}");

        RequireRefused(limit, target, 18 * MiB, target.Request);

        // With the room that it asks for it is measured, and nothing is killed.
        limit.Set(limit.UsageBytes - limit.FileBytes + (2 * many.NeededHeadRoomBytes.Value));
        var result = Measurer.Run(target.Request, CancellationToken.None);
        Assert.True(result.Fork.Succeeded);
        Assert.Equal(0, limit.KilledProcesses);
        target.RequireUnharmed();
    }

    [Fact]
    public void A_busy_application_is_asked_for_what_it_can_allocate_and_copy_meanwhile()
    {
        using var limit = new MemoryLimit();
        using var target = AttackedTarget.Start(limit.Launcher, ["busy", "allocators=1", "starters=1"]);
        foreach (long room in new[] { 17, 25, 40 })
        {
            RequireRefused(limit, target, room * MiB, target.Request);
            RequireRefused(limit, target, room * MiB, target.Request with { Hold = TimeSpan.FromSeconds(1) });
        }

        limit.Set(limit.UsageBytes - limit.FileBytes + (400 * MiB));
        Assert.True(Measurer.Run(target.Request, CancellationToken.None).Fork.Succeeded);
        Assert.Equal(0, limit.KilledProcesses);
        Assert.Equal("Pong", target.Live.Ask("Ping"));
    }

    /// <summary>As 'docker exec' runs it. The tool may die there, the application may not: it offers itself first, and refuses where it does not fit.</summary>
    [Theory]
    [InlineData(20, "engine=Agent")]
    [InlineData(20, "engine=Estimate")]
    [InlineData(50, "engine=Agent")]
    [InlineData(90, "engine=Agent")]
    public void A_tool_in_the_cgroup_of_the_application_harms_nobody_but_itself(long roomMiB, string engine)
    {
        const int killed = 128 + 9;
        using var limit = new MemoryLimit();
        using var target = AttackedTarget.Start(limit.Launcher, ["hold", "managed=60000000"]);
        limit.Set(limit.UsageBytes - limit.FileBytes + (roomMiB * MiB));
        using var tool = MeasureHost.Start(target.Pid, [engine, "trials=2", "stall=30000", "offer"], limit.Launcher);
        var outcome = tool.Finish();

        Assert.True(outcome.ExitCode is 0 or (int)ExitReason.RefusedForSafety or killed, $"{outcome.ExitCode} {outcome.Output}");
        Assert.True(outcome.ExitCode != (int)ExitReason.RefusedForSafety || outcome.Output.Contains("for this tool itself", StringComparison.Ordinal), outcome.Output);
        target.RequireUnharmed(outcome.Output);
    }

    /// <summary>From a cgroup namespace beside the application's its path reads /../NAME: its limit is found all the same, and never is it measured blind.</summary>
    [Fact]
    public void A_limit_outside_of_the_tools_cgroup_namespace_is_seen()
    {
        using var limit = new MemoryLimit();
        using var sidecar = new MemoryLimit();
        using var target = AttackedTarget.Start(limit.Launcher, ["hold", "managed=20000000"]);
        limit.Set(limit.UsageBytes - limit.FileBytes + (8 * MiB));
        var outcome = Measured(target, sidecar.NamespaceLauncher);

        Assert.True(outcome.ExitCode == (int)ExitReason.RefusedForSafety, $"{outcome.ExitCode} {outcome.Output}");
        Assert.Contains($"/proc/{target.Pid}/root/", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("this measurement may need", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(0, limit.KilledProcesses);
        target.RequireUnharmed();
    }

    /// <summary>Where neither the tool nor the application has a cgroup file system mounted, the limit is looked up in the hierarchy itself.</summary>
    [Fact]
    public void A_limit_that_no_folder_shows_is_seen()
    {
        using var limit = new MemoryLimit();
        using var sidecar = new MemoryLimit();
        using var target = AttackedTarget.Start(limit.BlindLauncher, ["hold", "managed=20000000"]);
        limit.Set(limit.UsageBytes - limit.FileBytes + (8 * MiB));
        var refused = Measured(target, sidecar.BlindLauncher);

        Assert.True(refused.ExitCode == (int)ExitReason.RefusedForSafety, $"{refused.ExitCode} {refused.Output}");
        Assert.Matches($"its memory cgroup /[^ ]*{limit.Name} ", refused.Output);
        Assert.DoesNotContain("/proc/self/fd", refused.Output, StringComparison.Ordinal);

        limit.Set(limit.UsageBytes - limit.FileBytes + (400 * MiB));
        var outcome = Measured(target, sidecar.BlindLauncher);
        Assert.True(outcome.ExitCode == 0, $"{outcome.ExitCode} {outcome.Output}");
        Assert.Equal(0, limit.KilledProcesses);
        target.RequireUnharmed(outcome.Output);
    }

    private static HostOutcome Measured(AttackedTarget target, string[] launcher)
    {
        using var tool = MeasureHost.Start(target.Pid, ["trials=2", "stall=30000"], launcher);
        return tool.Finish();
    }

    private static void RequireRefused(MemoryLimit limit, AttackedTarget target, long room, MeasureRequest request)
    {
        limit.Set(limit.UsageBytes - limit.FileBytes + room);
        var refusal = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));
        Assert.True(refusal.Reason == ExitReason.RefusedForSafety, refusal.Message);
        Assert.Contains("this measurement may need", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, limit.KilledProcesses);
        Assert.Equal("Pong", target.Live.Ask("Ping"));
    }
}
