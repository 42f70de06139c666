using ForkLint.Linux.Tests.Support;
using static ForkLint.Linux.Tests.Support.Samples;

namespace ForkLint.Linux.Tests.Live;

/// <summary>Real cgroups with limits. These tests need root and a mounted hierarchy, and fail where there is none.</summary>
public sealed class CgroupLimitTests
{
    [Fact]
    public void The_nearest_ancestor_with_a_limit_counts_and_page_cache_is_no_use_of_it()
    {
        using var cgroup = TestCgroup.Create("memory");
        cgroup.Write("memory.limit_in_bytes", "memory.max", 256 * MiB);
        var inner = cgroup.AddChild("inner", "memory");
        var file = Path.Combine(AppContext.BaseDirectory, $"page-cache-{Guid.NewGuid():N}.bin");
        using var target = TargetProgram.Start();
        try
        {
            TestCgroup.Move(target.Pid, inner);
            var empty = MemoryCgroup.ForProcess(target.Pid).Value!;
            Assert.Equal((cgroup.Directory, 256 * MiB, cgroup.Version), (empty.Path, empty.LimitBytes, empty.Version));
            Assert.InRange(empty.HeadRoomBytes, 240 * MiB, 256 * MiB);

            // More page cache than would leave room, were it counted.
            Assert.Equal("ok", target.Send($"fill {400 * MiB} {file}"));
            var cached = MemoryCgroup.ForProcess(target.Pid).Value!;
            Assert.InRange(cached.UsageBytes, 200 * MiB, 256 * MiB);
            Assert.InRange(cached.InactiveFileBytes + cached.ActiveFileBytes, 190 * MiB, 256 * MiB);
            Assert.InRange(cached.HeadRoomBytes, 230 * MiB, 256 * MiB);
            Assert.Equal(Answer.Yes, ForkAdmission.JudgeCgroup(cached, ForkCandidate.Read(target.Files).Value).Single().Succeeds);

            // Anonymous memory is.
            Assert.Equal("ok", target.Send($"touch {230 * MiB}"));
            var full = cached.ReadAgain().Value!;

            // A kernel may be late with memory.stat: what a processor has counted is summed at the latest when it counts something more.
            for (var look = 0; look < 50 && full.HeadRoomBytes > 26 * MiB; look++)
            {
                Assert.Equal("ok", target.Send("touch 65536"));
                Thread.Sleep(20);
                full = full.ReadAgain().Value!;
            }

            Assert.InRange(full.HeadRoomBytes, 0, 26 * MiB);

            Assert.Equal("ok", target.Send($"touch {12 * MiB}"));
            var tight = MemoryCgroup.ForProcess(target.Pid).Value!;
            var verdict = ForkAdmission.JudgeCgroup(tight, ForkCandidate.Read(target.Files).Value).Single();
            Assert.NotEqual(Answer.Yes, verdict.Succeeds);
            Assert.True(verdict.ShortfallBytes > 0);
        }
        finally
        {
            target.Kill();
            File.Delete(file);
        }
    }

    [Fact]
    public void The_limit_on_tasks_is_predicted_and_enforced()
    {
        using var cgroup = TestCgroup.Create("pids");
        cgroup.Write("pids.max", "pids.max", 1);
        using var target = TargetProgram.Start();
        TestCgroup.Move(target.Pid, cgroup.Directory);

        var full = ForkAdmission.JudgePids(PidLimits.Read(target.Pid).Value);
        Assert.Equal(Answer.No, full.Succeeds);
        Assert.StartsWith($"{cgroup.Directory}/pids.max: 1 of 1", full.Reason, StringComparison.Ordinal);
        Assert.Equal($"errno {Errno.TryAgain}", target.Send("fork"));

        cgroup.Write("pids.max", "pids.max", 2);
        Assert.Equal(Answer.Yes, ForkAdmission.JudgePids(PidLimits.Read(target.Pid).Value).Succeeds);
        target.SendForChild("fork");
        target.Kill();
    }

    [Fact]
    public void The_users_own_limit_is_predicted_and_enforced()
    {
        Assert.True(Environment.UserName == "root", "this test starts a program as another user and needs root");

        // A user id that nobody else has, limited to one task.
        using var target = TargetProgram.Start("as-user", "47113");
        var limits = PidLimits.Read(target.Pid).Value;

        Assert.Equal(new TaskLimit("RLIMIT_NPROC of uid 47113", 1, 1), limits.User);
        Assert.Equal(Answer.No, ForkAdmission.JudgePids(limits).Succeeds);
        Assert.Equal($"errno {Errno.TryAgain}", target.Send("fork"));
        Assert.False(ForkCandidate.Read(target.Files).Value.Privileged);

        // The same limit binds neither root nor whoever has the capability.
        Assert.Null(PidLimits.Read(Environment.ProcessId).Value.User);
    }

    [Fact]
    public void The_freezer_is_noticed()
    {
        using var cgroup = TestCgroup.Create("freezer");
        using var target = TargetProgram.Start();
        TestCgroup.Move(target.Pid, cgroup.Directory);
        Assert.Equal(ProcessCondition.Alive, ProcessSafety.Condition(target.Pid).Value);

        File.WriteAllText($"{cgroup.Directory}/{(cgroup.Version == 1 ? "freezer.state" : "cgroup.freeze")}", cgroup.Version == 1 ? "FROZEN" : "1");
        try
        {
            Assert.Equal(ProcessCondition.Frozen, ProcessSafety.Condition(target.Pid).Value);
        }
        finally
        {
            File.WriteAllText($"{cgroup.Directory}/{(cgroup.Version == 1 ? "freezer.state" : "cgroup.freeze")}", cgroup.Version == 1 ? "THAWED" : "0");
        }

        Assert.Equal("ok", target.Send("reap"));
        target.Kill();
    }
}
