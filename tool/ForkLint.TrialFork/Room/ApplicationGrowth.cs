using System.Diagnostics;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// What the application itself may add to its memory cgroup while a child lives: what it allocates and the processes it starts, as far as a short look shows,
/// and what it writes, which copies pages. What it writes cannot be seen from outside, so a busy application counts with what its processors can copy before
/// the child is ended.
/// </summary>
internal static class ApplicationGrowth
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);
    private const int StepMilliseconds = 5;

    /// <summary>
    /// An estimate: a busy processor copies some 1 GiB/s page by page, and on a crowded machine a quarter of a second may pass between the fork and the moment
    /// when the child is watched.
    /// </summary>
    private const long CopiedByProcessorBytes = 256L << 20;

    /// <summary>What an application that works now and then may copy in one of its turns.</summary>
    private const long CopiedInATurnBytes = 16L << 20;

    /// <summary>The kernel counts processor time in steps of 10 ms: up to this, one step was seen.</summary>
    private const double NowAndThen = 0.1;

    /// <summary>The bytes. Takes a moment: it is asked only where the room is not plenty.</summary>
    /// <param name="target">The application.</param>
    /// <param name="cgroup">The limits over it.</param>
    /// <param name="copyableBytes">Its anonymous memory: a page is copied once at most.</param>
    public static long Observe(Target target, MemoryCgroup cgroup, long copyableBytes)
    {
        long start = Stopwatch.GetTimestamp();
        double before = ProcessorSeconds(target);
        long lowest = long.MaxValue;
        long highest = 0;
        while (Stopwatch.GetElapsedTime(start) < Look)
        {
            // Page cache moves too, and is given up before anything is killed.
            long used = cgroup.ReadAgain() is { IsOk: true, Value: { } now } ? now.UnreclaimableBytes : cgroup.UnreclaimableBytes;
            lowest = Math.Min(lowest, used);
            highest = Math.Max(highest, used);
            if (target.PidDescriptor.IsReadable(StepMilliseconds))
            {
                break;
            }
        }

        double busy = (ProcessorSeconds(target) - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        return Predict(busy, Math.Max(0, highest - lowest), copyableBytes);
    }

    /// <summary>The same on values.</summary>
    /// <param name="busyProcessors">How many processors the application kept busy.</param>
    /// <param name="swingBytes">How far its cgroup's usage moved meanwhile.</param>
    /// <param name="copyableBytes">Its anonymous memory.</param>
    internal static long Predict(double busyProcessors, long swingBytes, long copyableBytes)
    {
        long copied = busyProcessors switch
        {
            <= 0 => 0,
            <= NowAndThen => CopiedInATurnBytes,
            _ => (long)Math.Ceiling(busyProcessors) * CopiedByProcessorBytes,
        };

        // The look is short: what it saw may happen twice, and not at the same phase.
        return Math.Min(copied, copyableBytes) + (2 * swingBytes);
    }

    private static double ProcessorSeconds(Target target) =>
        target.Files.Stat().TryGet(out var stat) ? (stat.UserTicks + stat.SystemTicks) / 100.0 : 0;
}
