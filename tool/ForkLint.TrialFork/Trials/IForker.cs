using ForkLint.Agent;

namespace ForkLint.TrialFork;

/// <summary>What one fork gave.</summary>
/// <param name="Child">The child, held by its pidfd; null where the kernel refused it.</param>
/// <param name="Error">The kernel's errno where it refused; null otherwise, or where it could not be seen.</param>
/// <param name="LatencyMicroseconds">How long the call took.</param>
internal sealed record ForkAttempt(TrialChild? Child, int? Error, double LatencyMicroseconds)
{
    /// <summary>The longest stall that a writing thread of the application saw; null where none watched.</summary>
    public long? StallMicroseconds { get; init; }

    /// <summary>How long the one thread that made the call was kept from its own work; null where it was the agent's own.</summary>
    public double? ThreadStoppedMicroseconds { get; init; }
}

/// <summary>Who makes the children of a measurement: in the application, or from outside. The rest of a measurement is the same for all.</summary>
internal interface IForker : IDisposable
{
    /// <summary>The engine's name in a result.</summary>
    public EngineKind Engine { get; }

    /// <summary>Gets ready to fork: whatever makes memory move happens here.</summary>
    /// <param name="enter">Begins a stage.</param>
    /// <param name="warnings">What the reader of the figures should know.</param>
    public ProcessFacts Prepare(Action<MeasureStage> enter, List<string> warnings);

    /// <summary>The longest stall in a window in which nothing is forked; null if stalls are not watched.</summary>
    public long? ControlStall(TimeSpan window);

    /// <summary>Forks.</summary>
    /// <param name="holdSeconds">After this time the child ends itself, whatever happens to the tool.</param>
    /// <param name="options">Whether stalls are looked for, and whether the child's memory is going to be read or written.</param>
    public ForkAttempt Fork(int holdSeconds, ForkOptions options);

    /// <summary>Lets the application collect the child, which was ended.</summary>
    /// <param name="child">The child.</param>
    public void EndChild(TrialChild child);

    /// <summary>Makes a child that shares the memory and ends; the microseconds until it is gone. Null where the kernel refused.</summary>
    public double? Vfork();

    /// <summary>Makes the application give free memory back; the microseconds that its collector paused it. Null where this engine cannot.</summary>
    public long? Release();

    /// <summary>Leaves the application.</summary>
    public void Leave();
}
