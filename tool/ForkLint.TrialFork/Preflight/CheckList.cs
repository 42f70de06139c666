namespace ForkLint.TrialFork;

/// <summary>Checks, in the order in which they are made.</summary>
/// <param name="passing">What can change from one moment to the next: looked at again right before the application is entered.</param>
/// <param name="lasting">What stays.</param>
internal sealed class CheckList(IPreflightCheck[] passing, IPreflightCheck[] lasting)
{
    /// <summary>The first reason not to enter; null where there is none.</summary>
    /// <exception cref="MeasureException">The target is gone or may not be read.</exception>
    public Refusal? Examine(PreflightSubject subject) => First(passing, subject) ?? First(lasting, subject);

    /// <summary>Looks once more at what may have changed since.</summary>
    /// <exception cref="MeasureException">It changed, or the target is gone.</exception>
    public void RequireStillAllowed(PreflightSubject subject)
    {
        if (First(passing, subject) is { } refusal)
        {
            throw new MeasureException(refusal.Reason, refusal.Message, refusal.Advice);
        }
    }

    private static Refusal? First(IPreflightCheck[] checks, PreflightSubject subject) => checks.Select(check => check.Examine(subject)).FirstOrDefault(static refusal => refusal != null);
}
