using ForkLint.Fleet.Tests.Support;
using ForkLint.Linux;
using ForkLint.LiveTargets;
using ForkLint.Tool.Export;
using ForkLint.Tool.Fleet;
using ForkLint.Tool.Processes;

namespace ForkLint.Fleet.Tests;

/// <summary>What is read of real processes.</summary>
public sealed class FleetReaderTests
{
    [Fact]
    public void It_knows_what_ps_knows_and_what_stands_beside()
    {
        using var limit = new MemoryLimit();
        limit.Set(500 * Looks.MiB);
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["parent", "child=40000000"], Launcher = limit.Launcher });
        target.Ask("Go");
        var look = new FleetReader(new FleetSelection { Pid = target.Pid }).Read();
        var process = Assert.Single(look.Processes);
        var listed = ProcessListing.List(new ListOptions()).Single(entry => entry.Pid == target.Pid);
        Assert.Equal((listed.Name, listed.Runtime, listed.CommitChargeBytes, listed.ForkSucceeds), (process.Name, process.Runtime, process.ChargeBytes, process.ForkSucceeds == Answer.Yes));
        Assert.Equal((500 * Looks.MiB, AdmissionRule.MemoryCgroup), (process.Tightest!.LimitBytes, process.Tightest.Rule));
        Assert.InRange(process.Tightest.Bytes, 250 * Looks.MiB, 460 * Looks.MiB);
        Assert.Equal(500 * Looks.MiB * 75 / 100, process.CollectorCeilingBytes);

        // The child holds 40 MB beside its runtime.
        Assert.Equal(1, process.Children);
        Assert.InRange(process.ChildPeakBytes!.Value, 60_000_000, 200_000_000);
        var cgroup = Assert.Single(look.Cgroups, cgroup => cgroup.Group == process.Group);
        Assert.Equal((500 * Looks.MiB, 0L), (cgroup.LimitBytes, cgroup.OomKills));
    }

    [Fact]
    public void Mappings_are_read_again_when_a_process_changes_and_not_before()
    {
        using var target = LiveTarget.Start("hold", "managed=1000000", "fill=1");
        var reader = new FleetReader(new FleetSelection { Pid = target.Pid });
        var first = reader.Read();
        Assert.Equal(1, first.MappingsRead);

        // Once it stands still: a runtime goes on compiling for a while after its start.
        Commands.Until(() => reader.Read().MappingsRead == 0, "a look that reads no mappings");
        var same = reader.Read();
        target.Ask("Go");
        var grown = reader.Read();
        Assert.Equal(1, grown.MappingsRead);
        Assert.True(grown.Processes[0].ChargeBytes > same.Processes[0].ChargeBytes + (50 * Looks.MiB));
        Assert.Equal(CommitCharge.PredictBytes(new ProcessFiles(target.Pid).Mappings().Value), reader.Read().Processes[0].ChargeBytes);
    }

    [Fact]
    public void Without_mappings_it_knows_what_a_child_may_have_and_not_what_a_fork_costs()
    {
        using var limit = new MemoryLimit();
        limit.Set(500 * Looks.MiB);
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["hold", "managed=50000000", "fill=1"], Launcher = limit.Launcher });
        target.Ask("Go");
        var fast = new FleetReader(new FleetSelection { Pid = target.Pid, IsFast = true }).Read();
        var process = Assert.Single(fast.Processes);
        Assert.Equal((0, null), (fast.MappingsRead, fast.Unreadable));
        Assert.Equal((null, null, null, null, null), (process.ChargeBytes, process.ForkSucceeds, process.ForkMarginBytes, process.UniqueBytes, process.CollectorResidentBytes));

        // What a child may have is the same as with the mappings, but for what the kernel counts in between.
        var whole = Assert.Single(new FleetReader(new FleetSelection { Pid = target.Pid }).Read().Processes);
        Assert.Equal((whole.Group, whole.CollectorCeilingBytes, whole.Tightest!.LimitBytes), (process.Group, process.CollectorCeilingBytes, process.Tightest!.LimitBytes));
        Assert.InRange(process.Tightest.Bytes, whole.Tightest.Bytes - (20 * Looks.MiB), whole.Tightest.Bytes + (20 * Looks.MiB));
        var text = MetricsText.Write(fast, ExportFormat.OpenMetrics);
        Assert.Contains("\nforklint_child_room_bytes{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nforklint_fork_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nforklint_processes_unreadable ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_oldest_are_kept_and_what_has_ended_is_gone()
    {
        using var first = LiveTarget.Start("hold");
        var second = LiveTarget.Start("hold");
        var all = new FleetReader(new FleetSelection { Name = "forklint-testapp" });
        Assert.True(all.Read().Processes.Count >= 2);

        var one = new FleetReader(new FleetSelection { Name = "forklint-testapp", MostProcesses = 1 }).Read();
        Assert.Single(one.Processes);
        Assert.Equal(one.Found - 1, one.LeftOut);
        Assert.DoesNotContain(one.Processes, process => process.Pid == second.Pid);

        second.Dispose();
        Assert.DoesNotContain(all.Read().Processes, process => process.Pid == second.Pid);
        Assert.Contains(all.Read().Processes, process => process.Pid == first.Pid);
    }

    [Fact]
    public void It_leaves_a_process_alone()
    {
        using var target = LiveTarget.Start("hold");
        var (threads, variables) = (Directory.GetDirectories($"/proc/{target.Pid}/task").Length, target.Ask("Variables"));
        var reader = new FleetReader(new FleetSelection { Pid = target.Pid });
        for (var look = 0; look < 3; look++)
        {
            Assert.Single(reader.Read().Processes);
        }

        // No agent, no child, no thread more.
        Assert.DoesNotContain("ForkLint.", File.ReadAllText($"/proc/{target.Pid}/maps"), StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText($"/proc/{target.Pid}/task/{target.Pid}/children"));
        Assert.True(Directory.GetDirectories($"/proc/{target.Pid}/task").Length <= threads);
        Assert.Equal(variables, target.Ask("Variables"));
    }

    [Fact]
    public void Root_with_one_capability_reads_the_processes_of_others()
    {
        // What the DaemonSet gives it.
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["hold"], Launcher = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] });
        string[] command = [Commands.Tool, "export", "--once", "--process-id", $"{target.Pid}"];
        var (exitCode, output, error) = Commands.Run("setpriv", ["--bounding-set", "-all,+sys_ptrace", "--inh-caps", "-all,+sys_ptrace", "--no-new-privs", .. command]);
        Assert.True(exitCode == 0, error);
        Assert.Equal(0, OpenMetricsReader.Read(output)["forklint_processes_unreadable{}"]);

        // And without it, no more than that they are there.
        (exitCode, output, error) = Commands.Run("setpriv", ["--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs", .. command]);
        Assert.True(exitCode == 0, error);
        Assert.Equal(1, OpenMetricsReader.Read(output)["forklint_processes_unreadable{}"]);
    }
}
