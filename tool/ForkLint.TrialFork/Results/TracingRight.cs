using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What the kernel says of createdump's right to trace the process that starts it.</summary>
/// <param name="Allowed">Whether it has it.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="Remedy">What to do where it has not; null where it has.</param>
public sealed record TracingRight(Answer Allowed, string Reason, string? Remedy);
