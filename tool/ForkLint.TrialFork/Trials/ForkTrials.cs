using System.Globalization;
using ForkLint.Agent;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>The trial forks: as many as fit the stall budget, the first child read, the host's commit counter beside each.</summary>
internal sealed class ForkTrials(MeasureRequest request, Assessment assessment, AgentConnection connection, TrialSession session)
{
    private const int FewestTrials = 5;
    private const int MostRefusals = 3;
    private const int MarginSeconds = 2;
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMilliseconds(250);

    private readonly List<TrialFigures> _trials = [];
    private MemoryFigures? _firstChild;

    /// <summary>Makes them.</summary>
    /// <param name="parent">The parent's mappings, the agent being warm and idle.</param>
    /// <param name="warnings">What the reader of the figures should know.</param>
    public ForkFigures Run(IReadOnlyList<Mapping> parent, List<string> warnings)
    {
        long predicted = CommitCharge.PredictBytes(parent);
        long control = ControlStall();
        Repeat(predicted);
        var first = _trials[0];
        long charge = _firstChild?.CommitChargeBytes ?? predicted;
        if (_firstChild?.CommitChargeBytes is { } charged && charged != predicted)
        {
            warnings.Add($"the application's mappings changed between the two readings: predicted {ByteSize.Format(predicted)}, charged {ByteSize.Format(charged)}");
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
            AgentOverheadBytes = predicted - assessment.PredictedChargeBytes,
            Latency = Latency.Of(succeeded.Select(static trial => trial.LatencyMicroseconds)),
            LongestStallMicroseconds = _trials.Max(static trial => trial.StallMicroseconds),
            ControlStallMicroseconds = control,
            Child = _firstChild,
            Trials = _trials,
        };
    }

    private long ControlStall()
    {
        session.Enter(MeasureStage.ControlStall);
        var window = assessment.PredictedStall < ShortestWindow ? ShortestWindow : assessment.PredictedStall > LongestWindow ? LongestWindow : assessment.PredictedStall;
        return connection.Call(AgentOperation.Control, (long)window.TotalNanoseconds, workTime: window).Reply.StallNanoseconds / 1000;
    }

    private void Repeat(long predicted)
    {
        var budget = request.MaxStall;
        while (_trials.Count < assessment.Trials || _trials.Count == 0)
        {
            request.Observer?.Progress(string.Create(CultureInfo.InvariantCulture, $"trial {_trials.Count + 1} of up to {assessment.Trials}"));
            var trial = Try();
            _trials.Add(trial);

            // What was measured counts from here on: it may be more than was predicted.
            var cost = TimeSpan.FromMicroseconds(Math.Max(trial.LatencyMicroseconds, trial.StallMicroseconds ?? 0));
            budget -= cost;
            bool isEnough = _trials.Count >= FewestTrials && IsCrossChecked(_firstChild?.CommitChargeBytes ?? predicted);
            if (budget < cost || isEnough || _trials.Count(static earlier => !earlier.Succeeded) >= MostRefusals)
            {
                return;
            }
        }
    }

    private TrialFigures Try()
    {
        long? before = assessment.Host.CommittedBytesNow();
        var (answer, child) = session.Fork(MarginSeconds + session.ReadingSeconds(), ForkOptions.Watch);
        long? after = child == null ? null : assessment.Host.CommittedBytesNow();
        if (child != null)
        {
            if (_firstChild == null)
            {
                session.Enter(MeasureStage.ReadChild);
                var mappings = Measurement.Require(child.Files.Mappings(), child.Pid);
                _firstChild = MemoryFigures.From(mappings, child.Files.Status().TryGet(out var status) ? status : null);
            }

            session.EndChild();
        }

        return new TrialFigures
        {
            Succeeded = child != null,
            Errno = child == null ? answer.Reply.Error : null,
            LatencyMicroseconds = answer.Reply.LatencyNanoseconds / 1000.0,
            StallMicroseconds = answer.Reply.StallNanoseconds / 1000,
            CommittedDeltaBytes = after - before,
        };
    }

    /// <summary>Whether the host's counter already confirmed the charge, within what one page cache or stack more or less explains.</summary>
    private bool IsCrossChecked(long charge) =>
        _trials.Any(trial => trial.CommittedDeltaBytes is { } delta && Math.Abs(delta - charge) <= Math.Max(charge / 500, 256 << 10));
}
