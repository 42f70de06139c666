using System.Diagnostics;

namespace HeapScenarios;

/// <summary>A thread that writes a thousand times a second, and remembers the longest time between two writes.</summary>
internal static class Heartbeat
{
    private static Thread? _thread;
    private static long _longestTicks;

    /// <summary>The longest gap since the last call, in microseconds; the first call starts the thread.</summary>
    public static long LongestMicroseconds()
    {
        if (_thread is null)
        {
            _thread = new Thread(Beat) { IsBackground = true };
            _thread.Start();
        }

        return Interlocked.Exchange(ref _longestTicks, 0) * 1_000_000 / Stopwatch.Frequency;
    }

    private static void Beat()
    {
        // A page that was never touched each time: writing to it must wait while the address space is being copied.
        byte[] written = GC.AllocateUninitializedArray<byte>(256 << 20);
        long last = Stopwatch.GetTimestamp();
        for (int i = 0; ; i = (i + 4096) % written.Length)
        {
            written[i]++;
            long now = Stopwatch.GetTimestamp();
            if (now - last > Interlocked.Read(ref _longestTicks))
            {
                Interlocked.Exchange(ref _longestTicks, now - last);
            }

            last = now;

            // It must not take a processor from those it is measured beside.
            Thread.Sleep(1);
        }
    }
}
