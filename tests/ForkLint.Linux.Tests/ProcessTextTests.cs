using ForkLint.Linux.Tests.Support;

namespace ForkLint.Linux.Tests;

/// <summary>status, stat, smaps_rollup, limits: what kernels write.</summary>
public sealed class ProcessTextTests
{
    [Fact]
    public void Status_of_a_current_kernel()
    {
        var status = StatusParser.Parse(TestData.Read("status-6.18.txt")).Value;

        Assert.Equal("target", status.Name);
        Assert.Equal(1127944L << 10, status.VirtualBytes);
        Assert.Equal(4544L << 10, status.ResidentBytes);
        Assert.Equal(2164L << 10, status.AnonymousBytes);
        Assert.Equal(1356L << 10, status.FileBytes);
        Assert.Equal(1024L << 10, status.SharedMemoryBytes);
        Assert.Equal(64L << 10, status.PageTableBytes);
        Assert.Equal(26912L << 10, status.DataBytes);
        Assert.Equal(132L << 10, status.StackBytes);
        Assert.Equal(1, status.Threads);
        Assert.Equal([status.Pid], status.NamespacePids);
        Assert.Equal(0x1fffeffffffUL, status.EffectiveCapabilities);
        Assert.Equal(0, status.TracerPid);
        Assert.False(status.CoreDumping);
        Assert.False(status.IsKernelThread);
        Assert.True(status.HugePagesEnabled);
    }

    [Fact]
    public void Status_of_a_kernel_of_2013_has_no_split_of_the_resident_set()
    {
        var status = StatusParser.Parse(TestData.Read("status-3.10.txt")).Value;

        Assert.Equal(4544L << 10, status.ResidentBytes);
        Assert.Equal(64L << 10, status.PageTableBytes);
        Assert.Null(status.AnonymousBytes);
        Assert.Null(status.FileBytes);
        Assert.Null(status.CoreDumping);
        Assert.Null(status.IsKernelThread);
        Assert.Empty(status.NamespacePids);
    }

    [Theory]
    [InlineData("status-6.18-zombie.txt", 'Z')]
    [InlineData("status-6.18-kernel-thread.txt", 'S')]
    public void A_process_without_memory_has_none(string file, char state)
    {
        var status = StatusParser.Parse(TestData.Read(file)).Value;

        Assert.Equal(state, status.State);
        Assert.Null(status.VirtualBytes);
        Assert.Null(status.ResidentBytes);
        Assert.Equal(file.Contains("kernel", StringComparison.Ordinal), status.IsKernelThread);
    }

    [Fact]
    public void A_process_in_two_pid_namespaces_has_two_pids()
    {
        var text = TestData.Read("status-6.18.txt").Replace("Groups:", "NSpid:\t4711\t12\nGroups:", StringComparison.Ordinal);

        Assert.Equal([4711, 12], StatusParser.Parse(text).Value.NamespacePids);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Name:\tx\n")]
    [InlineData("no colon\n")]
    [InlineData("Name:\tx\nState:\tS\nTgid:\tx\nPPid:\t1\nThreads:\t1\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n")]
    [InlineData("Name:\tx\nState:\tS\nTgid:\t1\nPPid:\t1\nThreads:\t1\nUid:\t-1\t0\nGid:\t0\t0\t0\t0\n")]
    [InlineData("Name:\tx\nState:\tS\nTgid:\t1\nPPid:\t1\nThreads:\t1\nUid:\t0\nGid:\t0\t0\t0\t0\n")]
    [InlineData("Name:\tx\nState:\tS\nTgid:\t99999999999\nPPid:\t1\nThreads:\t1\nUid:\t0\t0\nGid:\t0\t0\n")]
    public void Status_without_what_every_kernel_prints_is_malformed(string text) => Assert.Equal(ReadFailure.Malformed, StatusParser.Parse(text).Failure);

    [Fact]
    public void Rollup_of_a_current_kernel()
    {
        var rollup = SmapsRollupParser.Parse(TestData.Read("smaps_rollup-6.18.txt")).Value;

        Assert.Equal(4544L << 10, rollup.ResidentBytes);
        Assert.Equal(3275L << 10, rollup.ProportionalBytes);
        Assert.Equal(3200L << 10, rollup.UniqueBytes);
        Assert.Equal(1344L << 10, rollup.SharedCleanBytes);
        Assert.Equal(2164L << 10, rollup.AnonymousBytes);
        Assert.Equal(0, rollup.AnonymousHugePageBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Rss: 4 kB\n")]
    [InlineData("0-1 ---p 0 00:00 0 [rollup]\nRss: 4 kB\n")]
    [InlineData("0-1 ---p 0 00:00 0 [rollup]\nRss: x kB\nPss: 1 kB\nPrivate_Clean: 0 kB\nPrivate_Dirty: 0 kB\n")]
    public void Half_a_rollup_is_malformed(string text) => Assert.Equal(ReadFailure.Malformed, SmapsRollupParser.Parse(text).Failure);

    [Fact]
    public void Stat_names_a_process_whatever_it_is_called()
    {
        const string line = "4711 (a) b (c) R 16844 16833 3580 0 -1 4194304 828 0 0 0 1 2 0 0 20 0 7 0 208428 1155010560 1119 18446744073709551615 94588958347264 94588958350513 140726576333312 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 94588958358992 94588958359824 94589747691520 140726576334681 140726576334707 140726576334707 140726576336873 0\n";

        var stat = StatParser.Parse(line).Value;

        Assert.Equal((4711, "a) b (c", 'R', 16844), (stat.Pid, stat.Comm, stat.State, stat.ParentPid));
        Assert.Equal((16833, 3580, 7, 208428L), (stat.ProcessGroup, stat.Session, stat.ThreadCount, stat.StartTimeTicks));
        Assert.Equal((1155010560L, 140726576333312UL), (stat.VirtualBytes, stat.StackStart));
        Assert.False(stat.IsKernelThread || stat.IsZombie);
    }

    [Fact]
    public void Stat_tells_a_kernel_thread()
    {
        const string line = "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 10 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

        var stat = StatParser.Parse(line).Value;

        Assert.True(stat.IsKernelThread);
        Assert.Equal(0, stat.VirtualBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 (x")]
    [InlineData("1 (x) S 1 2")]
    [InlineData("1 (x) S one 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25")]
    [InlineData(") 1 (")]
    public void Half_a_stat_line_is_malformed(string text) => Assert.Equal(ReadFailure.Malformed, StatParser.Parse(text).Failure);

    [Fact]
    public void Limits_are_read_by_name()
    {
        const string text = """
            Limit                     Soft Limit           Hard Limit           Units     
            Max cpu time              unlimited            unlimited            seconds   
            Max stack size            8388608              unlimited            bytes     
            Max processes             96343                100000               processes 
            Max realtime priority     0                    0                    

            """;

        var limits = LimitsParser.Parse(text).Value;

        Assert.Equal(new ResourceLimit(96343, 100000), limits["Max processes"]);
        Assert.Equal(new ResourceLimit(8388608, null), limits["Max stack size"]);
        Assert.Equal(new ResourceLimit(0, 0), limits["Max realtime priority"]);
        Assert.Equal(ReadFailure.Malformed, LimitsParser.Parse("Max processes 3\n").Failure);
        Assert.Equal(ReadFailure.Malformed, LimitsParser.Parse("Limit\nMax processes             many                 0\n").Failure);
    }

    [Theory]
    [InlineData('R', "0", ProcessCondition.Alive)]
    [InlineData('S', "0", ProcessCondition.Alive)]
    [InlineData('D', "1", ProcessCondition.CoreDumping)]
    [InlineData('T', "0", ProcessCondition.Stopped)]
    [InlineData('t', "0", ProcessCondition.Traced)]
    [InlineData('Z', "0", ProcessCondition.Zombie)]
    [InlineData('X', "0", ProcessCondition.Zombie)]
    public void The_state_tells_whether_a_process_can_be_worked_with(char state, string dumping, ProcessCondition condition)
    {
        using var host = new FakeHost()
            .With("proc/7/stat", $"7 (app) {state} 1 7 7 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 7 0 208428 1155010560 1119 18446744073709551615 1 2 3\n")
            .With("proc/7/status", TestData.Read("status-6.18.txt").Replace("CoreDumping:\t0", $"CoreDumping:\t{dumping}", StringComparison.Ordinal))
            .With("proc/7/cgroup", "0::/app\n")
            .With("proc/self/mountinfo", "30 23 0:26 / @/cg rw - cgroup2 cgroup2 rw\n")
            .With("cg/app/cgroup.events", "populated 1\nfrozen 0\n");

        Assert.Equal(condition, ProcessSafety.Condition(7, host.Proc).Value);
        host.With("cg/app/cgroup.events", "populated 1\nfrozen 1\n");
        Assert.Equal(condition == ProcessCondition.Alive ? ProcessCondition.Frozen : condition, ProcessSafety.Condition(7, host.Proc).Value);
    }
}
