using System.Diagnostics;

namespace HeapScenarios;

/// <summary>A thread that writes without a pause, and remembers the longest it was kept from it.</summary>
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
        byte[] written = new byte[1 << 20];
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
        }
    }
}
