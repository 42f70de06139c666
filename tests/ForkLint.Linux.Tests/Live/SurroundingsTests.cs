using ForkLint.Linux.Tests.Support;
using static ForkLint.Linux.Tests.Support.Samples;

namespace ForkLint.Linux.Tests.Live;

/// <summary>Who shares a limit with a process. Needs root and a mounted memory hierarchy.</summary>
public sealed class SurroundingsTests
{
    [Fact]
    public void The_processes_below_the_tightest_limit_are_found_in_inner_cgroups_too()
    {
        using var cgroup = TestCgroup.Create("memory");
        cgroup.Write("memory.limit_in_bytes", "memory.max", 256 * MiB);
        var inner = cgroup.AddChild("inner", "memory");
        var beside = cgroup.AddChild("beside", "memory");
        using var target = TargetProgram.Start();
        using var neighbour = TargetProgram.Start();
        using var stranger = TargetProgram.Start();
        TestCgroup.Move(target.Pid, inner);
        TestCgroup.Move(neighbour.Pid, beside);
        Assert.Equal("ok", neighbour.Send($"touch {40 * MiB}"));

        var situation = new ForkSituation
        {
            Host = HostMemory.Read().Value,
            Candidate = ForkCandidate.Read(target.Files).Value,
            Cgroup = MemoryCgroup.ForProcess(target.Pid).Value,
        };
        var around = Surroundings.Read(target.Pid, situation, ToolFootprint.None);

        Assert.Equal([neighbour.Pid, target.Pid], around.Processes.Select(process => process.Pid));
        Assert.InRange(around.Processes[0].AnonymousBytes, 40 * MiB, 42 * MiB);
        Assert.Empty(around.Descendants);
        Assert.DoesNotContain(stranger.Pid, around.Processes.Select(process => process.Pid));
        Assert.Equal(0, situation.Cgroup!.OomKills);
        Assert.True(situation.Cgroup.PeakBytes is null or > 40 * MiB);
        target.Kill();
        neighbour.Kill();
    }

    [Fact]
    public void A_fork_is_no_child_to_measure_and_a_program_that_it_starts_is()
    {
        using var target = TargetProgram.Start();
        var (fork, _) = target.SendForChild("fork");
        var situation = new ForkSituation { Host = HostMemory.Read().Value, Candidate = ForkCandidate.Read(target.Files).Value };
        Assert.Empty(Surroundings.Read(target.Pid, situation, ToolFootprint.None).Descendants);
        Assert.True(Directory.Exists($"/proc/{fork}"));
        target.Kill();

        // Of this test run itself: the target is a program of its own.
        using var program = TargetProgram.Start();
        Assert.Equal("ok", program.Send($"touch {40 * MiB}"));
        var own = situation with { Candidate = ForkCandidate.Read(new ProcessFiles(Environment.ProcessId)).Value };
        var living = Surroundings.Read(Environment.ProcessId, own, ToolFootprint.None).Descendants.Single(process => process.Pid == program.Pid);
        Assert.True(living.PeakResidentBytes >= 40 * MiB, $"{living}");
        Assert.Contains(program.Pid, Surroundings.Read(Environment.ProcessId, own, ToolFootprint.None).Processes.Select(process => process.Pid));
        Assert.DoesNotContain(Surroundings.Read(Environment.ProcessId, own, ToolFootprint.None with { Pids = [program.Pid] }).Descendants, process => process.Pid == program.Pid);
    }
}
