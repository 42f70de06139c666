namespace ForkLint.Tool.Checking.Building;

/// <summary>A project or one of its target frameworks has no result, which must never look like a clean one.</summary>
/// <param name="message">Which, and why.</param>
/// <param name="advice">What to do next.</param>
internal sealed class MissingResultException(string message, string advice) : Exception(message)
{
    /// <summary>What to do next.</summary>
    public string Advice { get; } = advice;
}
