using System.Globalization;
using ForkLint.Agent;

namespace ForkLint.TrialFork;

/// <summary>Forks from outside, by ptrace.</summary>
/// <param name="target">The process.</param>
/// <param name="assessment">What one fork is expected to cost.</param>
/// <param name="tracer">The tracer.</param>
internal sealed class TraceForker(Target target, Assessment assessment, ForkTracer tracer) : IForker
{
    private readonly List<int> _left = [];
    private int? _living;

    /// <inheritdoc/>
    public EngineKind Engine => EngineKind.Ptrace;

    /// <inheritdoc/>
    public ProcessFacts Prepare(Action<MeasureStage> enter, List<string> warnings)
    {
        enter(MeasureStage.SweepLeft);
        var left = LeftChildren.Of(target.Pid);
        int collected = left.Count(tracer.Reap);
        if (left.Count > 0)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{left.Count} children of an earlier measurement, whose tool was killed, were left as zombies; {(collected == left.Count ? "all are now reaped" : $"{collected} of them are now reaped")}"));
        }

        return new ProcessFacts(target.Pid, target.Stat.Comm, assessment.Facts.RuntimeVersion, assessment.Facts.IsServerGC) { IsDotNet = assessment.Facts.IsDotNet };
    }

    /// <inheritdoc/>
    public long? ControlStall(TimeSpan window) => null;

    /// <inheritdoc/>
    public ForkAttempt Fork(int holdSeconds, ForkOptions options)
    {
        var fork = tracer.Fork(holdSeconds, assessment.PredictedStall * 4);
        _living = fork.ChildPid;
        return new ForkAttempt(fork.ChildPid is { } pid ? TrialChild.Of(pid, needsMemory: options.HasFlag(ForkOptions.SendMemory)) : null, fork.Error, fork.Latency.TotalMicroseconds)
        {
            ThreadStoppedMicroseconds = fork.ThreadStopped.TotalMicroseconds,
        };
    }

    /// <summary>Forks with all threads stopped; the registers and how long they stood beside the child, which is null where the kernel refused it.</summary>
    /// <param name="holdSeconds">After this time the child ends itself.</param>
    /// <param name="stopAllWithin">How long it may take until the last thread has stopped.</param>
    public (TrialChild? Child, TracedFork Fork) Freeze(int holdSeconds, TimeSpan stopAllWithin)
    {
        var fork = tracer.Fork(holdSeconds, assessment.PredictedStall * 4, stopAllWithin);
        _living = fork.ChildPid;
        return (fork.ChildPid is { } pid ? TrialChild.Of(pid, needsMemory: true) : null, fork);
    }

    /// <inheritdoc/>
    public void EndChild(TrialChild child)
    {
        _living = null;
        if (!tracer.End(child.Pid))
        {
            _left.Add(child.Pid);
        }
    }

    /// <inheritdoc/>
    public double? Vfork() => tracer.Vfork()?.TotalMicroseconds;

    /// <inheritdoc/>
    public long? Release() => null;

    /// <inheritdoc/>
    public void Leave()
    {
        // A thread that was lost in the middle may have left one that no number here stands for.
        foreach (int child in _left.Union(LeftChildren.Of(target.Pid)).ToList())
        {
            _ = tracer.Reap(child);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_living is { } child)
        {
            _living = null;
            _ = tracer.End(child);
        }

        tracer.Dispose();
    }
}
