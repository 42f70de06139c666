using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>How much memory the calibration may touch: a small part of what is free, for the machine and for the tool's own memory cgroup.</summary>
internal static class CalibrationRoom
{
    private const int Part = 32;

    /// <summary>The bytes, at the time of the call.</summary>
    /// <param name="host">The machine's memory.</param>
    public static long Bytes(HostMemory host) =>
        Bytes(host.AvailableBytes, MemoryCgroup.ForProcess(Environment.ProcessId).ValueOr(null)?.TightestLimit.HeadRoomBytes);

    /// <summary>The bytes.</summary>
    /// <param name="availableBytes">Free on the machine or reclaimable.</param>
    /// <param name="headRoomBytes">Left in the tool's own memory cgroup; null where none limits it.</param>
    internal static long Bytes(long availableBytes, long? headRoomBytes) =>
        Math.Max(0, Math.Min(availableBytes, headRoomBytes ?? long.MaxValue)) / Part;
}
