using ForkLint.Agent;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>The agent fails at each step of its work in turn: the tool explains it, and the application does not notice.</summary>
public sealed class AgentFaultTests : IDisposable
{
    private readonly AttackedTarget _target = AttackedTarget.Start("hold", "managed=20000000");

    public void Dispose() => _target.Dispose();

    [Fact]
    public void Each_fault_is_explained_and_leaves_nothing()
    {
        foreach (var fault in Enum.GetValues<AgentFault>().Where(static fault => fault != AgentFault.None))
        {
            // Only an agent that hangs needs an end to the patience with it.
            var patience = fault == AgentFault.HangAfterFork ? TimeSpan.FromSeconds(6) : _target.Request.AgentPatience;
            var request = _target.Request with { InjectFault = fault, Verify = true, AgentPatience = patience };
            var failure = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));

            Assert.Equal(ExitReason.MeasurementFailed, failure.Reason);
            Assert.Contains(Explanation(fault), failure.Message, StringComparison.Ordinal);
            Assert.NotEmpty(failure.Advice);
            _target.RequireUnharmed($"{fault}");
        }

        _target.MeasureCompletely();
        _target.RequireUnharmed();
    }

    /// <summary>What the message must hold, so that it is this fault that was met; a new fault names itself.</summary>
    private static string Explanation(AgentFault fault) => fault switch
    {
        AgentFault.CorruptPayload => "hung up at Hello",
        AgentFault.ThrowBeforeFork => "injected before the fork",
        AgentFault.FailPidDescriptor => "pidfd could not be opened",
        AgentFault.DropConnectionAfterFork => "hung up at Fork",
        AgentFault.HangAfterFork => "did not answer Fork",
        _ => $"injected: {fault}",
    };
}
