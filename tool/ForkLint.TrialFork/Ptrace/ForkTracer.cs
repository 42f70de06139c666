using System.Diagnostics;
using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What one fork by a tracer gave.</summary>
/// <param name="ChildPid">The child, as this process sees it: attached, asleep, and killed with the tool. Null where the kernel refused it.</param>
/// <param name="Error">The kernel's errno where it refused; null where that could not be seen.</param>
/// <param name="Latency">From letting the thread go until the kernel told of the child.</param>
/// <param name="ThreadStopped">How long the one thread was kept from its own work.</param>
internal readonly record struct TracedFork(int? ChildPid, int? Error, TimeSpan Latency, TimeSpan ThreadStopped)
{
    /// <summary>The registers of all threads; empty where only the one was stopped.</summary>
    public IReadOnlyList<ThreadRegisters> Threads { get; init; } = [];
}

/// <summary>
/// Forks a process from outside, by ptrace alone: one of its threads that waits in a system call is stopped, makes one call with code that is
/// there anyway, and goes back to its wait. Nothing of the target's code is changed, and no other thread is stopped.
/// </summary>
internal sealed class ForkTracer : IDisposable
{
    private const ulong ShareDescriptors = 0x400; // CLONE_FILES, and no signal at its end
    private const ulong ShareUntilExit = 0x4500; // CLONE_FILES, CLONE_VM, CLONE_VFORK
    private const ulong NewThread = 0x50F00; // CLONE_VM, _FS, _FILES, _SIGHAND, _THREAD, _SYSVSEM
    private const ulong WaitAllNoHang = 0x40000001; // __WALL, WNOHANG
    private const int KillWithTracer = 0x100000; // PTRACE_O_EXITKILL
    private const int KillSignal = 9;
    private const int FindMilliseconds = 5;
    private const int PauseMicroseconds = 5;
    private const int EndPatienceMilliseconds = 2000;

    /// <summary>Longer than a busy machine lets a thread wait for a processor: before it, the helper may need its frame on the thread's stack.</summary>
    private const int HelperPatienceMilliseconds = 10_000;
    private const int MostErrorLooks = 60;
    private const int MostLostStops = 3;
    private static readonly TimeSpan FindPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(2);
    private static readonly Machine Processor = Machine.Current;

    private readonly Target _target;
    private readonly Descriptor _memory;
    private readonly Gadgets _gadgets;
    private readonly Action<MeasureStage> _reached;
    private readonly CancellationToken _cancellation;
    private TracerThread _tracer = new();
    private int _lostStops;

    private ForkTracer(Target target, Descriptor memory, Gadgets gadgets, Action<MeasureStage> reached, CancellationToken cancellation)
    {
        _target = target;
        _memory = memory;
        _gadgets = gadgets;
        _reached = reached;
        _cancellation = cancellation;
    }

    /// <summary>Prepares: opens the target's memory and finds the code. Nothing of the target is stopped.</summary>
    /// <param name="target">The process.</param>
    /// <param name="reached">Told of each stage; it may end this process, and must not throw.</param>
    /// <param name="cancellation">The user's interruption.</param>
    /// <exception cref="MeasureException">It may not be traced, or has no code to return through.</exception>
    public static ForkTracer Open(Target target, Action<MeasureStage> reached, CancellationToken cancellation)
    {
        int opened = Libc.OpenAt(Libc.CurrentDirectory, target.Files.PathOf("mem"), Libc.ReadWrite | Libc.CloseOnExec, 0);
        if (opened < 0)
        {
            var refusal = TraceAccess.Explain(target, Libc.LastError);
            throw new MeasureException(refusal.Reason, refusal.Message, refusal.Advice) { AllowsEstimate = true };
        }

        var memory = new Descriptor(opened);
        try
        {
            var maps = Measurement.Require(target.Files.CoarseMaps(), target.Pid);
            var gadgets = CodeSearch.Find(Processor, maps, memory) ?? throw new MeasureException(
                ExitReason.NotDotNet,
                $"{target.Title} maps no code that a thread could be sent back through (no C library that is known, or it may not be read)",
                "use --engine estimate");
            return new ForkTracer(target, memory, gadgets, reached, cancellation);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Forks the target.</summary>
    /// <param name="sleepSeconds">After this time the child ends itself, whatever the tool does.</param>
    /// <param name="patience">How long the fork may take.</param>
    /// <param name="stopAllWithin">Stop all other threads for it, which may take this long, and read their registers; null: the one thread alone.</param>
    /// <exception cref="MeasureException">No thread can be used, or the target is gone.</exception>
    public TracedFork Fork(int sleepSeconds, TimeSpan patience, TimeSpan? stopAllWithin = null) => OnThread<TracedFork>(thread =>
    {
        using var others = stopAllWithin is { } within ? OtherThreads.Stop(_target.Files, thread.Id, within) : null;
        IReadOnlyList<ThreadRegisters> registers = others is null ? [] : ReadAll(thread, others);
        var plan = InjectionPlan.Make(Processor, _gadgets, thread, CreatedTask.Process, sleepSeconds);
        ulong[] calling = Processor.Calling(thread.Registers, _gadgets, plan.ThreadFrame, Processor.Calls.Create, ShareDescriptors, plan.CreatedFrame);
        if (!thread.Begin(_memory, _gadgets, plan, calling, _reached))
        {
            return null;
        }

        var outcome = thread.RunUntil(TraceStop.CloneEvent, Processor.Calls.Create, patience + CallPatience);
        if (!outcome.HasEvent)
        {
            others?.Dispose();
            return thread.IsHome() ? new TracedFork(null, FindError(thread, sleepSeconds), outcome.Elapsed, thread.StoppedFor) : null;
        }

        int child = TraceRequests.EventMessage(thread.Id) ?? throw new TraceLostException("the child was not named");
        _reached(MeasureStage.CallMade);
        others?.Dispose();
        _ = thread.FinishCall() && thread.Restore();
        var stopped = thread.StoppedFor;
        thread.Dispose();
        _reached(MeasureStage.ThreadBack);
        SendToSleep(child, plan);
        return new TracedFork(child, null, outcome.Elapsed, stopped) { Threads = registers };
    }, _cancellation);

    private List<ThreadRegisters> ReadAll(StoppedThread thread, OtherThreads others)
    {
        var all = new[] { OtherThreads.Registers(_target.Files, thread.Id, thread.Registers) }
            .Concat(others.Stopped.Select(other => OtherThreads.Registers(_target.Files, other))).OfType<ThreadRegisters>().ToList();
        _reached(MeasureStage.AllStopped);
        return all;
    }

    /// <summary>Makes a child that shares the memory and ends at once, as vfork does; the time until it is gone. Null where the kernel refused.</summary>
    public TimeSpan? Vfork()
    {
        int? left = null;
        var latency = OnThread<TimeSpan>(thread =>
        {
            var plan = InjectionPlan.Make(Processor, _gadgets, thread, CreatedTask.Process, 0);
            ulong[] calling = Processor.Calling(thread.Registers, _gadgets, plan.ThreadFrame, Processor.Calls.Create, ShareUntilExit, plan.CreatedFrame);
            if (!thread.Begin(_memory, _gadgets, plan, calling, _reached))
            {
                return null;
            }

            var outcome = thread.RunUntil(TraceStop.VforkDoneEvent, Processor.Calls.Create, CallPatience);
            if (!outcome.HasEvent)
            {
                return thread.IsHome() ? TimeSpan.Zero : null;
            }

            left = TraceRequests.EventMessage(thread.Id);
            _ = thread.FinishCall() && thread.Restore();
            return outcome.Elapsed;
        }, _cancellation);
        if (left is { } child)
        {
            Reap(child);
        }

        return latency > TimeSpan.Zero ? latency : null;
    }

    /// <summary>Ends a child and lets the target collect it; false where it stays as a zombie.</summary>
    public bool End(int child)
    {
        string own = NamespacePid(child);
        _ = Libc.Kill(child, KillSignal);
        try
        {
            _tracer.Run(() => AwaitEnd(child));
        }
        catch (InvalidOperationException)
        {
            // It is not traced any more: what traced it has ended, and the child with it.
        }

        return own.Length == 0 || Reap(child);
    }

    /// <summary>
    /// Lets the target collect a child that has ended. A thread that is made for it does so, because a thread that waits for something else
    /// could only be brought back through its frame.
    /// </summary>
    public bool Reap(int child)
    {
        if (!ulong.TryParse(NamespacePid(child), NumberStyles.None, CultureInfo.InvariantCulture, out ulong own))
        {
            return true;
        }

        _reached(MeasureStage.Reap);
        try
        {
            OnThread<bool>(thread =>
            {
                var plan = InjectionPlan.Make(Processor, _gadgets, thread, CreatedTask.Thread, 0);
                ulong[] calling = Processor.Calling(thread.Registers, _gadgets, plan.ThreadFrame, Processor.Calls.Create, NewThread, plan.CreatedFrame);
                if (!thread.Begin(_memory, _gadgets, plan, calling, _reached))
                {
                    return null;
                }

                if (!thread.RunUntil(TraceStop.CloneEvent, Processor.Calls.Create, CallPatience).HasEvent)
                {
                    return thread.IsHome() ? false : null;
                }

                int helper = TraceRequests.EventMessage(thread.Id) ?? throw new TraceLostException("the helper was not named");
                _reached(MeasureStage.CallMade);
                CollectBy(helper, plan, own);
                _ = thread.FinishCall() && thread.Restore();
                return true;
            }, CancellationToken.None);
        }
        catch (MeasureException)
        {
            // No thread that could do it. What is left is said, and taken along by the next measurement.
        }

        return !new ProcessFiles(child).Stat().IsOk;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tracer.Dispose();
        _memory.Dispose();
    }

    /// <summary>Runs something on a thread that was stopped for it; null means that it could not begin, and another thread is tried.</summary>
    private T OnThread<T>(Func<StoppedThread, T?> body, CancellationToken cancellation)
        where T : struct
    {
        var deadline = new Deadline(FindPatience, _target.PidDescriptor.Value, cancellation);
        string why;
        do
        {
            foreach (var candidate in ThreadChoice.Find(_target.Files, _target.Stat.ParentPid == Environment.ProcessId, InjectionPlan.MostBytes(Processor), out why))
            {
                if (OnThread(candidate, body) is { } result)
                {
                    return result;
                }
            }
        }
        while (deadline.Pause(FindMilliseconds));

        // The memory and the code that are known are those of the program before an execve.
        throw _target.HasEnded || _target.RunsAnotherProgram ? Measurement.Gone(_target.Pid) : new MeasureException(
            ExitReason.RefusedForSafety,
            $"no thread of {_target.Title} can be stopped unseen{(why.Length == 0 ? "" : $": {why}")}",
            "try again when it waits for something, or use --engine estimate")
        { AllowsEstimate = true };
    }

    private T? OnThread<T>(WaitingThread candidate, Func<StoppedThread, T?> body)
        where T : struct
    {
        try
        {
            return _tracer.Run(() =>
            {
                using var thread = StoppedThread.Stop(_target.Files, candidate);
                return thread is null ? null : body(thread);
            });
        }
        catch (Exception failure) when (failure is TraceLostException or InvalidOperationException)
        {
            // The end of the tracer's thread makes the kernel let go of all that it holds; threads go home, children end themselves.
            _tracer.Dispose();
            _tracer = new TracerThread();
            return _target.HasEnded ? throw Measurement.Gone(_target.Pid)
                : failure is ThreadsDidNotStopException && ++_lostStops >= MostLostStops ? throw new MeasureException(
                    ExitReason.RefusedForSafety,
                    $"the threads of {_target.Title} cannot be stopped together: {failure.Message}",
                    "try again when it is less busy, or allow more with --max-stall")
                : null;
        }
    }

    /// <summary>
    /// Why the kernel refuses: the thread is made to call again, and stopped right behind the call, if the moment is met. A signal to stop that
    /// comes before the call has begun makes it begin again; after it, the thread is home already.
    /// </summary>
    private int? FindError(StoppedThread home, int sleepSeconds)
    {
        var thread = home;
        try
        {
            for (int look = 0; look < MostErrorLooks && thread.Renewed() is { } renewed; look++)
            {
                thread = renewed;
                var plan = InjectionPlan.Make(Processor, _gadgets, thread, CreatedTask.Process, sleepSeconds);
                ulong[] calling = Processor.Calling(thread.Registers, _gadgets, plan.ThreadFrame, Processor.Calls.Create, ShareDescriptors, plan.CreatedFrame);
                if (thread.Vectors.Length == 0 || !thread.Begin(_memory, _gadgets, plan, calling, _reached))
                {
                    return null;
                }

                var stopped = thread.RunFor(2 + (2 * (look % 30)));
                if (stopped.Event == TraceStop.CloneEvent)
                {
                    // This time the kernel made the fork, and its child is not needed.
                    if (TraceRequests.EventMessage(thread.Id) is { } child)
                    {
                        LeftChildren.Mark(child);
                        _ = Libc.Kill(child, KillSignal);
                        _ = AwaitEnd(child);
                    }

                    _ = thread.FinishCall();
                    return null;
                }

                if (!thread.IsHome() && TraceRequests.Registers(thread.Id, Processor.RegisterCount) is { } registers
                    && Processor.Result(registers) is < 0 and > -500 and var result)
                {
                    return (int)-result;
                }

                if (!thread.Restore())
                {
                    return null;
                }
            }

            return null;
        }
        finally
        {
            thread.Dispose();
        }
    }

    /// <summary>A new child: the first that the kernel kills when memory runs out. It ends with the tool, and sleeps until its time is over.</summary>
    private void SendToSleep(int child, InjectionPlan plan)
    {
        AwaitFirstStop(child);
        LeftChildren.Mark(child);
        ulong[] registers = TraceRequests.Registers(child, Processor.RegisterCount) ?? throw new TraceLostException("the child ended");
        _ = TraceRequests.SetOptions(child, KillWithTracer);
        _ = TraceRequests.SetRegisters(child, Processor.Calling(registers, _gadgets, plan.CreatedFrame, Processor.Calls.Sleep, plan.TimeAddress))
            && TraceRequests.Resume(child, 0);
    }

    private void CollectBy(int helper, InjectionPlan plan, ulong child)
    {
        AwaitFirstStop(helper, HelperPatienceMilliseconds);
        ulong[] registers = TraceRequests.Registers(helper, Processor.RegisterCount) ?? throw new TraceLostException("the helper ended");
        _ = TraceRequests.SetRegisters(helper, Processor.Calling(registers, _gadgets, plan.CreatedFrame, Processor.Calls.Wait, child, 0, WaitAllNoHang))
            && TraceRequests.Resume(helper, 0);
        _ = AwaitEnd(helper, HelperPatienceMilliseconds);
    }

    private static void AwaitFirstStop(int task, int patienceMilliseconds = EndPatienceMilliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (TraceRequests.Poll(task) is not { } stop || stop.HasEnded)
        {
            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > patienceMilliseconds)
            {
                throw new TraceLostException("a new task did not stop");
            }

            TracerThread.Pause(PauseMicroseconds);
        }
    }

    private static bool AwaitEnd(int task, int patienceMilliseconds = EndPatienceMilliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TraceRequests.Poll(task) is { } stop)
            {
                if (stop.HasEnded)
                {
                    return true;
                }

                _ = TraceRequests.Resume(task, 0);
            }
            else if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > patienceMilliseconds)
            {
                throw new TraceLostException("a task did not end");
            }

            TracerThread.Pause(PauseMicroseconds);
        }
    }

    /// <summary>The number of a child where the target sees it; empty where it is gone.</summary>
    private static string NamespacePid(int child) => new ProcessFiles(child).Status().TryGet(out var status)
        ? (status.NamespacePids.Count > 0 ? status.NamespacePids[^1] : child).ToString(CultureInfo.InvariantCulture)
        : "";
}
