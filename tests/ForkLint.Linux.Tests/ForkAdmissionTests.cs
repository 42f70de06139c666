using ForkLint.Linux.Tests.Support;
using static ForkLint.Linux.Tests.Support.Samples;

namespace ForkLint.Linux.Tests;

public sealed class ForkAdmissionTests
{
    private const VmFlags ReadWrite = VmFlags.Readable | VmFlags.Writable;

    [Fact]
    public void The_charge_is_what_is_accounted_and_not_left_out()
    {
        var mappings = SmapsParser.Parse(TestData.Read("smaps-6.18.txt")).Value;

        // 34240 kB is ac − dc of the captured program as awk adds it up; its 5 MiB of MAP_NORESERVE come on top in mode 2.
        Assert.Equal(34240L << 10, CommitCharge.PredictBytes(mappings));
        Assert.Equal(5 * MiB, CommitCharge.NoReserveBytes(mappings));
        Assert.Equal(19 * MiB, CommitCharge.LargestCharged(mappings)!.SizeBytes);
    }

    [Fact]
    public void Mode_2_charges_only_private_writable_noreserve_mappings_more()
    {
        Assert.True(CommitCharge.IsChargedOnlyInStrictMode(Map(MiB, ReadWrite | VmFlags.NoReserve)));
        Assert.False(CommitCharge.IsChargedOnlyInStrictMode(Map(MiB, VmFlags.Readable | VmFlags.NoReserve)));
        Assert.False(CommitCharge.IsChargedOnlyInStrictMode(Map(MiB, ReadWrite | VmFlags.NoReserve | VmFlags.Shared)));
        Assert.False(CommitCharge.IsChargedOnlyInStrictMode(Map(MiB, ReadWrite | VmFlags.NoReserve | VmFlags.HugeTlb)));
        Assert.False(CommitCharge.IsChargedOnlyInStrictMode(Map(MiB, ReadWrite | VmFlags.NoReserve | VmFlags.DontCopy)));
        Assert.False(CommitCharge.IsChargedOnlyInStrictMode(Map(MiB, ReadWrite | VmFlags.Accounted)));
    }

    [Fact]
    public void Mode_0_fails_on_one_mapping_larger_than_RAM_and_swap_and_names_it()
    {
        var culprit = Charged(9 * GiB + 4096);
        var verdict = ForkAdmission.JudgeCommit(Host(0), Candidate(Charged(GiB), culprit), 0);

        Assert.Equal(Answer.No, verdict.Succeeds);
        Assert.Same(culprit, verdict.Culprit);
        Assert.Equal(4096, verdict.ShortfallBytes);
        Assert.Null(verdict.MarginBytes);
        Assert.Contains("7f0000000000", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("ENOMEM", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Mode_0_admits_a_mapping_as_large_as_RAM_and_swap_and_any_number_of_them()
    {
        var verdict = ForkAdmission.JudgeCommit(Host(0), Candidate(Charged(9 * GiB), Charged(9 * GiB), Charged(9 * GiB)), 0);

        Assert.Equal((Answer.Yes, 0L), (verdict.Succeeds, verdict.MarginBytes));
        Assert.Null(verdict.Culprit);
    }

    [Fact]
    public void Mode_0_does_not_care_for_a_large_mapping_that_is_not_charged()
    {
        var candidate = Candidate(Map(200 * GiB, ReadWrite | VmFlags.NoReserve), Map(200 * GiB, ReadWrite | VmFlags.Accounted | VmFlags.DontCopy), Map(200 * GiB, VmFlags.MayRead));

        Assert.Equal(Answer.Yes, ForkAdmission.JudgeCommit(Host(0), candidate, 0).Succeeds);
    }

    [Theory]
    [InlineData("5.1.21", Answer.Uncertain)]
    [InlineData("4.15.0-1021-aws", Answer.Uncertain)]
    [InlineData("5.2.0", Answer.Yes)]
    [InlineData("6.18.44", Answer.Yes)]
    public void Before_5_2_mode_0_compared_with_what_was_free(string kernel, Answer answer) =>
        Assert.Equal(answer, ForkAdmission.JudgeCommit(Host(0) with { Kernel = kernel }, Candidate(Charged(4 * GiB)), 0).Succeeds);

    [Fact]
    public void Mode_1_admits_everything() =>
        Assert.Equal(Answer.Yes, ForkAdmission.JudgeCommit(Host(1), Candidate(Charged(5000 * GiB)), 1).Succeeds);

    [Fact]
    public void Mode_3_does_not_exist() => Assert.Throws<ArgumentOutOfRangeException>(() => ForkAdmission.JudgeCommit(Host(0), Candidate(), 3));

    // Allowed: 5 GiB − 8 MiB − 128 MiB = 4984 MiB; 2048 committed; 2936 left; the counter may be off by 8 GiB / 256 = 32 MiB.
    [Theory]
    [InlineData(2936 - 32 - 1, false, Answer.Yes)]
    [InlineData(2936 - 32, false, Answer.Uncertain)]
    [InlineData(2936, false, Answer.Uncertain)]
    [InlineData(2936 + 31, false, Answer.Uncertain)]
    [InlineData(2936 + 32, false, Answer.No)]
    [InlineData(2936 + 32, true, Answer.Uncertain)]
    [InlineData(2936 + 8 + 32, true, Answer.No)]
    public void Mode_2_adds_up_and_knows_how_far_it_can_tell(long chargeMiB, bool privileged, Answer answer)
    {
        var candidate = Candidate(Charged(chargeMiB * MiB / 2), Charged(chargeMiB * MiB - chargeMiB * MiB / 2)) with { Privileged = privileged };
        var verdict = ForkAdmission.JudgeCommit(Host(2), candidate, 2);

        Assert.Equal(answer, verdict.Succeeds);
        var margin = (privileged ? 2944 : 2936) * MiB - chargeMiB * MiB;
        Assert.Equal(margin > 0 ? margin : null, verdict.MarginBytes);
        Assert.Equal(margin > 0 ? null : -margin, verdict.ShortfallBytes);
        Assert.Equal(answer == Answer.Uncertain, verdict.Reason.Contains("too close", StringComparison.Ordinal));
    }

    [Fact]
    public void A_capability_that_could_not_be_read_widens_the_band()
    {
        var candidate = Candidate(Charged((2936 + 36) * MiB));

        Assert.Equal(Answer.No, ForkAdmission.JudgeCommit(Host(2), candidate, 2).Succeeds);
        Assert.Equal(Answer.Uncertain, ForkAdmission.JudgeCommit(Host(2), candidate with { Privileged = null }, 2).Succeeds);
    }

    [Theory]
    [InlineData(100 * GiB, 128 * MiB)]
    [InlineData(32 * MiB + 4096, MiB)]
    [InlineData(0, 0)]
    public void The_users_reserve_is_a_32nd_of_the_address_space_at_most(long virtualBytes, long reserve) =>
        Assert.Equal(5 * GiB - 8 * MiB - reserve, StrictLimit.For(Host(2), virtualBytes, privileged: false).AllowedBytes);

    [Fact]
    public void Asked_for_mode_2_on_another_host_noreserve_mappings_count_twice_for_parent_and_child()
    {
        var candidate = Candidate(Charged(GiB), Map(900 * MiB, ReadWrite | VmFlags.NoReserve));

        var elsewhere = ForkAdmission.JudgeCommit(Host(0), candidate, 2);
        var native = ForkAdmission.JudgeCommit(Host(2), candidate, 2);

        Assert.Equal((2936 - 1024 - 2 * 900) * MiB, elsewhere.MarginBytes);
        Assert.Contains("900 MiB of it are MAP_NORESERVE", elsewhere.Reason, StringComparison.Ordinal);
        Assert.Equal((2936 - 1024) * MiB, native.MarginBytes);
        Assert.DoesNotContain("NORESERVE", native.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, Answer.Yes)]
    [InlineData(18, Answer.Yes)]
    [InlineData(17, Answer.Uncertain)]
    [InlineData(2, Answer.Uncertain)]
    [InlineData(1, Answer.No)]
    [InlineData(-5, Answer.No)]
    public void A_memory_cgroup_needs_room_for_the_kernel_memory_and_16_MiB(long roomMiB, Answer answer)
    {
        var verdict = ForkAdmission.JudgeCgroup(Cgroup(roomMiB), Needing(2 * MiB)).Single();

        Assert.Equal(answer, verdict.Succeeds);
        Assert.Equal(roomMiB >= 18 ? (roomMiB - 18) * MiB : null, verdict.MarginBytes);
        Assert.Equal(roomMiB >= 18 ? null : (18 - roomMiB) * MiB, verdict.ShortfallBytes);
    }

    [Fact]
    public void The_tightest_of_all_limits_decides()
    {
        var verdict = ForkAdmission.JudgeCgroup(Cgroup(100) with { OuterLimits = [Cgroup(50), Cgroup(1) with { Path = "/outer" }, Cgroup(70)] }, Needing(2 * MiB)).Single();

        Assert.Equal(Answer.No, verdict.Succeeds);
        Assert.Contains("/outer", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_task_limit_that_is_reached_first_decides()
    {
        var limits = new PidLimits
        {
            Cgroups = [new TaskLimit("/cg/pids.max", 10, 20)],
            User = new TaskLimit("RLIMIT_NPROC of uid 7", 99, 100),
            Threads = new TaskLimit("kernel.threads-max", 500, 1000),
            Pids = null,
        };

        Assert.Equal(Answer.Yes, ForkAdmission.JudgePids(limits).Succeeds);
        Assert.StartsWith("RLIMIT_NPROC of uid 7: 99 of 100", ForkAdmission.JudgePids(limits).Reason, StringComparison.Ordinal);
        var full = ForkAdmission.JudgePids(limits with { Cgroups = [new TaskLimit("/cg/pids.max", 20, 20)] });
        Assert.Equal(Answer.No, full.Succeeds);
        Assert.Contains("EAGAIN", full.Reason, StringComparison.Ordinal);
        Assert.Equal(Answer.No, ForkAdmission.JudgePids(limits with { Threads = new TaskLimit("kernel.threads-max", 1001, 1000) }).Succeeds);
        Assert.Equal(Answer.Yes, ForkAdmission.JudgePids(new PidLimits { Cgroups = [], User = null, Threads = null, Pids = null }).Succeeds);
    }

    [Fact]
    public void Here_is_the_least_favourable_of_all_and_says_which()
    {
        var now = new ForkSituation { Host = Host(0), Candidate = Candidate(Charged(GiB)) };
        var full = new PidLimits { Cgroups = [new TaskLimit("/cg/pids.max", 20, 20)], User = null, Threads = null, Pids = null };

        Assert.Equal(Answer.Yes, ForkAdmission.JudgeHere(now).Succeeds);
        var tight = ForkAdmission.JudgeHere(now with { Cgroup = Cgroup(10) });
        Assert.Equal((AdmissionRule.Here, AdmissionRule.MemoryCgroup, "here", Answer.Uncertain), (tight.Rule, tight.DecidedBy, tight.Where, tight.Succeeds));
        Assert.StartsWith("memory cgroup: ", tight.Reason, StringComparison.Ordinal);
        var none = ForkAdmission.JudgeHere(now with { Cgroup = Cgroup(10), Pids = full });
        Assert.Equal((Answer.No, AdmissionRule.Tasks), (none.Succeeds, none.DecidedBy));
        Assert.StartsWith("pids: ", none.Reason, StringComparison.Ordinal);

        string[] everything = ["here", "overcommit_memory=0", "overcommit_memory=1", "overcommit_memory=2", "memory cgroup", "available memory", "pids", "as-if ram=1GiB"];
        Assert.True(AsIf.TryParse("ram=1GiB", out var asIf, out _));
        Assert.Equal(everything, ForkAdmission.JudgeAll(now with { Cgroup = Cgroup(10), Pids = full }, asIf).Select(v => v.Where));
    }

    /// <summary>47 MiB of room in the cgroup are what is to spare, not 23 GiB of RAM.</summary>
    [Fact]
    public void The_smallest_margin_is_the_margin_and_says_whose_it_is()
    {
        var now = new ForkSituation { Host = Host(0), Candidate = Needing(2 * MiB), Cgroup = Cgroup(47) };
        var here = ForkAdmission.JudgeHere(now);

        Assert.Equal((Answer.Yes, AdmissionRule.MemoryCgroup, (long?)(47 - 2 - 16) * MiB), (here.Succeeds, here.DecidedBy, here.MarginBytes));
        Assert.Contains("/cg, limit 512 MiB", here.Reason, StringComparison.Ordinal);

        // Without a cgroup, what the machine has available is less than what mode 0 compares with.
        here = ForkAdmission.JudgeHere(now with { Cgroup = null });
        Assert.Equal((Answer.Yes, AdmissionRule.AvailableMemory, (long?)(3 * GiB - 18 * MiB)), (here.Succeeds, here.DecidedBy, here.MarginBytes));
        here = ForkAdmission.JudgeHere(now with { Cgroup = null, Host = Host(0) with { AvailableBytes = 5 * MiB } });
        Assert.Equal((Answer.Uncertain, AdmissionRule.AvailableMemory), (here.Succeeds, here.DecidedBy));
    }

    [Fact]
    public void At_memory_high_nothing_is_killed_and_the_verdict_says_what_happens()
    {
        var high = Cgroup(100) with { Kind = MemoryLimitKind.Throttle };
        var above = ForkAdmission.JudgeCgroup(Cgroup(300) with { OuterLimits = [high with { LimitBytes = high.LimitBytes - (99 * MiB) }] }, Needing(2 * MiB));
        Assert.Equal([AdmissionRule.MemoryCgroup, AdmissionRule.MemoryHigh], above.Select(v => v.Rule));
        Assert.Equal((Answer.Yes, (long?)0), (above[1].Succeeds, above[1].MarginBytes));
        Assert.Contains("makes every allocation wait", above[1].Reason, StringComparison.Ordinal);
        var below = ForkAdmission.JudgeCgroup(high, Needing(2 * MiB)).Single();
        Assert.Equal((Answer.Yes, (long?)(98 * MiB)), (below.Succeeds, below.MarginBytes));
    }

    [Theory]
    [InlineData(0, Answer.No)]
    [InlineData(10, Answer.No)]
    [InlineData(20, Answer.Uncertain)]
    public void With_swap_it_depends_on_what_can_be_swapped_out(long swapMiB, Answer answer)
    {
        var cgroup = Cgroup(1) with { SwapLeftBytes = long.MaxValue };
        Assert.Equal(answer, ForkAdmission.JudgeCgroup(cgroup, Needing(2 * MiB), swapMiB * MiB).Single().Succeeds);
        Assert.Equal(Answer.No, ForkAdmission.JudgeCgroup(cgroup with { SwapLeftBytes = 0 }, Needing(2 * MiB), swapMiB * MiB).Single().Succeeds);
    }

    [Fact]
    public void Limits_that_cannot_be_seen_make_the_answer_uncertain()
    {
        var here = ForkAdmission.JudgeHere(new ForkSituation { Host = Host(0), Candidate = Needing(MiB), HiddenCgroup = "the cgroup /../app lies outside" });
        Assert.Equal((Answer.Uncertain, AdmissionRule.MemoryCgroup), (here.Succeeds, here.DecidedBy));
        Assert.Contains("/../app", here.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_freed_is_gone_from_the_machine_the_process_and_every_cgroup()
    {
        var now = new ForkSituation { Host = Host(0), Candidate = Needing(2 * MiB), Cgroup = Cgroup(10) with { OuterLimits = [Cgroup(12)] } };
        var then = now.Freed(now.Candidate.Mappings, 300 * MiB, 100 * MiB);

        Assert.Equal((110 * MiB, 112 * MiB), (then.Cgroup!.HeadRoomBytes, then.Cgroup.OuterLimits[0].HeadRoomBytes));
        Assert.Equal((300 * MiB, 100 * MiB), (now.Host.CommittedBytes - then.Host.CommittedBytes, then.Host.AvailableBytes - now.Host.AvailableBytes));
        Assert.Equal((Answer.Uncertain, Answer.Yes), (ForkAdmission.JudgeHere(now).Succeeds, ForkAdmission.JudgeHere(then).Succeeds));
    }

    [Fact]
    public void The_tool_is_taken_out_of_the_machine_and_of_the_cgroups_it_is_in()
    {
        var tool = new ToolFootprint { ChargeBytes = 80 * MiB, ResidentBytes = 30 * MiB, Group = "/outer/tool" };
        var host = Host(2).Without(tool);
        var cgroup = (Cgroup(10) with { Group = "/outer/app", OuterLimits = [Cgroup(12) with { Group = "/outer" }] }).Without(tool.BytesIn);

        Assert.Equal((2 * GiB - 80 * MiB, 3 * GiB + 30 * MiB), (host.CommittedBytes, host.AvailableBytes));
        Assert.Equal((10 * MiB, 42 * MiB), (cgroup.HeadRoomBytes, cgroup.OuterLimits[0].HeadRoomBytes));
    }

    /// <summary>In a cgroup namespace of its own the tool sees itself at the root, and a shared ancestor above it.</summary>
    [Theory]
    [InlineData("/", "/../app", false)]
    [InlineData("/", "/..", true)]
    [InlineData("/", "/../..", true)]
    [InlineData("/", "", true)]
    [InlineData("/inner", "/in", false)]
    [InlineData("/inner", "/inner", true)]
    [InlineData("/../other", "/..", true)]
    [InlineData("/../other", "", false)]
    public void The_tool_is_in_a_cgroup_whose_path_leads_to_its_own(string own, string group, bool isIn) =>
        Assert.Equal(isIn, (ToolFootprint.None with { Group = own }).Contains(Cgroup(1) with { Group = group }));

    [Fact]
    public void Copied_mappings_count_and_those_left_out_of_a_fork_do_not()
    {
        var written = Map(4096, ReadWrite | VmFlags.Accounted);
        var read = Map(4096, VmFlags.Readable) with { Permissions = "r--p" };
        var left = Map(4096, ReadWrite | VmFlags.Accounted | VmFlags.DontCopy);
        long Bytes(params Mapping[] mappings) => ForkKernelMemory.Bytes(mappings, 3 * MiB) - ForkKernelMemory.Bytes([], 3 * MiB);

        Assert.Equal((512L, 256L, 0L), (Bytes(written), Bytes(read), Bytes(left)));
        Assert.Equal(2, ForkKernelMemory.CopiedMappings([written, read, left]));
        Assert.Equal(ForkKernelMemory.TaskBytes + (3 * MiB), ForkKernelMemory.Bytes([], 3 * MiB));
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("0-3", 4)]
    [InlineData("0-3,6,8-9", 7)]
    [InlineData("3-1", null)]
    [InlineData("", null)]
    public void The_processors_that_are_present_are_counted(string list, int? count) => Assert.Equal(count, HostMemory.CountProcessors(list));

    private static ForkCandidate Needing(long kernelBytes) => Candidate() with { PageTableBytes = kernelBytes - ForkKernelMemory.TaskBytes };

    private static MemoryCgroup Cgroup(long roomMiB) => new()
    {
        Version = 2,
        Path = "/cg",
        LimitBytes = 512 * MiB,
        UsageBytes = (512 - roomMiB + 300) * MiB,
        InactiveFileBytes = 200 * MiB,
        ActiveFileBytes = 100 * MiB,
    };
}
