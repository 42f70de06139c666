using ForkLint.Linux.Tests.Support;
using static ForkLint.Linux.Tests.Support.Samples;

namespace ForkLint.Linux.Tests.Live;

/// <summary>The prediction against what the kernel then charges.</summary>
public sealed class ForkChargeTests
{
    [Fact]
    public void The_predicted_charge_is_the_childs_own_charge_to_the_byte()
    {
        using var target = TargetProgram.Start("every-kind");
        var mappings = target.Files.Mappings().Value;
        var predicted = CommitCharge.PredictBytes(mappings);

        var child = new ProcessFiles(target.SendForChild("fork").Pid);

        var inherited = child.Mappings().Value;
        Assert.Equal(CommitCharge.PredictBytes(inherited), predicted);

        // 3 and 19 MiB are charged as anybody would say, 11 although they are wiped; not 5 (MAP_NORESERVE), 7 (MADV_DONTFORK),
        // 13 (shared), 17 (read-only) and 1024 (PROT_NONE). The rest is the program itself: far below 5 MiB.
        Assert.InRange(predicted, 33 * MiB, 38 * MiB);
        Assert.Equal(5 * MiB, CommitCharge.NoReserveBytes(mappings));
        Assert.DoesNotContain(inherited, m => m.Flags.HasFlag(VmFlags.DontCopy));
        Assert.Equal(mappings.Sum(m => m.IsCharged ? 1 : 0), inherited.Sum(m => m.IsCharged ? 1 : 0));
    }

    [Fact]
    public void Committed_AS_rises_by_the_predicted_charge()
    {
        using var target = TargetProgram.Start("untouched", $"{GiB}");
        var predicted = CommitCharge.PredictBytes(target.Files.Mappings().Value);
        Assert.InRange(predicted, GiB, GiB + 8 * MiB);

        // The figure is that of the whole machine, so the best of twenty counts; the program reads it right around its fork.
        var nearest = long.MaxValue;
        for (var trial = 0; trial < 20 && nearest > 2 * MiB; trial++)
        {
            nearest = Math.Min(nearest, Math.Abs(target.SendForChild("fork").CommittedDeltaBytes - predicted));
            Assert.Equal("ok", target.Send("reap"));
        }

        Assert.InRange(nearest, 0, Math.Max(predicted / 100, 2 * MiB));
    }

    [Fact]
    public void The_child_of_a_fork_shares_what_it_has_not_written()
    {
        using var target = TargetProgram.Start("every-kind");
        Assert.Equal("ok", target.Send($"touch {32 * MiB}"));
        var parent = target.Files.Mappings().Value;

        var child = new ProcessFiles(target.SendForChild("fork").Pid).Rollup().Value;

        // Everything anonymous is in the child, but for what was wiped (1 MiB).
        Assert.InRange(child.AnonymousBytes, parent.Sum(m => m.AnonymousBytes) - 2 * MiB, parent.Sum(m => m.AnonymousBytes));
        Assert.InRange(child.UniqueBytes, 0, MiB);
        Assert.InRange(child.ResidentBytes, 32 * MiB, long.MaxValue);
    }

    /// <summary>
    /// A fork that fails on an idle machine without a page touched: two parts of a reserve, each admitted alone, merge into one mapping
    /// that is larger than RAM and swap.
    /// </summary>
    [Fact]
    public void The_merged_mapping_that_no_fork_can_copy_is_predicted_and_named()
    {
        var host = HostMemory.Read().Value;
        Assert.True(host.OvercommitMode == 0, "this test shows the rule of overcommit_memory=0 and needs a host in that mode");
        var half = (host.TotalBytes + host.SwapTotalBytes) / 2 / 8192 * 8192 + MiB;
        using var target = TargetProgram.Start("merged", $"{half}");

        var candidate = ForkCandidate.Read(target.Files).Value;
        var verdict = ForkAdmission.JudgeHere(new ForkSituation { Host = host, Candidate = candidate });

        Assert.Equal(Answer.No, verdict.Succeeds);
        Assert.Equal(2 * half, verdict.Culprit!.SizeBytes);
        Assert.Equal(2 * half - host.TotalBytes - host.SwapTotalBytes, verdict.ShortfallBytes);
        Assert.Equal($"errno {Errno.NoMemory}", target.Send("fork"));
        Assert.Equal("ok", target.Send("vfork"));
        Assert.Equal(Answer.Yes, ForkAdmission.JudgeCommit(host, candidate, 1).Succeeds);

        // With a slice in the middle left out the rest fits, piece by piece.
        Assert.Equal("ok", target.Send("dontfork"));
        var advised = ForkAdmission.JudgeHere(new ForkSituation { Host = host, Candidate = ForkCandidate.Read(target.Files).Value });
        Assert.Equal(Answer.Yes, advised.Succeeds);
        Assert.Null(advised.Culprit);
        target.SendForChild("fork");
    }

    [Fact]
    public void The_commit_limit_is_the_kernels_own()
    {
        var host = HostMemory.Read().Value;

        Assert.Equal(host.CommitLimitBytes, host.ComputeCommitLimitBytes());
        Assert.True(host.CommittedBytesNow() > 0);
        Assert.NotNull(host.KernelVersion());
        Assert.Equal(File.ReadLines("/proc/cpuinfo").Count(l => l.StartsWith("processor", StringComparison.Ordinal)), host.CpuCount);
    }
}
