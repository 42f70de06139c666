using ForkLint.Agent;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>One visit to an application: everything that is measured with children of it, in order.</summary>
internal sealed class TrialSession(MeasureRequest request, Target target, Assessment assessment, IForker forker, CancellationToken cancellation) : IDisposable
{
    /// <summary>One copy in ten is made while the heap cannot be walked: three in a row hardly ever are.</summary>
    private const int MostHeapAttempts = 3;

    private const int VforkTrials = 10;
    private const int SettleMilliseconds = 5;
    private const int SettledLooks = 4;
    private const int MarginSeconds = 2;

    /// <summary>The kernel prints some 100,000 mappings a second (measured), and a tenth of that on a crowded machine.</summary>
    private const double MappingsReadInSecond = 10_000;
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(1);

    private readonly List<string> _warnings = [];
    private int _heapCopies;
    private TrialChild? _child;
    private (int Pid, long StartTicks)? _lastChild;
    private ChildGuard? _guard;

    /// <summary>Measures with an engine, which is disposed of at the end.</summary>
    /// <exception cref="MeasureException">It was refused or failed, and why.</exception>
    public static MeasureResult Measure(MeasureRequest request, Target target, Assessment assessment, IForker forker, CancellationToken cancellation)
    {
        using var engine = forker;
        using var session = new TrialSession(request, target, assessment, forker, cancellation);
        try
        {
            return session.Run();
        }
        catch (MeasureException failure) when (failure.Reason != ExitReason.RefusedForSafety)
        {
            session.Dispose();
            engine.Dispose(); // What it holds of the child would be taken for a remainder.
            string remains = session.Remains();
            if (target.HasEnded || target.RunsAnotherProgram)
            {
                string what = target.HasEnded ? "ended" : "replaced its program (execve)";
                throw new MeasureException(ExitReason.NoSuchProcess, $"{target.Title} {what} during the measurement{remains}", "measure it while it runs");
            }

            throw remains.Length == 0 ? failure : new MeasureException(failure.Reason, failure.Message + remains, failure.Advice) { AllowsEstimate = failure.AllowsEstimate };
        }
        catch (OperationCanceledException) when (target.RunsAnotherProgram)
        {
            session.Dispose();
            engine.Dispose();
            _ = session.Remains();
            throw;
        }
    }

    /// <summary>Runs it all and leaves the application.</summary>
    public MeasureResult Run()
    {
        var process = forker.Prepare(Enter, _warnings);
        Settle();

        Enter(MeasureStage.ReadParent);
        var mappings = Measurement.Require(target.Files.Mappings(), target.Pid);
        var status = Measurement.Require(target.Files.Status(), target.Pid);

        var trials = new ForkTrials(request, assessment, forker, this, target.Files);
        var fork = trials.Run(mappings, _warnings);
        var vfork = Vfork();
        bool canFork = fork.Succeeded == true;
        if (!canFork && (request.Hold != null || request.ChildWritesBytes != null || request.ReadHeap != null))
        {
            _warnings.Add("no child could be held or read: the kernel refused the fork");
        }

        var copyOnWrite = canFork && (request.Hold != null || request.ChildWritesBytes != null) ? Hold() : null;
        var (heapWasRead, heapChildLived) = canFork && request.ReadHeap != null ? ReadHeap(request.ReadHeap) : (false, null);
        var verified = request.Verify ? Verify() : null;

        Enter(MeasureStage.DismissAgent);
        forker.Leave();
        if (target.RunsAnotherProgram)
        {
            throw Measurement.Gone(target.Pid); // A tracer stays where an agent is lost: the figures are of two programs.
        }

        request.Observer?.Entered(MeasureStage.Conclude);
        return new MeasureResult
        {
            Engine = forker.Engine,
            EngineWhy = assessment.Why,
            Process = process,
            Parent = MemoryFigures.From(mappings, status),
            ParentMappings = mappings,
            Fork = fork,
            Vfork = vfork,
            CopyOnWrite = copyOnWrite,
            Situation = assessment.Situation,
            Surroundings = assessment.Surroundings,
            Collector = assessment.Facts.Collector,
            Verdicts = ForkAdmission.JudgeAll(assessment.Situation, request.AsIf),
            Verified = verified,
            HeapWasRead = heapWasRead,
            HeapChildLivedMilliseconds = heapChildLived,
            HeapCopies = _heapCopies,
            Warnings = _warnings,
        };
    }

    /// <summary>Forks; the child is guarded until <see cref="EndChild"/>.</summary>
    public ForkAttempt Fork(int holdSeconds, ForkOptions options = ForkOptions.None)
    {
        Enter(MeasureStage.Fork);
        var attempt = forker.Fork(holdSeconds, options);
        if (attempt.Child == null)
        {
            return attempt;
        }

        _child = attempt.Child;
        _lastChild = (_child.Pid, _child.Files.Stat().TryGet(out var stat) ? stat.StartTimeTicks : 0);
        _guard = new ChildGuard(target, assessment, _child);
        Enter(MeasureStage.ChildAlive);
        return attempt;
    }

    /// <summary>Ends the child and lets the application collect it: its clock is not in this.</summary>
    public void EndChild()
    {
        Enter(MeasureStage.EndChild);
        var child = _child;
        DisposeChild();
        if (child != null)
        {
            forker.EndChild(child);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeChild();

    /// <summary>What an application that is gone, or an agent, leaves of the last child: it is collected, or the end of a sentence says who must.</summary>
    public string Remains() => _lastChild is { } last ? ChildRemains.Clear(request, target, last) : "";

    /// <summary>Begins a stage, unless the user has had enough.</summary>
    public void Enter(MeasureStage stage)
    {
        cancellation.ThrowIfCancellationRequested();
        request.Observer?.Entered(stage);
    }

    private void DisposeChild()
    {
        _child?.Kill();
        _guard?.Dispose();
        _child?.Dispose();
        _child = null;
        _guard = null;
    }

    /// <summary>
    /// Waits until the address space has not moved for a moment: the agent's arrival made the runtime compile, and its background threads
    /// come and go. A busy application never settles; then the difference between predicted and charged is its own doing.
    /// </summary>
    private void Settle()
    {
        var deadline = new Deadline(SettlePatience, target.PidDescriptor.Value, cancellation);
        var last = Shape();
        for (int same = 0; same < SettledLooks && deadline.Pause(SettleMilliseconds);)
        {
            var now = Shape();
            same = now == last ? same + 1 : 0;
            last = now;
        }
    }

    private (long?, long?, int) Shape() => target.Files.Status().TryGet(out var status)
        ? (status.VirtualBytes, status.DataBytes, status.Threads)
        : default;

    private VforkFigures Vfork()
    {
        Enter(MeasureStage.Vfork);
        var latencies = new List<double>();
        for (int trial = 0; trial < VforkTrials; trial++)
        {
            if (forker.Vfork() is { } microseconds)
            {
                latencies.Add(microseconds);
            }
        }

        return new VforkFigures(Latency.Of(latencies));
    }

    private CopyOnWriteFigures? Hold()
    {
        var hold = request.Hold ?? TimeSpan.Zero;
        if (hold.TotalSeconds > AgentProtocol.LongestHoldSeconds - MarginSeconds)
        {
            _warnings.Add("the child was held for less than was asked: none lives longer than a minute");
        }

        int seconds = (int)Math.Min(Math.Ceiling(hold.TotalSeconds) + MarginSeconds + ReadingSeconds(), AgentProtocol.LongestHoldSeconds);
        if (Fork(seconds, ForkOptions.SendMemory).Child is not { } child)
        {
            _warnings.Add("no child could be held: the kernel refused the fork");
            return null;
        }

        Enter(MeasureStage.Hold);
        var figures = new CopyOnWriteObserver(request, target, child, _guard!, _warnings).Observe(cancellation);
        EndChild();
        if (figures.Truncated)
        {
            _warnings.Add("the held child was ended early: half of the room for it was gone");
        }

        return figures;
    }

    private (bool WasRead, long? LivedMilliseconds) ReadHeap(Action<FrozenChild, CancellationToken> read)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return ReadHeapOnce(read, attempt);
            }
            catch (UnusableChildException) when (attempt < MostHeapAttempts)
            {
                request.Observer?.Progress("the copy was made at a bad moment, taking another");
            }
        }
    }

    private (bool WasRead, long? LivedMilliseconds) ReadHeapOnce(Action<FrozenChild, CancellationToken> read, int attempt)
    {
        if (Fork(AgentProtocol.LongestHoldSeconds, ForkOptions.SendMemory).Child is not { } child)
        {
            _warnings.Add("the heap was not read: the kernel refused the fork");
            return (false, null);
        }

        _heapCopies = attempt;
        Enter(MeasureStage.ReadHeap);
        bool wasRead = false;
        long lived = 0;
        void Release()
        {
            lived = lived == 0 ? (long)child.Age.TotalMilliseconds : lived;
            child.Kill();
        }

        try
        {
            read(new FrozenChild(child.Pid, child.Memory, Release), cancellation);
            wasRead = true;
        }
        catch (UnusableChildException) when (attempt < MostHeapAttempts && !_guard!.IsTruncated)
        {
            EndChild();
            throw;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _warnings.Add(attempt == 1
                ? $"the heap was not read: {failure.Message}"
                : $"the heap was not read, the last of {attempt} copies no better than the first: {failure.Message}");
        }

        Release();
        if (_guard!.IsTruncated)
        {
            _warnings.Add("the child was ended while its heap was read: half of the room for it was gone");
        }

        EndChild();
        return (wasRead, lived);
    }

    private VerifyFigures? Verify()
    {
        if (forker.Engine != EngineKind.Agent)
        {
            _warnings.Add("nothing was verified: only the agent can make the application give memory back");
            return null;
        }

        var before = Figures();
        double? latencyBefore = OneLatency();
        Enter(MeasureStage.Release);
        long pause = forker.Release() ?? 0;
        Settle();
        var after = Figures();
        return new VerifyFigures
        {
            RealisedBytes = (before.CommitChargeBytes ?? 0) - (after.CommitChargeBytes ?? 0),
            PauseMicroseconds = pause,
            Before = before,
            After = after,
            LatencyBeforeMicroseconds = latencyBefore,
            LatencyAfterMicroseconds = OneLatency(),
        };
    }

    private MemoryFigures Figures() => MemoryFigures.From(
        Measurement.Require(target.Files.Mappings(), target.Pid),
        Measurement.Require(target.Files.Status(), target.Pid));

    private double? OneLatency()
    {
        var attempt = Fork(MarginSeconds);
        if (attempt.Child == null)
        {
            return null;
        }

        EndChild();
        return attempt.LatencyMicroseconds;
    }

    /// <summary>How long reading the child's mappings may take, on top of what it is kept for.</summary>
    public int ReadingSeconds() => (int)Math.Min(AgentProtocol.LongestHoldSeconds / 2, Math.Ceiling(((assessment.Status.ResidentBytes ?? 0) / 4e9) + (assessment.Mappings.Count / MappingsReadInSecond)));
}
