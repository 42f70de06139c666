namespace ForkLint.TrialFork;

/// <summary>
/// One thing that must hold before anything is sent to an application. A check reads, and changes nothing: what it cannot show to hold, it
/// refuses. Adding one touches its own file, its test, and the list in <see cref="Preflight"/>.
/// </summary>
internal interface IPreflightCheck
{
    /// <summary>Why the agent must not enter; null: nothing prevents it as far as this check looks.</summary>
    /// <exception cref="MeasureException">The target is gone or may not be read.</exception>
    public Refusal? Examine(PreflightSubject subject);
}
