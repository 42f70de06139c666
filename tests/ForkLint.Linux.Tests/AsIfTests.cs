using static ForkLint.Linux.Tests.Support.Samples;

namespace ForkLint.Linux.Tests;

public sealed class AsIfTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var asIf = Parse("ram=2GiB, swap=512MiB,overcommit=2,ratio=80,memory-limit=1GB,committed=0,privileged=true");

        Assert.Equal(2 * GiB, asIf.RamBytes);
        Assert.Equal(512 * MiB, asIf.SwapBytes);
        Assert.Equal(2, asIf.OvercommitMode);
        Assert.Equal(80, asIf.OvercommitRatioPercent);
        Assert.Equal(1_000_000_000, asIf.MemoryLimitBytes);
        Assert.Equal(0, asIf.CommittedBytes);
        Assert.True(asIf.Privileged);
        Assert.Null(asIf.OvercommitKbytes);
        Assert.Equal(1048576, Parse("kbytes=1048576").OvercommitKbytes);
        Assert.Equal("swap=0", Parse(" swap=0 ").ToString());
    }

    [Theory]
    [InlineData("", "nothing is set")]
    [InlineData("  ", "nothing is set")]
    [InlineData("ram", "'ram' is not key=value")]
    [InlineData("ram=2GiB,", "'' is not key=value")]
    [InlineData("ram=2GiB,ram=3GiB", "'ram' is set twice")]
    [InlineData("rma=2GiB", "'rma' is not known: use ram, swap,")]
    [InlineData("RAM=2GiB", "'RAM' is not known")]
    [InlineData("ram=", "ram=: not a size above zero")]
    [InlineData("ram=0", "ram=0: not a size above zero")]
    [InlineData("ram=2G", "ram=2G: not a size above zero")]
    [InlineData("ram=2", "ram=2: it has no unit; write 2MiB or 2MB, or 2B for bytes")]
    [InlineData("committed=4096", "committed=4096: it has no unit")]
    [InlineData("ram=-2GiB", "ram=-2GiB: not a size above zero")]
    [InlineData("swap=lots", "swap=lots: not a size")]
    [InlineData("memory-limit=0", "memory-limit=0: not a size above zero")]
    [InlineData("committed=1.2.3GiB", "committed=1.2.3GiB: not a size")]
    [InlineData("overcommit=3", "overcommit=3: it is 0 (heuristic), 1 (always) or 2 (strict)")]
    [InlineData("ratio=50%", "ratio=50%: not a whole number")]
    [InlineData("ratio=-1", "ratio=-1: not a whole number")]
    [InlineData("kbytes=1GiB", "kbytes=1GiB: not a whole number of kB")]
    [InlineData("kbytes=99999999999999999999", "kbytes=99999999999999999999: not a whole number of kB")]
    [InlineData("privileged=yes", "privileged=yes: it is true or false")]
    [InlineData("ratio=50,kbytes=1", "ratio and kbytes exclude each other")]
    public void Nonsense_gets_one_line_that_says_what_is_wrong(string text, string error)
    {
        Assert.False(AsIf.TryParse(text, out _, out var actual));
        Assert.StartsWith(error, actual, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', actual);
    }

    [Fact]
    public void What_is_not_set_stays_as_it_is()
    {
        var host = Host(0) with { CommitLimitBytes = 12345 * 4096 };

        Assert.Equal(host, Parse("privileged=true").Apply(host));
        Assert.Equal(host with { OvercommitMode = 2 }, Parse("overcommit=2").Apply(host));
    }

    [Fact]
    public void Another_RAM_brings_the_limit_and_the_reserves_a_kernel_would_choose()
    {
        var there = Parse("ram=1GiB,swap=2GiB,ratio=25").Apply(Host(0) with { OvercommitKbytes = 77, HugeTlbBytes = GiB });

        Assert.Equal(GiB, there.TotalBytes);
        Assert.Equal(GiB / 4 + 2 * GiB, there.CommitLimitBytes);
        Assert.Equal((8 * MiB, 32 * MiB), (there.AdminReserveBytes, there.UserReserveBytes));
        Assert.Equal(0, there.HugeTlbBytes);
        Assert.Equal(2 * GiB, there.CommittedBytes);
        Assert.Equal((8 * MiB, 128 * MiB), Parse("ram=64GiB").Apply(Host(0)) is var large ? (large.AdminReserveBytes, large.UserReserveBytes) : default);
        Assert.Equal(500L << 10, Parse("kbytes=500,swap=0").Apply(Host(0)).CommitLimitBytes);
    }

    [Fact]
    public void A_fork_that_succeeds_here_fails_on_a_small_strict_machine()
    {
        var candidate = Candidate(Charged(GiB));

        var verdict = ForkAdmission.JudgeAsIf(On(Host(0), candidate), Parse("ram=2GiB,swap=0,overcommit=2,committed=600MiB"));

        Assert.Equal(Answer.No, verdict.Succeeds);
        Assert.Equal("as-if ram=2GiB,swap=0,overcommit=2,committed=600MiB", verdict.Where);

        // 1 GiB − 8 MiB − 64 MiB − 600 MiB − 1 GiB
        Assert.Equal((8 + 64 + 600) * MiB, verdict.ShortfallBytes);
    }

    [Fact]
    public void Mode_0_names_the_mapping_that_is_too_large_there()
    {
        var verdict = ForkAdmission.JudgeAsIf(On(Host(0), Candidate(Charged(3 * GiB))), Parse("ram=2GiB,swap=0"));

        Assert.Equal(Answer.No, verdict.Succeeds);
        Assert.Equal(3 * GiB, verdict.Culprit!.SizeBytes);
        Assert.Equal(Answer.Yes, ForkAdmission.JudgeAsIf(On(Host(0), Candidate(Charged(3 * GiB))), Parse("ram=2GiB,swap=1GiB")).Succeeds);
    }

    [Fact]
    public void Noreserve_mappings_count_when_asked_as_if_mode_2_and_a_given_commitment_is_not_added_to()
    {
        var candidate = Candidate(Map(512 * MiB, VmFlags.Readable | VmFlags.Writable | VmFlags.NoReserve));

        var given = ForkAdmission.JudgeAsIf(On(Host(0), candidate), Parse("overcommit=2,committed=2GiB"));
        var taken = ForkAdmission.JudgeAsIf(On(Host(0), candidate), Parse("overcommit=2"));
        var native = ForkAdmission.JudgeAsIf(On(Host(2), candidate), Parse("committed=2GiB"));

        Assert.Equal((2936 - 512) * MiB, given.MarginBytes);
        Assert.Equal((2936 - 1024) * MiB, taken.MarginBytes);
        Assert.Equal(2936 * MiB, native.MarginBytes);
        Assert.Contains("MAP_NORESERVE", given.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Privileged_saves_the_admin_reserve()
    {
        var candidate = Candidate(Charged(GiB));

        var with = ForkAdmission.JudgeAsIf(On(Host(2), candidate), Parse("privileged=true"));
        var without = ForkAdmission.JudgeAsIf(On(Host(2), candidate with { Privileged = true }), Parse("privileged=false"));

        Assert.Equal(8 * MiB, with.MarginBytes - without.MarginBytes);
    }

    // 302 MiB of anonymous memory and page tables are there; the fork needs 2 MiB of page tables, a little more for the task, and 16 MiB of reserve.
    [Theory]
    [InlineData("321MiB", Answer.Yes)]
    [InlineData("320MiB", Answer.Uncertain)]
    [InlineData("305MiB", Answer.Uncertain)]
    [InlineData("304MiB", Answer.No)]
    [InlineData("200MiB", Answer.No)]
    public void A_memory_limit_is_judged_by_what_cannot_be_reclaimed(string limit, Answer answer)
    {
        var verdict = ForkAdmission.JudgeAsIf(On(Host(0), Candidate(Charged(GiB))), Parse($"memory-limit={limit}"));

        Assert.Equal(answer, verdict.Succeeds);
        Assert.Equal(answer != Answer.Yes, verdict.Reason.Contains("out-of-memory", StringComparison.Ordinal));
        Assert.Equal((AdmissionRule.Elsewhere, AdmissionRule.MemoryCgroup), (verdict.Rule, verdict.DecidedBy));
    }

    [Fact]
    public void A_container_keeps_the_limit_it_has_here_unless_another_is_given()
    {
        var cgroup = new MemoryCgroup { Version = 2, Path = "/cg", LimitBytes = 200 * MiB, UsageBytes = 113 * MiB, InactiveFileBytes = 0, ActiveFileBytes = 0 };
        var now = On(Host(0), Candidate(Charged(GiB))) with { Cgroup = cgroup };

        var kept = ForkAdmission.JudgeAsIf(now, Parse("ram=4GiB"));
        var given = ForkAdmission.JudgeAsIf(now, Parse("memory-limit=160MiB"));

        Assert.Contains("/cg, limit 200 MiB", kept.Reason, StringComparison.Ordinal);
        Assert.Contains("the limit of 160 MiB less 113 MiB that its memory cgroup uses here", given.Reason, StringComparison.Ordinal);
        Assert.Equal(40 * MiB, kept.MarginBytes - given.MarginBytes);
    }

    private static AsIf Parse(string text)
    {
        Assert.True(AsIf.TryParse(text, out var asIf, out var error), error);
        return asIf;
    }

    [Theory]
    [InlineData("ram=2EiB")]
    [InlineData("ram=8388607TiB")]
    [InlineData("swap=9223372036854775807")]
    [InlineData("committed=9223372036854775807")]
    [InlineData("memory-limit=2000000TiB")]
    [InlineData("ram=79228162514264337593543950335TiB")]
    [InlineData("ratio=9223372036854775807")]
    [InlineData("kbytes=9223372036854775807")]
    [InlineData("ratio=-1")]
    [InlineData("ratio=NaN")]
    [InlineData("swap=-1")]
    [InlineData("overcommit=3")]
    [InlineData("privileged=1e999")]
    public void A_number_that_no_machine_has_is_refused(string text)
    {
        Assert.False(AsIf.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("ram=1048576TiB,swap=1048576TiB,overcommit=2,ratio=2199023254528")]
    [InlineData("ram=1048576TiB,swap=1048576TiB,overcommit=2,kbytes=2199023254528,committed=1048576TiB")]
    public void The_largest_machine_has_a_limit_above_zero(string text)
    {
        Assert.True(AsIf.TryParse(text, out var asIf, out _));
        var there = asIf.Apply(HostMemory.Read().Value);
        Assert.True(there.CommitLimitBytes > 0, $"{there.CommitLimitBytes}");
        Assert.True(there.CommitLimitBytes + there.CommittedBytes > 0);
    }

    private static ForkSituation On(HostMemory host, ForkCandidate candidate) => new() { Host = host, Candidate = candidate };
}
