using ForkLint.Linux;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>A fork that the kernel refuses for certain: one mapping larger than RAM and swap under overcommit_memory=0.</summary>
public class RefusedForkTests
{
    private const int OutOfMemory = 12;

    [Fact]
    public void Enomem_is_a_result_and_the_mapping_is_named()
    {
        var host = HostMemory.Read().Value;
        long bytes = host.TotalBytes + host.SwapTotalBytes + (1L << 30);
        using var target = LiveTarget.Start("address-space", $"bytes={bytes}");
        var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxStall = TimeSpan.FromSeconds(5), Hold = TimeSpan.FromSeconds(1), AgentPatience = TimeSpan.FromSeconds(60) }, CancellationToken.None);

        var verdict = result.Verdicts.Single(verdict => verdict.Where == "overcommit_memory=0");
        Assert.Equal(Answer.No, verdict.Succeeds);
        Assert.NotNull(verdict.Culprit);
        Assert.InRange(verdict.Culprit.SizeBytes, bytes - 8192, bytes + (1 << 20));

        // The host of the tests may run another mode than 0; the trial must agree with the verdict for here either way.
        Assert.Equal(host.OvercommitMode == 0, result.Fork.Succeeded == false);
        Assert.Equal(host.OvercommitMode == 0 ? OutOfMemory : null, result.Fork.Errno);
        Assert.NotNull(result.Vfork!.LatencyMicroseconds);
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
    }
}
