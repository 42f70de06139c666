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
        using var target = Target.Open(request.Pid);
        if (target.Stat.ParentPid == Environment.ProcessId)
        {
            throw new MeasureException(ExitReason.RefusedForSafety, $"{target.Title} was started by this process, which would take a stop of its main thread for its end", "start it on its own");
        }

        var assessment = Assessment.Make(request with { Engine = EngineKind.Ptrace, MaxTrials = 1 }, target, cancellation);
        if (assessment.Refusal is { } refusal)
        {
            throw new MeasureException(refusal.Reason, refusal.Message, refusal.Advice);
        }

        FreezeSession.Run(request, target, assessment, use, cancellation);
    }
}
