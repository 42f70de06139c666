namespace ForkLint.TrialFork;

/// <summary>Measures by forking any process that may be traced.</summary>
internal static class TraceEngine
{
    /// <summary>Makes the trials.</summary>
    /// <exception cref="MeasureException">It was refused or failed, and why.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public static MeasureResult Run(MeasureRequest request, Target target, Assessment assessment, CancellationToken cancellation)
    {
        request.Observer?.Entered(MeasureStage.TakeLock);
        using var held = MeasurementLock.Take(target, request.LockPatience, cancellation);

        // What was true a second ago may have changed.
        Preflight.Trace.RequireStillAllowed(new PreflightSubject(request, target, assessment.Facts, cancellation));
        var tracer = ForkTracer.Open(target, stage => request.Observer?.Entered(stage), cancellation);
        return TrialSession.Measure(request, target, assessment, new TraceForker(target, assessment, tracer), cancellation);
    }
}
