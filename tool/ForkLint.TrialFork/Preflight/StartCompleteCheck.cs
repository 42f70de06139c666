namespace ForkLint.TrialFork;

/// <summary>A runtime that is starting is waited for, as long as the request allows.</summary>
internal sealed class StartCompleteCheck : IPreflightCheck
{
    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;
        var patience = new Deadline(subject.Request.StartPatience, target.PidDescriptor.Value, subject.Cancellation);
        if (new RuntimeStart(target).Await(patience))
        {
            return null;
        }

        return target.HasEnded
            ? throw Measurement.Gone(target.Pid)
            : new Refusal(ExitReason.RefusedForSafety, StartedCheck.StillStarting(target), StartedCheck.Advice);
    }
}
