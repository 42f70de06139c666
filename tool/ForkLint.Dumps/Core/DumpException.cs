namespace ForkLint.Dumps;

/// <summary>A dump could not be written: one line for a person. No part of a file is left.</summary>
/// <param name="message">What failed and why.</param>
/// <param name="advice">What to do next.</param>
public sealed class DumpException(string message, string advice) : Exception(message)
{
    /// <summary>What to do next, one sentence.</summary>
    public string Advice { get; } = advice;
}
