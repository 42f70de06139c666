using ForkLint.Linux.Tests.Support;

namespace ForkLint.Linux.Tests.Live;

/// <summary>The readers against the kernel, on the process that runs the tests.</summary>
public sealed class OwnProcessTests
{
    private static readonly ProcessFiles Own = new(Environment.ProcessId);

    [Fact]
    public void Everything_of_the_own_process_can_be_read()
    {
        Assert.True(Own.Mappings().IsOk, Own.Mappings().ToString());
        Assert.True(Own.Rollup().IsOk, Own.Rollup().ToString());
        Assert.True(Own.Status().IsOk, Own.Status().ToString());
        Assert.True(Own.Stat().IsOk, Own.Stat().ToString());
        Assert.True(Own.Cgroup().IsOk, Own.Cgroup().ToString());
        Assert.True(Own.Limits().IsOk, Own.Limits().ToString());
        Assert.Contains(Environment.ProcessId, Own.Threads().Value);
        Assert.Equal([Environment.ProcessId], Own.NamespacePids().Value);
        Assert.Equal(Environment.ProcessPath, Own.ExecutablePath().Value);
        Assert.NotEmpty(Own.CommandLine().Value);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), Own.Environment().Value["PATH"]);
    }

    [Fact]
    public void All_verdicts_are_given()
    {
        var host = HostMemory.Read().Value;
        var candidate = ForkCandidate.Read(Own).Value;
        var cgroup = MemoryCgroup.ForProcess(Own.Pid).Value;
        var pids = PidLimits.Read(Own.Pid).Value;
        Assert.True(AsIf.TryParse("ram=1GiB,swap=0,overcommit=2", out var asIf, out var error), error);

        var verdicts = ForkAdmission.JudgeAll(new ForkSituation { Host = host, Candidate = candidate, Cgroup = cgroup, Pids = pids }, asIf);

        Assert.Equal("here", verdicts[0].Where);
        Assert.Equal(Answer.Yes, verdicts.Single(v => v.Where == "overcommit_memory=1").Succeeds);
        Assert.All(verdicts, v => Assert.NotEmpty(v.Reason));
        Assert.Contains(verdicts, v => v.Where == "as-if ram=1GiB,swap=0,overcommit=2");
    }
}
