using System.Diagnostics;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What became of a call that a stopped thread was made to make.</summary>
/// <param name="HasEvent">Whether the event that was waited for came: the thread is stopped at it.</param>
/// <param name="Elapsed">From letting the thread go until the event was seen.</param>
internal readonly record struct CallOutcome(bool HasEvent, TimeSpan Elapsed);

/// <summary>
/// One thread of the target, attached and stopped. Every path lets it go on where it was: with its own registers as long as the tool
/// lives, and else through the frame on its stack. All of it runs on the tracer's thread.
/// </summary>
internal sealed unsafe class StoppedThread : IDisposable
{
    private const int TraceClone = 8; // PTRACE_O_TRACECLONE: also attaches to the child before it runs
    private const int TraceVforkDone = 0x20;
    private const int StopPatienceMilliseconds = 200;
    private const int SpinMicroseconds = 300;
    private const int PauseMicroseconds = 20;
    private const int LookEveryMilliseconds = 2;
    private static readonly Machine Processor = Machine.Current;

    private readonly ProcessFiles _files;
    private readonly WaitingCall _call;
    private readonly long _askedAt;
    private bool _isStopped = true;
    private bool _isChanged;
    private bool _isInsideCall;
    private Gadgets _gadgets;
    private ulong _frame;
    private int _signal;

    private StoppedThread(ProcessFiles files, WaitingThread thread, ulong[] registers, ulong mask, long askedAt)
    {
        _files = files;
        _call = thread.Call;
        _askedAt = askedAt;
        Id = thread.Id;
        Registers = registers;
        Mask = mask;
        Vectors = Processor.Vectors(thread.Id);
    }

    /// <summary>Its id.</summary>
    public int Id { get; }

    /// <summary>Its general registers when it was stopped.</summary>
    public ulong[] Registers { get; }

    /// <summary>The signals that it blocked.</summary>
    public ulong Mask { get; }

    /// <summary>Its vector registers.</summary>
    public byte[] Vectors { get; }

    /// <summary>The registers with which it makes its call again by itself.</summary>
    public ulong[] Home => Processor.Again(Registers, _call);

    /// <summary>Since it was asked to stop.</summary>
    public TimeSpan StoppedFor => Stopwatch.GetElapsedTime(_askedAt);

    /// <summary>Attaches to a thread and stops it; null where it does something else by now, or may not be used: then it was let go at once.</summary>
    public static StoppedThread? Stop(ProcessFiles files, WaitingThread thread)
    {
        if (!TraceRequests.Seize(thread.Id, TraceClone | TraceVforkDone))
        {
            return null; // It has ended, or has a tracer.
        }

        long askedAt = Stopwatch.GetTimestamp();
        if (!TraceRequests.Interrupt(thread.Id) || AwaitAsked(thread.Id) is not { } stop)
        {
            // What does not stop is let go when the tracer's thread ends: a running thread cannot be detached from.
            throw new TraceLostException("a thread did not stop");
        }

        if (stop.IsAsked
            && TraceRequests.Registers(thread.Id, Processor.RegisterCount) is { } registers
            && Processor.IsInterrupted(registers, thread.Call)
            && TraceRequests.SignalMask(thread.Id) is { } mask
            && Processor.Objection(thread.Id, files) is null)
        {
            var stopped = new StoppedThread(files, thread, registers, mask, askedAt);
            if (stopped.Vectors.Length > 0)
            {
                return stopped;
            }
        }

        _ = !stop.HasEnded && TraceRequests.Detach(thread.Id);
        return null;
    }

    /// <summary>Writes the frames, sets the registers for a call and lets the thread go, with all its signals blocked.</summary>
    /// <param name="memory">The target's memory file.</param>
    /// <param name="gadgets">The code that it runs.</param>
    /// <param name="plan">The frames.</param>
    /// <param name="calling">The registers that make the call.</param>
    /// <param name="reached">Told between the steps: "the thread returns by itself from here on", and "about to run".</param>
    /// <returns>Whether it runs; otherwise nothing has changed.</returns>
    public bool Begin(Descriptor memory, Gadgets gadgets, InjectionPlan plan, ulong[] calling, Action<MeasureStage> reached)
    {
        reached(MeasureStage.ThreadStopped);
        _gadgets = gadgets;
        _frame = plan.ThreadFrame;
        foreach (var (address, bytes) in plan.Parts)
        {
            fixed (byte* start = bytes)
            {
                if (Libc.WriteAt(memory.Value, start, bytes.Length, (long)address) != bytes.Length)
                {
                    return false;
                }
            }
        }

        // Registers before the mask: a tool that dies in between leaves a thread that goes through the frame, which sets the mask.
        if (!TraceRequests.SetRegisters(Id, calling))
        {
            return false;
        }

        _isChanged = true;
        reached(MeasureStage.CallSet);
        return TraceRequests.SetMask(Id, Machine.AllSignals);
    }

    /// <summary>Lets it run until an event, or until it is seen to wait in its own call again.</summary>
    /// <param name="wanted">The event.</param>
    /// <param name="number">The number of the call that it makes.</param>
    /// <param name="patience">How long the call may take.</param>
    public CallOutcome RunUntil(int wanted, int number, TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        Resume();
        long looked = start;
        while (true)
        {
            if (TraceRequests.Poll(Id) is { } stop)
            {
                var elapsed = Stopwatch.GetElapsedTime(start);
                if (stop.HasEnded)
                {
                    throw new TraceLostException("the thread ended");
                }

                StoppedAt(stop);
                if (stop.Event == wanted)
                {
                    return new CallOutcome(true, elapsed);
                }

                // A group stop, or a signal that cannot be blocked: it is passed on when the thread is let go.
                _signal = stop.IsSignal ? stop.Signal : 0;
                return new CallOutcome(false, elapsed);
            }

            var waited = Stopwatch.GetElapsedTime(start);
            if (waited > patience)
            {
                return Recall(wanted, waited);
            }

            if (Stopwatch.GetElapsedTime(looked).TotalMilliseconds > LookEveryMilliseconds)
            {
                looked = Stopwatch.GetTimestamp();
                if (ThreadChoice.Read(_files, Id) is { } now && now.Number != number && now.StackPointer == _call.StackPointer)
                {
                    return Recall(wanted, waited);
                }
            }

            if (waited.TotalMicroseconds > SpinMicroseconds)
            {
                TracerThread.Pause(PauseMicroseconds);
            }
            else
            {
                Thread.SpinWait(20);
            }
        }
    }

    /// <summary>
    /// A thread that went home by itself, as it is now: it may have gone on from its wait to the next one since, so nothing that was read of it
    /// or written to its stack before holds any more. Null where it is not in the same call. This one is not to be used any more.
    /// </summary>
    public StoppedThread? Renewed()
    {
        if (!_isStopped || _isChanged
            || TraceRequests.Registers(Id, Processor.RegisterCount) is not { } now || !now.AsSpan().SequenceEqual(Registers)
            || TraceRequests.SignalMask(Id) is not { } mask)
        {
            return null;
        }

        _isStopped = false;
        return new StoppedThread(_files, new WaitingThread(Id, _call), now, mask, _askedAt);
    }

    /// <summary>Lets it run for a moment and stops it again: as it was asked to, or because it has made a child.</summary>
    public TraceStop RunFor(int microseconds)
    {
        Resume();
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds)
        {
            Thread.SpinWait(5);
        }

        return TraceRequests.Interrupt(Id) ? AwaitStop(TraceStop.CloneEvent) : throw new TraceLostException("the thread ended");
    }

    /// <summary>
    /// Takes it from the call that it was made to make, before it runs any instruction, and gives it its own registers and mask again. One that
    /// went home by itself keeps what it has: it may have gone on from its wait, and its old registers would lead into frames that are no more.
    /// So does one that is in the middle of the call, where the call's result would be taken for that of its own wait: it goes home through its frame.
    /// </summary>
    /// <returns>Whether it has its own registers, or goes home.</returns>
    public bool Restore()
    {
        if (!_isStopped || !_isChanged || _isInsideCall)
        {
            return _isStopped;
        }

        if (IsHome())
        {
            return true;
        }

        // The mask before the registers: with the frame's address still in its stack pointer it comes back by itself with the mask.
        bool isBack = TraceRequests.SetMask(Id, Mask) && TraceRequests.SetRegisters(Id, Processor.Back(Registers, _call));
        _isChanged = !isBack;
        return isBack;
    }

    /// <summary>From an event in the middle of a call to its end, where it stops before it runs any instruction.</summary>
    public bool FinishCall()
    {
        // Asked while it is stopped, it cannot be quicker than the request (kernel/ptrace.c, PTRACE_INTERRUPT; kernel/signal.c: a request
        // that is made during a stop stays pending after it).
        if (!TraceRequests.Interrupt(Id))
        {
            throw new TraceLostException("the thread ended");
        }

        Resume();
        return AwaitStop().IsAsked;
    }

    /// <summary>
    /// Whether a stopped thread has gone back through its frame by itself, or is on the way, so that its own call has started again. Otherwise it is
    /// at the call that it was made to make, and is brought back when it is let go.
    /// </summary>
    public bool IsHome()
    {
        if (TraceRequests.Registers(Id, Processor.RegisterCount) is not { } now || (Processor.IsAt(now, _gadgets.Call) && Processor.StackPointer(now) == _frame))
        {
            return false;
        }

        // The stop must not show in its wait.
        if (_isChanged && Processor.IsInterrupted(now, _call))
        {
            _ = TraceRequests.SetRegisters(Id, Processor.Back(now, _call));
        }

        _isChanged = false;
        return true;
    }

    /// <summary>Lets it go. Where its registers could not be set it returns through the frame.</summary>
    public void Dispose()
    {
        if (_isStopped)
        {
            _ = Restore();
            _ = TraceRequests.Detach(Id, _signal);
            _isStopped = false;
        }
    }

    private void Resume()
    {
        if (!TraceRequests.Resume(Id, 0))
        {
            throw new TraceLostException("the thread ended");
        }

        _isStopped = false;
    }

    private void StoppedAt(TraceStop stop)
    {
        _isStopped = !stop.HasEnded;
        _isInsideCall = stop.IsInsideCall;
    }

    private TraceStop AwaitStop(int orEvent = 0)
    {
        if (AwaitAsked(Id, orEvent) is not { } stop)
        {
            throw new TraceLostException("a thread did not stop");
        }

        StoppedAt(stop);
        return _isStopped ? stop : throw new TraceLostException("the thread ended");
    }

    /// <summary>Stops a thread from which no event came: the kernel refused the call, and it is in its own one again.</summary>
    private CallOutcome Recall(int wanted, TimeSpan waited)
    {
        if (!TraceRequests.Interrupt(Id))
        {
            throw new TraceLostException("the thread ended");
        }

        // The event may come after all.
        var stop = AwaitAsked(Id, wanted) ?? throw new TraceLostException("a thread did not stop");
        StoppedAt(stop);
        return stop.HasEnded ? throw new TraceLostException("the thread ended") : new CallOutcome(stop.Event == wanted, waited);
    }

    /// <summary>Waits until a thread has stopped as it was asked to; signals that come before are delivered.</summary>
    private static TraceStop? AwaitAsked(int thread, int orEvent = 0)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TraceRequests.Poll(thread) is not { } stop)
            {
                if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > StopPatienceMilliseconds)
                {
                    return null;
                }

                TracerThread.Pause(PauseMicroseconds / 4);
                continue;
            }

            if (stop.HasEnded || stop.Event == TraceStop.StopEvent || (orEvent != 0 && stop.Event == orEvent))
            {
                return stop;
            }

            if (!TraceRequests.Resume(thread, stop.IsSignal ? stop.Signal : 0))
            {
                return null;
            }
        }
    }
}

/// <summary>A traced thread is not where it should be: the tracer's thread must end, so that the kernel lets it go.</summary>
/// <param name="message">What happened.</param>
internal class TraceLostException(string message) : Exception(message);
