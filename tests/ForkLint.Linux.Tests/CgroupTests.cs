using ForkLint.Linux.Tests.Support;
using static ForkLint.Linux.Tests.Support.Samples;

namespace ForkLint.Linux.Tests;

/// <summary>Hierarchies as machines and containers have them, laid out below a directory.</summary>
public sealed class CgroupTests
{
    private const string Kubepods = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f2e.slice/cri-containerd-abc.scope";

    [Fact]
    public void Memberships_of_all_versions_are_read()
    {
        var cgroups = CgroupParser.Parse("9:name=systemd:/\n4:memory:/process_api/1a11\n3:cpu,cpuacct:/a:b\n0::/user.slice (deleted)\n").Value;

        Assert.Equal(["/", "/process_api/1a11", "/a:b", "/user.slice"], cgroups.Select(c => c.Path));
        Assert.Equal(["cpu", "cpuacct"], cgroups[2].Controllers);
        Assert.Equal([false, false, false, true], cgroups.Select(c => c.IsVersion2));
    }

    [Theory]
    [InlineData("memory:/x\n")]
    [InlineData("4:memory\n")]
    [InlineData("x:memory:/x\n")]
    [InlineData("4:memory:relative\n")]
    [InlineData("4:memory:\n")]
    public void Other_lines_are_malformed(string text) => Assert.Equal(ReadFailure.Malformed, CgroupParser.Parse(text).Failure);

    [Fact]
    public void Mounts_are_read_with_their_escapes()
    {
        var mounts = MountInfoParser.Parse("35 31 0:32 /docker/1 /sys/fs/cgroup/my\\040memory rw,nosuid shared:9 master:2 - cgroup cgroup rw,memory\n36 31 0:33 / / rw - ext4 /dev/vda rw\n").Value;

        Assert.Equal(("/docker/1", "/sys/fs/cgroup/my memory", "cgroup"), (mounts[0].Root, mounts[0].MountPoint, mounts[0].FileSystem));
        Assert.Equal(["rw", "memory"], mounts[0].SuperOptions);
        Assert.Equal(ReadFailure.Malformed, MountInfoParser.Parse("35 31 0:32 / /x rw cgroup cgroup rw\n").Failure);
    }

    [Fact]
    public void On_a_systemd_host_the_nearest_limit_of_version_2_counts()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", $"0::{Kubepods}\n")
            .With("proc/self/mountinfo", "30 23 0:26 / @/cg rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n")
            .WithVersion2($"cg{Kubepods}", "max", 90 * MiB, 10 * MiB, 0)
            .WithVersion2($"cg{Path.GetDirectoryName(Kubepods)}", $"{512 * MiB}", 400 * MiB, 200 * MiB, 100 * MiB)
            .WithVersion2("cg/kubepods.slice/kubepods-burstable.slice", "max", GiB, 0, 0)
            .WithVersion2("cg/kubepods.slice", $"{2 * GiB}", 2 * GiB - 10 * MiB, 0, 0);
        host.With($"cg{Path.GetDirectoryName(Kubepods)}/memory.high", $"{480 * MiB}\n");

        var cgroup = MemoryCgroup.ForProcess(7, host.Proc).Value!;

        Assert.Equal((2, 512 * MiB, 400 * MiB), (cgroup.Version, cgroup.LimitBytes, cgroup.UsageBytes));
        Assert.EndsWith("pod1f2e.slice", cgroup.Path, StringComparison.Ordinal);
        Assert.Equal(412 * MiB, cgroup.HeadRoomBytes);
        Assert.Equal((262144L, 12.5, true, 1L), (cgroup.PageTableBytes!.Value, cgroup.Pressure!.Value, cgroup.OomGroup!.Value, cgroup.OomKills!.Value));
        Assert.Equal((3L, null, null), (cgroup.LimitHits!.Value, cgroup.PeakBytes, cgroup.OomKillDisabled));
        Assert.Equal(10 * MiB, cgroup.TightestLimit.HeadRoomBytes);
        Assert.EndsWith("cg/kubepods.slice", cgroup.TightestLimit.Path, StringComparison.Ordinal);

        host.With("cg/kubepods.slice/memory.current", $"{GiB}\n");
        var again = cgroup.ReadAgain().Value!;
        Assert.Equal((412 * MiB, 380 * MiB), (again.HeadRoomBytes, again.TightestLimit.HeadRoomBytes));
        Assert.Equal((MemoryLimitKind.Throttle, 412 * MiB), (again.TightestLimit.Kind, again.Tightest(MemoryLimitKind.Kill)!.HeadRoomBytes));
    }

    [Fact]
    public void In_a_container_with_a_cgroup_namespace_the_mount_point_is_the_container()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "0::/\n")
            .With("proc/self/mountinfo", "30 23 0:26 / @/cg ro,nosuid - cgroup2 cgroup rw,nsdelegate\n")
            .WithVersion2("cg", $"{256 * MiB}", 250 * MiB, 120 * MiB, 120 * MiB);

        Assert.Equal(246 * MiB, MemoryCgroup.ForProcess(7, host.Proc).Value!.HeadRoomBytes);
    }

    [Fact]
    public void In_a_container_of_version_1_the_path_starts_above_what_is_mounted()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "11:memory:/kubepods/burstable/pod1/abc/inner\n10:pids:/kubepods/burstable/pod1/abc\n0::/\n")
            .With("proc/self/mountinfo", "35 31 0:32 /kubepods/burstable/pod1/abc @/cg/memory ro - cgroup cgroup rw,memory\n36 31 0:32 /kubepods/burstable/pod1/abc @/cg/pids ro - cgroup cgroup rw,pids\n")
            .WithVersion1("cg/memory", 512 * MiB, 200 * MiB, 50 * MiB, 50 * MiB)
            .WithVersion1("cg/memory/inner", 9223372036854771712, 100 * MiB, 0, 0)
            .With("cg/pids/pids.max", "32\n").With("cg/pids/pids.current", "12\n")
            .With("proc/7/status", TestData.Read("status-6.18.txt"));

        var cgroup = MemoryCgroup.ForProcess(7, host.Proc).Value!;

        Assert.Equal((1, $"{host.Root}/cg/memory", 412 * MiB), (cgroup.Version, cgroup.Path, cgroup.HeadRoomBytes));
        Assert.Equal(2, cgroup.OomKills);
        Assert.Equal(new TaskLimit($"{host.Root}/cg/pids/pids.max", 12, 32), PidLimits.Read(7, host.Proc).Value.Cgroups.Single());
    }

    [Fact]
    public void A_limit_of_version_1_above_what_is_mounted_is_still_seen()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "11:memory:/outer/abc\n")
            .With("proc/self/mountinfo", "35 31 0:32 /outer/abc @/cg/memory ro - cgroup cgroup rw,memory\n")
            .WithVersion1("cg/memory", 9223372036854771712, 200 * MiB, 50 * MiB, 0, hierarchicalLimit: 300 * MiB);

        Assert.Equal((300 * MiB, 150 * MiB), MemoryCgroup.ForProcess(7, host.Proc).Value is { } cgroup ? (cgroup.LimitBytes, cgroup.HeadRoomBytes) : default);
    }

    [Fact]
    public void A_tighter_limit_out_of_sight_joins_those_that_are_seen()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "11:memory:/outer/abc\n")
            .With("proc/self/mountinfo", "35 31 0:32 /outer/abc @/cg/memory ro - cgroup cgroup rw,memory\n")
            .WithVersion1("cg/memory", 512 * MiB, 200 * MiB, 50 * MiB, 0, hierarchicalLimit: 300 * MiB);

        var cgroup = MemoryCgroup.ForProcess(7, host.Proc).Value!;

        Assert.Equal((512 * MiB, 300 * MiB), (cgroup.LimitBytes, cgroup.TightestLimit.LimitBytes));
        Assert.Equal(150 * MiB, cgroup.ReadAgain().Value!.TightestLimit.HeadRoomBytes);
    }

    [Fact]
    public void In_the_hybrid_layout_memory_is_where_version_1_has_it()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "4:memory:/app\n8:pids:/\n1:name=systemd:/\n0::/\n")
            .With("proc/self/mountinfo", "35 31 0:32 / @/cg/memory rw - cgroup cgroup rw,memory\n41 31 0:38 / @/cg/unified rw - cgroup2 cgroup2 rw\n")
            .WithVersion1("cg/memory", 9223372036854771712, GiB, 0, 0)
            .WithVersion1("cg/memory/app", 64 * MiB, 32 * MiB, MiB, MiB)
            .With("cg/unified/cgroup.procs", "");

        Assert.Equal((1, 34 * MiB), MemoryCgroup.ForProcess(7, host.Proc).Value is { } cgroup ? (cgroup.Version, cgroup.HeadRoomBytes) : default);
    }

    [Fact]
    public void Old_ancestors_that_do_not_count_their_children_are_left_out()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "4:memory:/old/app\n")
            .With("proc/self/mountinfo", "35 31 0:32 / @/cg/memory rw - cgroup cgroup rw,memory\n")
            .WithVersion1("cg/memory", 9223372036854771712, GiB, 0, 0)
            .WithVersion1("cg/memory/old", 64 * MiB, 32 * MiB, MiB, MiB)
            .WithVersion1("cg/memory/old/app", 9223372036854771712, 32 * MiB, MiB, MiB)
            .With("cg/memory/old/memory.use_hierarchy", "0\n");

        Assert.Null(MemoryCgroup.ForProcess(7, host.Proc).Value);
    }

    [Fact]
    public void Without_a_limit_there_is_none()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "0::/system.slice/app.service\n")
            .With("proc/self/mountinfo", "30 23 0:26 / @/cg rw - cgroup2 cgroup2 rw\n")
            .WithVersion2("cg/system.slice/app.service", "max", GiB, 0, 0)
            .With("cg/system.slice/cgroup.procs", "");

        var cgroup = MemoryCgroup.ForProcess(7, host.Proc);

        Assert.True(cgroup.IsOk, cgroup.ToString());
        Assert.Null(cgroup.Value);
    }

    [Fact]
    public void A_removed_cgroup_leaves_its_ancestors()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "0::/pod/gone (deleted)\n")
            .With("proc/self/mountinfo", "30 23 0:26 / @/cg rw - cgroup2 cgroup2 rw\n")
            .WithVersion2("cg/pod", $"{GiB}", GiB / 2, 0, 0);

        Assert.Equal($"{host.Root}/cg/pod", MemoryCgroup.ForProcess(7, host.Proc).Value!.Path);
    }

    [Fact]
    public void Without_a_controller_in_the_kernel_nothing_can_limit()
    {
        using var host = new FakeHost().With("proc/7/cgroup", "4:cpu:/b\n").With("proc/self/mountinfo", "30 23 0:26 / @/cg rw - cgroup2 cgroup2 rw\n");

        var reading = MemoryCgroup.ForProcess(7, host.Proc);

        Assert.True(reading.IsOk, reading.ToString());
        Assert.Null(reading.Value);
    }

    /// <summary>A container beside ours: our own mounts do not hold its cgroup, those of the process do.</summary>
    [Theory]
    [InlineData("/../app", "theirs", "theirs")]
    [InlineData("/..", "theirs", "theirs/app")]
    [InlineData("/../..", "theirs", "theirs/pod/app")]
    [InlineData("/../../..", "theirs", "theirs/slice/pod/app")]
    public void A_cgroup_outside_of_our_namespace_is_found_through_the_process(string root, string mount, string directory)
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "0::/../app\n")
            .With("proc/self/mountinfo", "30 23 0:26 / @/ours rw - cgroup2 cgroup2 rw\n")
            .With("proc/7/mountinfo", $"30 23 0:26 {root} /{mount} rw - cgroup2 cgroup2 rw\n")
            .WithVersion2($"proc/7/root/{directory}", $"{64 * MiB}", 32 * MiB, 0, 0)
            .With($"proc/7/root/{directory}/cgroup.procs", "6\n7\n")
            .With($"proc/7/root/{mount}/other/app/cgroup.procs", "77\n");

        Assert.Equal(($"{host.Proc}/7/root/{directory}", 32 * MiB), MemoryCgroup.ForProcess(7, host.Proc).Value is { } cgroup ? (cgroup.Path, cgroup.HeadRoomBytes) : default);
    }

    [Theory]
    [InlineData("0::/../other\n", "30 23 0:26 / @/cg rw - cgroup2 cgroup2 rw\n", "outside")]
    [InlineData("4:memory:/b/x\n", "35 31 0:32 /a @/cg rw - cgroup cgroup rw,memory\n", "outside")]
    [InlineData("4:memory:/b\n", "30 23 0:26 / @/cg rw - cgroup2 cgroup2 rw\n", "no cgroup file system")]
    public void What_cannot_be_seen_from_here_is_said_to_be_unavailable(string cgroup, string mounts, string detail)
    {
        using var host = new FakeHost().With("proc/7/cgroup", cgroup).With("proc/self/mountinfo", mounts);

        var reading = MemoryCgroup.ForProcess(7, host.Proc);

        Assert.Equal(ReadFailure.NotAvailable, reading.Failure);
        Assert.Contains(detail, reading.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Nonsense_in_a_cgroup_file_is_malformed_and_a_missing_process_is_gone()
    {
        using var host = new FakeHost()
            .With("proc/7/cgroup", "0::/\n")
            .With("proc/self/mountinfo", "30 23 0:26 / @/cg rw - cgroup2 cgroup2 rw\n")
            .WithVersion2("cg", "unlimited", GiB, 0, 0);

        Assert.Equal(ReadFailure.Malformed, MemoryCgroup.ForProcess(7, host.Proc).Failure);
        host.WithVersion2("cg", "1000000", 5, 0, 0).With("cg/memory.stat", "anon many\n");
        Assert.Equal(ReadFailure.Malformed, MemoryCgroup.ForProcess(7, host.Proc).Failure);
        Assert.Equal(ReadFailure.ProcessGone, MemoryCgroup.ForProcess(8, host.Proc).Failure);
        Assert.Equal(ReadFailure.ProcessGone, PidLimits.Read(8, host.Proc).Failure);
    }
}
