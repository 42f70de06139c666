using ForkLint.Heap;

namespace ForkLint.Tool.Dumping;

/// <summary>What became of a gcdump.</summary>
/// <param name="Path">The file.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Summary">What is in it.</param>
internal sealed record WrittenGcDump(string Path, long LengthBytes, GcDumpSummary Summary)
{
    /// <summary>How long the application stood still, in microseconds; null where that was not measured, or nothing stood still.</summary>
    public long? Stood { get; init; }

    /// <summary>Whether the application itself was read while it ran, because there was no copy.</summary>
    public bool IsOfRunningProcess { get; init; }
}
