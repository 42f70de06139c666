using ForkLint.Agent;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Takes one frozen copy of an application, with the registers of all its threads, and holds it while it is used.</summary>
internal sealed class FreezeSession(MeasureRequest request, Target target, Assessment assessment, Action<FrozenApplication, CancellationToken> use, CancellationToken cancellation)
{
    private const int MarginSeconds = 60;

    /// <summary>Slower than any disk that a file of some size is written to: the copy must not end before it is read.</summary>
    private const double SlowestBytesInSecond = 4e6;

    private const int LongestSeconds = 4 * 3600;

    /// <summary>Freezes, calls and ends the copy.</summary>
    /// <exception cref="MeasureException">It was refused or failed, and why.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public void Run()
    {
        request.Observer?.Entered(MeasureStage.TakeLock);
        using var held = MeasurementLock.Take(target, request.LockPatience, cancellation);

        // What was true a second ago may have changed.
        Preflight.Trace.RequireStillAllowed(new PreflightSubject(request, target, assessment.Facts, cancellation));
        var tracer = ForkTracer.Open(target, stage => request.Observer?.Entered(stage), cancellation);
        using var forker = new TraceForker(target, assessment, tracer);
        forker.Prepare(Enter, []);
        Enter(MeasureStage.Fork);
        var (child, fork) = forker.Freeze(HoldSeconds(), request.MaxStall);
        Use(forker, new Copy(child, fork.Error, fork.Threads, fork.ThreadStopped));
    }

    /// <summary>The same by the agent in the application, which may not be traced: the registers of its threads cannot be read then.</summary>
    /// <exception cref="MeasureException">It was refused or failed, and why.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public void RunByAgent()
    {
        request.Observer?.Entered(MeasureStage.TakeLock);
        using var held = MeasurementLock.Take(target, request.LockPatience, cancellation);
        var entry = new AgentEntry(request, target, assessment.Facts, cancellation);
        using var forker = new AgentForker(target, assessment, entry.Enter(), entry.RuntimeVersion);
        forker.Prepare(Enter, []);
        Enter(MeasureStage.Fork);
        var fork = forker.Fork(AgentProtocol.LongestHoldSeconds, ForkOptions.SendMemory);
        Use(forker, new Copy(fork.Child, fork.Error, [], TimeSpan.FromMicroseconds(fork.LatencyMicroseconds)));
    }

    private void Use(IForker forker, Copy copy)
    {
        if (copy.Child is not { } child)
        {
            throw new MeasureException(
                ExitReason.MeasurementFailed,
                $"the kernel refused the copy of {target.Title}{(copy.Error is { } error ? $": {Libc.Message(error)}" : "")}",
                "'measure' says what a fork needs here");
        }

        var identity = (child.Pid, child.Files.Stat().TryGet(out var stat) ? stat.StartTimeTicks : 0);
        try
        {
            UseCopy(forker, child, copy);
            if (!target.RunsAnotherProgram)
            {
                forker.Leave();
            }
        }
        catch (MeasureException failure)
        {
            forker.Dispose(); // What it holds of the child would be taken for a remainder.
            string remains = ChildRemains.Clear(request, target, identity);
            throw remains.Length == 0 ? failure : new MeasureException(failure.Reason, failure.Message + remains, failure.Advice);
        }

        if (target.RunsAnotherProgram)
        {
            forker.Dispose();
            _ = ChildRemains.Clear(request, target, identity);
        }

        request.Observer?.Entered(MeasureStage.Conclude);
    }

    private void UseCopy(IForker forker, TrialChild child, Copy copy)
    {
        using var guard = new ChildGuard(target, assessment, child);
        using (child)
        {
            try
            {
                Enter(MeasureStage.WriteCopy);
                var memory = child.Memory ?? throw new MeasureException(ExitReason.NotPermitted, $"the memory of the copy of {target.Title} may not be opened", "run the tool as root (sudo)");
                use(new FrozenApplication(child.Pid, memory, () => !child.HasEnded, child.Kill) { Threads = copy.Threads, Stood = copy.Stood }, cancellation);
            }
            catch (Exception failure) when (failure is not OperationCanceledException && guard.IsTruncated)
            {
                throw new MeasureException(
                    ExitReason.RefusedForSafety,
                    "the copy was ended early, because half of the room for it was gone: the application's own writes copy pages as long as it lives",
                    "free memory or raise the limit, write to a faster disk, or try again when the application is less busy");
            }
            catch (Exception failure) when (failure is not OperationCanceledException && (target.HasEnded || target.RunsAnotherProgram))
            {
                string what = target.HasEnded ? "ended" : "replaced its program (execve)";
                throw new MeasureException(ExitReason.NoSuchProcess, $"{target.Title} {what} while its copy was written", "dump it while it runs");
            }
            finally
            {
                child.Kill();
                End(forker, child);
            }
        }
    }

    /// <summary>An agent is gone with the program that it was in.</summary>
    private void End(IForker forker, TrialChild child)
    {
        try
        {
            forker.EndChild(child);
        }
        catch (MeasureException) when (target.HasEnded || target.RunsAnotherProgram)
        {
        }
    }

    private void Enter(MeasureStage stage)
    {
        cancellation.ThrowIfCancellationRequested();
        request.Observer?.Entered(stage);
    }

    private int HoldSeconds() =>
        (int)Math.Min(LongestSeconds, MarginSeconds + (MemoryRollup.Sum(assessment.Mappings).ResidentBytes / SlowestBytesInSecond));

    /// <summary>The copy, or why there is none; the registers of the threads, and how long the application stood still for them.</summary>
    private sealed record Copy(TrialChild? Child, int? Error, IReadOnlyList<ThreadRegisters> Threads, TimeSpan Stood);
}
