using ForkLint.TrialFork;

namespace ForkLint.Tool.CommandLine;

/// <summary>A failure that was anticipated and is explained: one line on standard error, no stack trace, an exit code.</summary>
/// <param name="reason">Why the command ends, and so its exit code.</param>
/// <param name="message">What failed and why.</param>
/// <param name="advice">What to do next; empty when there is nothing to add.</param>
internal sealed class ToolException(ExitReason reason, string message, string advice = "") : Exception(message)
{
    /// <summary>Why the command ends, and so its exit code.</summary>
    public ExitReason Reason { get; } = reason;

    /// <summary>What to do next.</summary>
    public string Advice { get; } = advice;
}
