using System.Globalization;
using ForkLint.Agent;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>The trial forks: as many as fit the stall budget, the first child read, the host's commit counter beside each.</summary>
internal sealed class ForkTrials(MeasureRequest request, Assessment assessment, IForker forker, TrialSession session, ProcessFiles application)
{
    private const int FewestTrials = 5;
    private const int MostRefusals = 3;
    private const int MarginSeconds = 2;
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMilliseconds(250);

    private readonly List<TrialFigures> _trials = [];
    private MemoryFigures? _firstChild;
    private long? _predictedAfterFork;

    /// <summary>Makes them.</summary>
    /// <param name="parent">The parent's mappings, the agent being warm and idle.</param>
    /// <param name="warnings">What the reader of the figures should know.</param>
    public ForkFigures Run(IReadOnlyList<Mapping> parent, List<string> warnings)
    {
        long predicted = CommitCharge.PredictBytes(parent);
        long? control = ControlStall();
        Repeat(predicted);
        var first = _trials[0];
        long charge = _firstChild?.CommitChargeBytes ?? predicted;

        // The fork lies between two readings of the application: a mapping that it made before the fork is in the later one, and one that it made after is not in the earlier.
        predicted = _predictedAfterFork == charge ? charge : predicted;
        if (_firstChild?.CommitChargeBytes is { } charged && charged != predicted)
        {
            warnings.Add($"the application's mappings changed between the two readings: predicted {ByteSize.Format(predicted)}, charged {ByteSize.Format(charged)}");
        }

        if (first.Succeeded && _firstChild == null)
        {
            warnings.Add("no child lived long enough to be read: the charge is predicted from the application's mappings, and not confirmed");
        }

        if (_trials.Count < request.MaxTrials && first.Succeeded && !IsCrossChecked(charge))
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{_trials.Count} of {request.MaxTrials} trials fit the stall budget of {request.MaxStall.TotalMilliseconds:F0} ms"));
        }

        var succeeded = _trials.Where(static trial => trial.Succeeded).ToList();
        return new ForkFigures
        {
            Succeeded = first.Succeeded,
            Errno = first.Errno,
            PredictedChargeBytes = predicted,
            ChargedBytes = _firstChild?.CommitChargeBytes,
            CommittedDeltaBytes = succeeded.Select(static trial => trial.CommittedDeltaBytes).MinBy(delta => Math.Abs((delta ?? long.MaxValue / 2) - charge)),
            AgentOverheadBytes = forker.Engine == EngineKind.Agent ? ForkFigures.OverheadBytes(assessment.PredictedChargeBytes, predicted) : null,
            LatencyMicroseconds = Latency.Of(succeeded.Select(static trial => trial.LatencyMicroseconds)),
            LongestStallMicroseconds = _trials.Max(static trial => trial.StallMicroseconds),
            ControlStallMicroseconds = control,
            ThreadStoppedMicroseconds = Latency.Of(_trials.Select(static trial => trial.ThreadStoppedMicroseconds).OfType<double>()),
            Child = _firstChild,
            Trials = _trials,
        };
    }

    private long? ControlStall()
    {
        session.Enter(MeasureStage.ControlStall);
        var window = assessment.PredictedStall < ShortestWindow ? ShortestWindow : assessment.PredictedStall > LongestWindow ? LongestWindow : assessment.PredictedStall;
        return forker.ControlStall(window);
    }

    private void Repeat(long predicted)
    {
        var budget = request.MaxStall;
        while (_trials.Count < assessment.Trials || _trials.Count == 0)
        {
            request.Observer?.Progress(string.Create(CultureInfo.InvariantCulture, $"trial {_trials.Count + 1} of up to {assessment.Trials}"));
            var trial = Try(predicted);
            _trials.Add(trial);

            // What was measured counts from here on: it may be more than was predicted.
            var cost = TimeSpan.FromMicroseconds(Math.Max(Math.Max(trial.LatencyMicroseconds, trial.StallMicroseconds ?? 0), trial.ThreadStoppedMicroseconds ?? 0));
            budget -= cost;
            bool isEnough = _trials.Count >= FewestTrials && IsCrossChecked(_firstChild?.CommitChargeBytes ?? predicted);
            if (budget < cost || isEnough || _trials.Count(static earlier => !earlier.Succeeded) >= MostRefusals)
            {
                return;
            }
        }
    }

    private TrialFigures Try(long predicted)
    {
        long? before = assessment.Host.CommittedBytesNow();
        var attempt = session.Fork(MarginSeconds + session.ReadingSeconds(), ForkOptions.Watch);
        var child = attempt.Child;
        long? after = child == null ? null : assessment.Host.CommittedBytesNow();
        if (child != null)
        {
            if (_firstChild == null)
            {
                session.Enter(MeasureStage.ReadChild);
                _firstChild = Read(child);
                _predictedAfterFork = _firstChild?.CommitChargeBytes is { } charged && charged != predicted && application.Mappings().TryGet(out var later) ? CommitCharge.PredictBytes(later) : null;
            }

            session.EndChild();
        }

        return new TrialFigures
        {
            Succeeded = child != null,
            Errno = attempt.Error,
            LatencyMicroseconds = attempt.LatencyMicroseconds,
            StallMicroseconds = attempt.StallMicroseconds,
            ThreadStoppedMicroseconds = attempt.ThreadStoppedMicroseconds,
            CommittedDeltaBytes = after - before,
        };
    }

    /// <summary>The child's own figures; null where it ended before they were read, which is no failure of the application's.</summary>
    private static MemoryFigures? Read(TrialChild child)
    {
        var mappings = child.Files.Mappings();
        if (mappings.TryGet(out var list))
        {
            return MemoryFigures.From(list, child.Files.Status().TryGet(out var status) ? status : null);
        }

        return mappings.Failure == ReadFailure.ProcessGone ? null : MemoryFigures.From(Measurement.Require(mappings, child.Pid), null);
    }

    /// <summary>Whether the host's counter already confirmed the charge, within what one page cache or stack more or less explains.</summary>
    private bool IsCrossChecked(long charge) =>
        _trials.Any(trial => trial.CommittedDeltaBytes is { } delta && Math.Abs(delta - charge) <= Math.Max(charge / 500, 256 << 10));
}
