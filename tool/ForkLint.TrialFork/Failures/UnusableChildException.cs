namespace ForkLint.TrialFork;

/// <summary>
/// Thrown by <see cref="MeasureRequest.ReadHeap"/> when its child was forked at a bad moment (the collector was moving objects) and another
/// one may do: a few more are made before that becomes a warning.
/// </summary>
/// <param name="message">What could not be read.</param>
/// <param name="inner">The cause.</param>
public sealed class UnusableChildException(string message, Exception inner) : Exception(message, inner);
