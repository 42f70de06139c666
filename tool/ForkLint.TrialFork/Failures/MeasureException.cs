namespace ForkLint.TrialFork;

/// <summary>Something anticipated and explained: one line for a person, an exit code for a script, never a stack trace.</summary>
/// <param name="reason">Why, as an exit code.</param>
/// <param name="message">What was tried and why it failed.</param>
/// <param name="advice">What to do next.</param>
public sealed class MeasureException(ExitReason reason, string message, string advice) : Exception(message)
{
    /// <summary>Why, as an exit code.</summary>
    public ExitReason Reason { get; } = reason;

    /// <summary>What to do next, one sentence.</summary>
    public string Advice { get; } = advice;

    /// <summary>Whether an estimate is made instead where the choice of the engine is left to the tool.</summary>
    public bool AllowsEstimate { get; init; } = reason == ExitReason.NotDotNet;
}
