namespace ForkLint.Tool.CommandLine;

/// <summary>A failure that was anticipated and is explained: one line on standard error, no stack trace, an exit code.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">What failed and why.</param>
/// <param name="advice">What to do next; empty when there is nothing to add.</param>
internal sealed class ToolException(int exitCode, string message, string advice = "") : Exception(message)
{
    /// <summary>The exit code to end with.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What to do next.</summary>
    public string Advice { get; } = advice;
}
