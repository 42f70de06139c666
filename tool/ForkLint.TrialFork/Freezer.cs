namespace ForkLint.TrialFork;

/// <summary>Takes a frozen copy of a running process: its memory in a child, and the registers of all its threads at that instant.</summary>
public static class Freezer
{
    /// <summary>
    /// Stops all threads, forks, lets them go, and calls <paramref name="use"/> with the copy. Whatever happens, the application lives on, and
    /// no child of it outlives the call.
    /// </summary>
    /// <param name="request">The process, how long it may stand still, and what else is allowed. What is to be measured is not looked at.</param>
    /// <param name="use">Uses the copy. It looks at <see cref="FrozenApplication.IsAlive"/> where a read fails.</param>
    /// <param name="cancellation">The user's interruption.</param>
    /// <exception cref="MeasureException">It was refused or failed, and why.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted; everything is cleaned up.</exception>
    public static void Run(MeasureRequest request, Action<FrozenApplication, CancellationToken> use, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(use);
        Run(request with { Engine = EngineKind.Ptrace }, static session => session.Run(), use, cancellation);
    }

    /// <summary>
    /// The same where the process may not be traced, and its runtime can load an agent: the agent forks and hands over the copy's memory. <see cref="FrozenApplication.Threads"/>
    /// is empty then: the registers cannot be read.
    /// </summary>
    /// <param name="request">The process, how long it may stand still, and what else is allowed.</param>
    /// <param name="use">Uses the copy, for at most a minute: then it ends itself.</param>
    /// <param name="cancellation">The user's interruption.</param>
    /// <exception cref="MeasureException">It was refused or failed, and why.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted; everything is cleaned up.</exception>
    public static void RunByAgent(MeasureRequest request, Action<FrozenApplication, CancellationToken> use, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(use);
        Run(request with { Engine = EngineKind.Agent }, static session => session.RunByAgent(), use, cancellation);
    }

    private static void Run(MeasureRequest request, Action<FreezeSession> run, Action<FrozenApplication, CancellationToken> use, CancellationToken cancellation)
    {
        using var target = Target.Open(request.Pid);
        if (target.Stat.ParentPid == Environment.ProcessId)
        {
            throw new MeasureException(ExitReason.RefusedForSafety, $"{target.Title} was started by this process, which would take a stop of its main thread for its end", "start it on its own");
        }

        var assessment = Assessment.Make(request with { MaxTrials = 1 }, target, cancellation);
        if (assessment.Refusal is { } refusal)
        {
            throw new MeasureException(refusal.Reason, refusal.Message, refusal.Advice);
        }

        run(new FreezeSession(request, target, assessment, use, cancellation));
    }
}
