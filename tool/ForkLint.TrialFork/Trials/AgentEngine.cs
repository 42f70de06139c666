namespace ForkLint.TrialFork;

/// <summary>Measures by forking the application itself.</summary>
internal static class AgentEngine
{
    /// <summary>Enters the application, makes the trials, leaves.</summary>
    /// <exception cref="MeasureException">It was refused or failed, and why.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public static MeasureResult Run(MeasureRequest request, Target target, Assessment assessment, CancellationToken cancellation)
    {
        request.Observer?.Entered(MeasureStage.TakeLock);
        using var held = MeasurementLock.Take(target, request.LockPatience, cancellation);
        var entry = new AgentEntry(request, target, assessment.Facts, cancellation);
        using var connection = entry.Enter();
        using var session = new TrialSession(request, target, assessment, connection, cancellation);
        try
        {
            return session.Run(entry.RuntimeVersion);
        }
        catch (MeasureException) when (target.HasEnded)
        {
            throw new MeasureException(ExitReason.NoSuchProcess, $"{target.Title} ended during the measurement", "measure it while it runs");
        }
    }
}
