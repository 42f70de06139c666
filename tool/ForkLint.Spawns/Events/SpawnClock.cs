using System.Diagnostics;

namespace ForkLint.Spawns.Events;

/// <summary>The clock of the kernel's events.</summary>
internal static class SpawnClock
{
    /// <summary>CLOCK_MONOTONIC, in nanoseconds.</summary>
    public static long NowNanoseconds() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
