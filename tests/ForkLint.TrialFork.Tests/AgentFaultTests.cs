using ForkLint.Agent;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>The agent fails at each step of its work in turn; the application does not notice, and the next measurement works.</summary>
public class AgentFaultTests
{
    [Fact]
    public void A_failing_agent_leaves_nothing()
    {
        using var target = LiveTarget.Start("hold", "managed=10000000");
        Measure(target, AgentFault.None);
        int descriptors = Traces.NonFileDescriptorsOf(target.Pid);
        foreach (var fault in Enum.GetValues<AgentFault>().Where(static fault => fault != AgentFault.None))
        {
            var failure = Assert.Throws<MeasureException>(() => Measure(target, fault));
            Assert.True(failure.Reason == ExitReason.MeasurementFailed, $"{fault}: {failure.Message}");
            Assert.True(Traces.Eventually(() => Traces.ChildrenOf(target.Pid).Count == 0 && Traces.AgentThreadsOf(target.Pid).Count == 0), $"{fault} left a child or a thread");
            Assert.True(descriptors == Traces.NonFileDescriptorsOf(target.Pid), $"{fault} left a descriptor");
            Assert.Equal("Pong", target.Ask("Ping"));
        }

        Assert.Equal("Spawned 0", target.Ask("Spawn"));
        Assert.True(Measure(target, AgentFault.None).Fork.Succeeded);
    }

    private static MeasureResult Measure(LiveTarget target, AgentFault fault) => Measurer.Run(
        new MeasureRequest
        {
            Pid = target.Pid,
            Engine = EngineKind.Agent,
            MaxTrials = 1,
            MaxStall = TimeSpan.FromSeconds(5),
            AgentPatience = TimeSpan.FromSeconds(fault == AgentFault.HangAfterFork ? 3 : 60),
            Verify = true,
            InjectFault = fault,
        },
        CancellationToken.None);
}
