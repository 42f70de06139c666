using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>
/// The tool kills itself at each stage of a measurement in turn, always in the same application: what one attack leaves, the next meets.
/// </summary>
public sealed class KilledToolTests : IDisposable
{
    private const int KilledExitCode = 128 + Signals.Kill;

    /// <summary>Together these enter every stage that there is: a stage that none of them enters is a tool that ends well, and a failed test.</summary>
    private static readonly string[] EveryStage = ["hold=0.2", "writes=1000000", "heap", "verify"];

    /// <summary>The target has mounts of its own, so the shim is copied: a tool that dies while it does that must leave no part of it.</summary>
    private static readonly string[] OwnMounts = ["unshare", "--mount", "--propagation=private"];

    private readonly AttackedTarget _target = AttackedTarget.Start(OwnMounts, ["hold", "managed=20000000"]);

    public void Dispose() => _target.Dispose();

    [Fact]
    public void Before_the_agent_is_in_nothing_is_left() => KillAtEach(static stage => stage < MeasureStage.SendPayload);

    [Fact]
    public void While_the_agent_warms_up_and_forks_nothing_is_left() =>
        KillAtEach(static stage => stage is >= MeasureStage.SendPayload and < MeasureStage.Vfork);

    [Fact]
    public void While_a_child_is_held_and_until_the_end_nothing_is_left() => KillAtEach(static stage => stage is >= MeasureStage.Vfork and <= MeasureStage.Conclude);

    private void KillAtEach(Func<MeasureStage, bool> isMeant)
    {
        foreach (var stage in Enum.GetValues<MeasureStage>().Where(isMeant))
        {
            using (var tool = _target.StartTool([$"die={stage}", .. EveryStage]))
            {
                var outcome = tool.Finish();
                Assert.True(outcome.ExitCode == KilledExitCode, $"{stage}: exit {outcome.ExitCode}, {outcome.Output}");
            }

            _target.RequireUnharmed($"{stage}");
            _target.MeasureCompletely();
            _target.RequireUnharmed($"a measurement after {stage}");
        }
    }
}
