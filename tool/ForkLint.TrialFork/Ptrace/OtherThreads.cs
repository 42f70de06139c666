using System.Diagnostics;
using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// All threads of a process but one, stopped for the moment of a fork. Nothing of them is changed, with one exception: a few calls fail with
/// EINTR after a stop (signal(7)), and a thread that waited in one of those makes it again, as if nothing had been. All of it runs on the
/// tracer's thread; where that ends, the kernel lets every thread go.
/// </summary>
internal sealed class OtherThreads : IDisposable
{
    private const int PauseMicroseconds = 5;
    private const int FloatingRegisters = 2; // NT_PRFPREG
    private const int MostFloatingBytes = 4096;
    private static readonly Machine Processor = Machine.Current;

    private readonly ProcessFiles _files;
    private readonly Dictionary<int, WaitingCall> _calls = [];
    private readonly Dictionary<int, ulong[]> _interrupted = [];
    private readonly HashSet<int> _asked = [];
    private readonly List<int> _stopped = [];

    private OtherThreads(ProcessFiles files, int except)
    {
        _files = files;
        _asked.Add(except);
    }

    /// <summary>The threads that are stopped.</summary>
    public IReadOnlyList<int> Stopped => _stopped;

    /// <summary>Stops every thread but one, those that are created meanwhile among them.</summary>
    /// <param name="files">The process.</param>
    /// <param name="except">The thread that is stopped already.</param>
    /// <param name="patience">How long it may take until the last one has stopped.</param>
    /// <exception cref="ThreadsDidNotStopException">One of them does not stop: the tracer's thread must end.</exception>
    public static OtherThreads Stop(ProcessFiles files, int except, TimeSpan patience)
    {
        var others = new OtherThreads(files, except);

        // Before the first of them is stopped, so that none waits for it.
        foreach (int thread in files.Threads().ValueOr([]))
        {
            if (thread != except && ThreadChoice.Read(files, thread) is { FailsAfterStop: true } call)
            {
                others._calls[thread] = call;
            }
        }

        others.StopAll(patience);
        return others;
    }

    /// <summary>The registers of a stopped thread; null where it ended meanwhile (a thread that is killed ends even while it is stopped).</summary>
    /// <param name="files">The process.</param>
    /// <param name="thread">The thread, as this process sees it.</param>
    /// <param name="general">Its general registers where they are known already.</param>
    public static ThreadRegisters? Registers(ProcessFiles files, int thread, ulong[]? general = null)
    {
        general ??= TraceRequests.Registers(thread, Processor.RegisterCount);
        if (general is null)
        {
            return null;
        }

        var bytes = new byte[general.Length * sizeof(ulong)];
        Buffer.BlockCopy(general, 0, bytes, 0, bytes.Length);
        return new ThreadRegisters(OwnId(files, thread), bytes, TraceRequests.RegisterSet(thread, FloatingRegisters, MostFloatingBytes));
    }

    /// <summary>Lets all of them go on.</summary>
    public void Dispose()
    {
        foreach (int thread in _stopped)
        {
            // With a signal that came meanwhile EINTR is right: its handler runs when the thread goes on, and the call may not be made again after it.
            if (_interrupted.TryGetValue(thread, out var registers) && HasPendingSignal(thread))
            {
                _ = TraceRequests.SetRegisters(thread, registers);
            }

            _ = TraceRequests.Detach(thread);
        }

        _stopped.Clear();
    }

    private void StopAll(TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        var running = new List<int>();
        do
        {
            // A thread that still ran may have created another: it is over when a whole look finds none that is new.
            foreach (int thread in _files.Threads().ValueOr([]))
            {
                if (_asked.Add(thread) && TraceRequests.Seize(thread, 0))
                {
                    if (!TraceRequests.Interrupt(thread))
                    {
                        throw new ThreadsDidNotStopException("a thread ended while it was attached to");
                    }

                    running.Add(thread);
                }
            }

            if (running.Count == 0)
            {
                return;
            }

            while (running.Count > 0)
            {
                running.RemoveAll(HasStopped);
                if (running.Count > 0)
                {
                    if (Stopwatch.GetElapsedTime(start) > patience)
                    {
                        throw new ThreadsDidNotStopException(string.Create(CultureInfo.InvariantCulture, $"{running.Count} of its threads did not stop within {patience.TotalMilliseconds:F0} ms"));
                    }

                    TracerThread.Pause(PauseMicroseconds);
                }
            }
        }
        while (true);
    }

    private bool HasStopped(int thread)
    {
        if (TraceRequests.Poll(thread) is not { } stop)
        {
            return false;
        }

        if (stop.HasEnded)
        {
            return true;
        }

        if (stop.IsAsked)
        {
            _stopped.Add(thread);
            Rewind(thread);
            return true;
        }

        // A signal comes before the stop that was asked for: it is delivered, and the stop follows.
        return stop.IsSignal
            ? TraceRequests.Resume(thread, stop.Signal) ? false : throw new ThreadsDidNotStopException("a thread ended")
            : throw new ThreadsDidNotStopException("the process was stopped by a signal");
    }

    /// <summary>At once, so that a tool that dies later leaves a thread that makes its call again.</summary>
    private void Rewind(int thread)
    {
        if (_calls.TryGetValue(thread, out var call)
            && TraceRequests.Registers(thread, Processor.RegisterCount) is { } registers
            && Processor.IsInterrupted(registers, call)
            && Processor.StackPointer(registers) == call.StackPointer
            && !HasPendingSignal(thread)
            && Processor.Back(registers, call) is var again && !ReferenceEquals(again, registers)
            && TraceRequests.SetRegisters(thread, again))
        {
            _interrupted[thread] = registers;
        }
    }

    private bool HasPendingSignal(int thread) =>
        !_files.Thread(thread).Status().TryGet(out var status) || ((status.PendingSignals ?? 0) | (status.SharedPendingSignals ?? 0)) != 0;

    /// <summary>The thread's number in the innermost pid namespace (NSpid, Linux 4.1).</summary>
    private static int OwnId(ProcessFiles files, int thread) =>
        files.Thread(thread).NamespacePids() is { IsOk: true, Value: [.., var innermost] } ? innermost : thread;
}

/// <summary>A thread of the process did not stop: those that did are let go when the tracer's thread ends.</summary>
/// <param name="message">What happened.</param>
internal sealed class ThreadsDidNotStopException(string message) : TraceLostException(message);
