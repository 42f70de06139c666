using System.Diagnostics;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Holds one child, lets it write if asked for, and records what becomes private on both sides.</summary>
internal sealed class CopyOnWriteObserver(MeasureRequest request, Target target, TrialChild child, ChildGuard guard, List<string> warnings)
{
    private const int Samples = 20;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);

    private readonly List<CopyOnWriteSample> _samples = [];

    /// <summary>Observes for as long as the request says; the child is ended by the caller.</summary>
    public CopyOnWriteFigures Observe(CancellationToken cancellation)
    {
        long sharedAtFork = SampleBoth() ?? 0;
        long? written = null;
        if (request.ChildWritesBytes is { } wanted && _samples.Count > 0)
        {
            request.Observer?.Entered(MeasureStage.ChildWrites);
            written = Write(wanted);
            _ = SampleBoth();
        }

        if (request.Hold is { } hold)
        {
            // Reading the parent takes its mmap lock for about 14 ms/GB: no more than a twentieth of the time is spent on that.
            long before = Stopwatch.GetTimestamp();
            _ = SampleBoth();
            var interval = Longest(hold / Samples, Stopwatch.GetElapsedTime(before) * Samples, ShortestInterval);
            while (child.Age < hold && !child.HasEnded && !target.HasEnded && !target.RunsAnotherProgram)
            {
                if (cancellation.WaitHandle.WaitOne(interval < hold - child.Age ? interval : Longest(hold - child.Age, TimeSpan.FromMilliseconds(1), TimeSpan.Zero)))
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                _ = SampleBoth();
            }
        }

        return new CopyOnWriteFigures
        {
            HeldMilliseconds = (long)child.Age.TotalMilliseconds,
            Truncated = guard.IsTruncated,
            SharedAtForkBytes = sharedAtFork,
            ChildWrittenBytes = written,
            Samples = _samples,
        };
    }

    private long Write(long wanted)
    {
        if (child.Memory is not { } memory)
        {
            warnings.Add("nothing was written in the child: its memory may not be opened, not even by the application itself");
            return 0;
        }

        long written = ChildWriter.Write(child, guard, memory, wanted);
        if (written < wanted)
        {
            warnings.Add($"{ByteSize.Format(written)} of {ByteSize.FormatGiven(wanted)} were written in the child: it shares no more than that, or was ended");
        }

        return written;
    }

    /// <summary>Adds a sample if both sides can be read; what they share, in bytes.</summary>
    private long? SampleBoth()
    {
        if (!child.Files.Rollup().TryGet(out var childSum) || !target.Files.Rollup().TryGet(out var parentSum))
        {
            return null;
        }

        _samples.Add(new CopyOnWriteSample
        {
            AtMilliseconds = (long)child.Age.TotalMilliseconds,
            ParentUniqueBytes = parentSum.UniqueBytes,
            ChildUniqueBytes = childSum.UniqueBytes,
            ParentProportionalBytes = parentSum.ProportionalBytes,
            ChildProportionalBytes = childSum.ProportionalBytes,
            ParentResidentBytes = parentSum.ResidentBytes,
            ChildResidentBytes = childSum.ResidentBytes,
        });
        return childSum.AnonymousBytes - childSum.UniqueBytes;
    }

    private static TimeSpan Longest(TimeSpan first, TimeSpan second, TimeSpan third)
    {
        var longer = first > second ? first : second;
        return longer > third ? longer : third;
    }
}
