using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ForkLint.Agent;

/// <summary>
/// A thread that does what the application's threads do, write memory, old and new, and notes the longest time between two writes. It runs
/// only within a window.
/// </summary>
[SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nothing may reach the application.")]
internal sealed unsafe class StallWatcher : IDisposable
{
    private const int StackBytes = 256 * 1024;
    private const int PageBytes = AgentPages.PageBytes;
    private const int DontNeed = 4; // MADV_DONTNEED

    private readonly NativeFunctions _libc;
    private readonly byte* _memory;
    private readonly AutoResetEvent _go = new(false);
    private readonly AutoResetEvent _finished = new(false);
    private readonly Thread _thread;
    private bool _isWatching;
    private bool _stop;
    private bool _end;
    private long _rounds;
    private long _longestTicks;

    public StallWatcher(NativeFunctions libc, AgentMemory memory)
    {
        _libc = libc;
        _memory = memory.Watched;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "forklint-watch" };
        _thread.UnsafeStart();
    }

    /// <summary>Opens the window and returns once the watcher is writing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Begin()
    {
        Volatile.Write(ref _stop, false);
        Volatile.Write(ref _isWatching, false);
        _go.Set();
        while (!Volatile.Read(ref _isWatching))
        {
            Thread.Yield();
        }
    }

    /// <summary>
    /// Lets the watcher write each of its pages once more (the first write to a page after a fork costs a fault), closes the window and
    /// returns the longest time between two writes, in nanoseconds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long EndNanoseconds()
    {
        long until = Volatile.Read(ref _rounds) + 2;
        while (Volatile.Read(ref _rounds) < until)
        {
            Thread.Yield();
        }

        Volatile.Write(ref _stop, true);
        _finished.WaitOne();
        return (long)(_longestTicks * (1e9 / Stopwatch.Frequency));
    }

    /// <summary>Ends the thread, in a window or not, and waits for it: its stack goes with it.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _end, true);
        Volatile.Write(ref _stop, true);
        _go.Set();
        _thread.Join();
        _go.Dispose();
        _finished.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                _go.WaitOne();
                if (Volatile.Read(ref _end))
                {
                    return;
                }

                Watch();
                _finished.Set();
            }
        }
        catch
        {
        }
    }

    // Optimised at once: a tiered method would be recompiled in the background while a trial runs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Watch()
    {
        long longest = 0;
        int offset = 0;
        long last = Stopwatch.GetTimestamp();
        while (!Volatile.Read(ref _stop))
        {
            Volatile.Write(ref _memory[offset], (byte)(_memory[offset] + 1));
            long now = Stopwatch.GetTimestamp();
            longest = Math.Max(longest, now - last);
            last = now;
            offset += PageBytes;
            if (offset == AgentPages.WatchedBytes)
            {
                offset = 0;

                // A few pages stay in the processor's translation buffer, writable, until the fork flushes it at its end. A page that is
                // new each round is not there: its fault waits for the fork, as that of any thread that touches fresh memory
                // (mm/memory.c, lock_vma_under_rcu; kernel/fork.c, dup_mmap).
                _ = _libc.AdviseMemory(_memory, PageBytes, DontNeed);
                Volatile.Write(ref _rounds, _rounds + 1);
                Volatile.Write(ref _isWatching, true);
            }
        }

        _longestTicks = longest;
    }
}
