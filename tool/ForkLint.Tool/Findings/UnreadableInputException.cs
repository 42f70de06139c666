namespace ForkLint.Tool.Findings;

/// <summary>A file that was handed to <c>check</c> or <c>gate</c> cannot be used: one sentence that names the file and says why.</summary>
/// <param name="message">The sentence, without a full stop at its end.</param>
/// <param name="advice">What to do next; empty when there is nothing to add.</param>
internal sealed class UnreadableInputException(string message, string advice = "") : Exception(message)
{
    /// <summary>What to do next.</summary>
    public string Advice { get; } = advice;
}
