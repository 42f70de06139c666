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
        var connection = entry.Enter();
        return TrialSession.Measure(request, target, assessment, new AgentForker(target, assessment, connection, entry.RuntimeVersion), cancellation);
    }
}
