using ForkLint.Agent;

namespace ForkLint.TrialFork;

/// <summary>Forks through the agent in the application.</summary>
/// <param name="target">The application.</param>
/// <param name="assessment">What one fork is expected to cost.</param>
/// <param name="connection">The line to the agent.</param>
/// <param name="runtimeVersion">The runtime's version as it says itself; null where it does not.</param>
internal sealed class AgentForker(Target target, Assessment assessment, AgentConnection connection, string? runtimeVersion) : IForker
{
    /// <inheritdoc/>
    public EngineKind Engine => EngineKind.Agent;

    /// <inheritdoc/>
    public ProcessFacts Prepare(Action<MeasureStage> enter, List<string> warnings)
    {
        enter(MeasureStage.GreetAgent);
        var hello = connection.Call(AgentOperation.Hello);
        enter(MeasureStage.WarmAgent);
        connection.Call(AgentOperation.Warm);
        return new ProcessFacts(target.Pid, target.Stat.Comm, runtimeVersion ?? hello.Text, hello.Reply.Value == 1);
    }

    /// <inheritdoc/>
    public long? ControlStall(TimeSpan window) =>
        connection.Call(AgentOperation.Control, (long)window.TotalNanoseconds, workTime: window).Reply.StallNanoseconds / 1000;

    /// <inheritdoc/>
    public ForkAttempt Fork(int holdSeconds, ForkOptions options)
    {
        var answer = connection.Call(AgentOperation.Fork, holdSeconds, options, assessment.PredictedStall * 4);
        bool isRefused = answer.Reply.Status == AgentStatus.ForkRefused;
        return new ForkAttempt(isRefused ? null : TrialChild.Take(answer, target), isRefused ? answer.Reply.Error : null, answer.Reply.LatencyNanoseconds / 1000.0)
        {
            StallMicroseconds = answer.Reply.StallNanoseconds / 1000,
        };
    }

    /// <inheritdoc/>
    public void EndChild(TrialChild child) => connection.Call(AgentOperation.EndChild, workTime: assessment.PredictedStall * 10);

    /// <inheritdoc/>
    public double? Vfork() => connection.Call(AgentOperation.Vfork).Reply is { Status: AgentStatus.Done } reply ? reply.LatencyNanoseconds / 1000.0 : null;

    /// <inheritdoc/>
    public long? Release() => connection.Call(AgentOperation.Release, workTime: TimeSpan.FromMinutes(1)).Reply.Value;

    /// <inheritdoc/>
    public void Leave() => connection.Dismiss();

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();
}
