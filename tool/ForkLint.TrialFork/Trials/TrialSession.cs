using ForkLint.Agent;

namespace ForkLint.TrialFork;

/// <summary>One visit of the agent: everything that is measured while it is in the application, in order.</summary>
internal sealed class TrialSession(MeasureRequest request, Target target, Assessment assessment, AgentConnection connection, CancellationToken cancellation) : IDisposable
{
    /// <summary>One copy in ten is made while the heap cannot be walked: three in a row hardly ever are.</summary>
    private const int MostHeapAttempts = 3;

    private const int VforkTrials = 10;
    private const int SettleMilliseconds = 5;
    private const int SettledLooks = 4;
    private const int MarginSeconds = 2;
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(1);

    private readonly List<string> _warnings = [];
    private int _heapCopies;
    private TrialChild? _child;
    private ChildGuard? _guard;

    /// <summary>Runs it all and dismisses the agent.</summary>
    public MeasureResult Run(string? runtimeVersion)
    {
        Enter(MeasureStage.GreetAgent);
        var hello = connection.Call(AgentOperation.Hello);
        Enter(MeasureStage.WarmAgent);
        connection.Call(AgentOperation.Warm);
        Settle();

        Enter(MeasureStage.ReadParent);
        var mappings = Measurement.Require(target.Files.Mappings(), target.Pid);
        var status = Measurement.Require(target.Files.Status(), target.Pid);

        var trials = new ForkTrials(request, assessment, connection, this);
        var fork = trials.Run(mappings, _warnings);
        var vfork = Vfork();
        bool canFork = fork.Succeeded == true;
        if (!canFork && (request.Hold != null || request.ChildWritesBytes != null || request.ReadHeap != null))
        {
            _warnings.Add("no child could be held or read: the kernel refused the fork");
        }

        var copyOnWrite = canFork && (request.Hold != null || request.ChildWritesBytes != null) ? Hold() : null;
        var (heap, heapChildLived) = canFork && request.ReadHeap != null ? ReadHeap(request.ReadHeap) : (null, null);
        var verified = request.Verify ? Verify() : null;

        Enter(MeasureStage.DismissAgent);
        connection.Dismiss();
        request.Observer?.Entered(MeasureStage.Conclude);
        return new MeasureResult
        {
            Engine = EngineKind.Agent,
            EngineWhy = assessment.Why,
            Process = new ProcessFacts(target.Pid, target.Stat.Comm, runtimeVersion ?? hello.Text, hello.Reply.Value == 1),
            Host = assessment.Host,
            Cgroup = assessment.Cgroup,
            Parent = MemoryFigures.From(mappings, status),
            ParentMappings = mappings,
            Fork = fork,
            Vfork = vfork,
            CopyOnWrite = copyOnWrite,
            Verdicts = EstimateEngine.Verdicts(request, target, assessment, mappings),
            Verified = verified,
            Heap = heap,
            HeapChildLivedMilliseconds = heapChildLived,
            HeapCopies = _heapCopies,
            Warnings = _warnings,
        };
    }

    /// <summary>Forks; the child is guarded until <see cref="EndChild"/>.</summary>
    /// <returns>The agent's answer, and the child if there is one.</returns>
    public (AgentAnswer Answer, TrialChild? Child) Fork(int holdSeconds, ForkOptions options)
    {
        Enter(MeasureStage.Fork);
        var answer = connection.Call(AgentOperation.Fork, holdSeconds, options, assessment.PredictedStall * 4);
        if (answer.Reply.Status == AgentStatus.ForkRefused)
        {
            return (answer, null);
        }

        if (answer.ChildDescriptor == null)
        {
            throw new MeasureException(ExitReason.MeasurementFailed, "the agent sent no descriptor of the child", "raise the tool's limit on open files (ulimit -n)");
        }

        _child = new TrialChild(answer.ChildDescriptor, answer.ChildMemory);
        _guard = new ChildGuard(target, assessment.Cgroup, _child);
        Enter(MeasureStage.ChildAlive);
        return (answer, _child);
    }

    /// <summary>Ends the child and lets the agent reap it: the application's clock is not in this.</summary>
    public void EndChild()
    {
        Enter(MeasureStage.EndChild);
        DisposeChild();
        connection.Call(AgentOperation.EndChild, workTime: assessment.PredictedStall * 10);
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeChild();

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
            var reply = connection.Call(AgentOperation.Vfork).Reply;
            if (reply.Status == AgentStatus.Done)
            {
                latencies.Add(reply.LatencyNanoseconds / 1000.0);
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
        var (_, child) = Fork(seconds, ForkOptions.SendMemory);
        if (child == null)
        {
            _warnings.Add("no child could be held: the kernel refused the fork");
            return null;
        }

        Enter(MeasureStage.Hold);
        var figures = CopyOnWriteObserver.Observe(request, target, child, _guard!, _warnings, cancellation);
        EndChild();
        if (figures.Truncated)
        {
            _warnings.Add("the held child was ended early: half of the room in the memory cgroup was gone");
        }

        return figures;
    }

    private (object? Heap, long? LivedMilliseconds) ReadHeap(Func<FrozenChild, CancellationToken, object?> read)
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

    private (object? Heap, long? LivedMilliseconds) ReadHeapOnce(Func<FrozenChild, CancellationToken, object?> read, int attempt)
    {
        var (_, child) = Fork(AgentProtocol.LongestHoldSeconds, ForkOptions.SendMemory);
        if (child == null)
        {
            _warnings.Add("the heap was not read: the kernel refused the fork");
            return (null, null);
        }

        _heapCopies = attempt;
        Enter(MeasureStage.ReadHeap);
        object? heap = null;
        long lived = 0;
        void Release()
        {
            lived = lived == 0 ? (long)child.Age.TotalMilliseconds : lived;
            child.Kill();
        }

        try
        {
            heap = read(new FrozenChild(child.Pid, child.Memory, child.ForkedAt, Release), cancellation);
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
            _warnings.Add("the child was ended while its heap was read: half of the room in the memory cgroup was gone");
        }

        EndChild();
        return (heap, lived);
    }

    private VerifyFigures Verify()
    {
        var before = Figures();
        double? latencyBefore = OneLatency();
        Enter(MeasureStage.Release);
        var reply = connection.Call(AgentOperation.Release, workTime: TimeSpan.FromMinutes(1)).Reply;
        Settle();
        var after = Figures();
        return new VerifyFigures
        {
            RealisedBytes = (before.CommitChargeBytes ?? 0) - (after.CommitChargeBytes ?? 0),
            PauseMicroseconds = reply.Value,
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
        var (answer, child) = Fork(MarginSeconds, ForkOptions.None);
        if (child != null)
        {
            EndChild();
        }

        return child == null ? null : answer.Reply.LatencyNanoseconds / 1000.0;
    }

    /// <summary>How long reading the child's mappings may take, on top of what it is kept for.</summary>
    public int ReadingSeconds() => (int)Math.Ceiling((assessment.Status.ResidentBytes ?? 0) / 4e9);
}
