using System.Runtime.ExceptionServices;

namespace ForkLint.TrialFork;

/// <summary>
/// The one thread that makes all requests of a tracer: the kernel takes them from the thread that attached only. When it ends, the kernel
/// lets go of everything that it still traces.
/// </summary>
internal sealed class TracerThread : IDisposable
{
    private const int StackBytes = 256 << 10;
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK
    private readonly Thread _thread;
    private readonly object _gate = new();
    private Action? _work;
    private bool _isOver;

    public TracerThread()
    {
        _thread = new Thread(Work, StackBytes) { IsBackground = true, Name = "tracer" };
        _thread.Start();
    }

    /// <summary>Runs something on the thread and waits for it; an exception is thrown here.</summary>
    public T Run<T>(Func<T> body)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        bool isDone = false;
        lock (_gate)
        {
            _work = () =>
            {
                try
                {
                    result = body();
                }
                catch (Exception thrown)
                {
                    failure = ExceptionDispatchInfo.Capture(thrown);
                }

                isDone = true;
            };
            Monitor.PulseAll(_gate);
            while (!isDone)
            {
                Monitor.Wait(_gate);
            }
        }

        failure?.Throw();
        return result;
    }

    /// <summary>Sleeps for so many microseconds, to within a few.</summary>
    public static unsafe void Pause(int microseconds)
    {
        long* time = stackalloc long[2];
        time[0] = 0;
        time[1] = microseconds * 1000L;
        _ = Libc.SystemCall(Libc.IsArm64 ? 101 : 35, (nint)time, 0, 0, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private void Work()
    {
        // A timer may come 50 microseconds late by default, which is more than the fork of a small program takes.
        _ = Libc.SystemCall(Libc.IsArm64 ? 167 : 157, SetTimerSlack, 1, 0, 0);
        lock (_gate)
        {
            while (!_isOver)
            {
                if (_work is { } work)
                {
                    _work = null;
                    work();
                    Monitor.PulseAll(_gate);
                }
                else
                {
                    Monitor.Wait(_gate);
                }
            }
        }
    }
}
