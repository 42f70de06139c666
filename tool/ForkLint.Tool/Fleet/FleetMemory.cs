using ForkLint.Heap.Native;
using ForkLint.Linux;

namespace ForkLint.Tool.Fleet;

/// <summary>
/// What the mappings of a process say. To read them holds its mmap lock, so they are kept until a figure of its status changes, which costs nothing to read.
/// </summary>
internal sealed record FleetMemory
{
    /// <summary>What its next fork would need.</summary>
    public required ForkCandidate Candidate { get; init; }

    /// <summary>The sums over all mappings.</summary>
    public required MemoryRollup Sums { get; init; }

    /// <summary>What its next fork would be charged.</summary>
    public required long ChargeBytes { get; init; }

    /// <summary>What of the collector's heap is in memory; null where its place cannot be told.</summary>
    public long? CollectorResidentBytes { get; init; }

    /// <summary>The status that they belong to.</summary>
    public required ProcessStatus Status { get; init; }

    /// <summary>When they were read, as <see cref="Environment.TickCount64"/> counts.</summary>
    public required long ReadAtMilliseconds { get; init; }

    /// <summary>Reads them.</summary>
    /// <param name="process">The process.</param>
    /// <param name="status">Its status, read before.</param>
    public static Reading<FleetMemory> Read(ProcessFiles process, ProcessStatus status) => process.Mappings().Then(mappings =>
        ForkCandidate.Read(process, mappings).Select(candidate => new FleetMemory
        {
            Candidate = candidate,
            Sums = MemoryRollup.Sum(mappings),
            ChargeBytes = CommitCharge.PredictBytes(mappings),
            CollectorResidentBytes = CollectorResident(mappings),
            Status = status,
            ReadAtMilliseconds = Environment.TickCount64,
        }));

    /// <summary>Whether they are still those of a process, as far as its status tells: every size that it has, and what it may do.</summary>
    /// <param name="now">The status now.</param>
    public bool IsOf(ProcessStatus now) =>
        (now.VirtualBytes, now.AnonymousBytes, now.FileBytes, now.SharedMemoryBytes) == (Status.VirtualBytes, Status.AnonymousBytes, Status.FileBytes, Status.SharedMemoryBytes)
        && (now.PageTableBytes, now.DataBytes, now.StackBytes, now.SwapBytes) == (Status.PageTableBytes, Status.DataBytes, Status.StackBytes, Status.SwapBytes)
        && (now.EffectiveCapabilities, now.RealUid) == (Status.EffectiveCapabilities, Status.RealUid);

    private static long? CollectorResident(IReadOnlyList<Mapping> mappings)
    {
        var ranges = CollectorReserve.Find(mappings);
        return ranges.Count == 0
            ? null
            : mappings.Where(mapping => ranges.Any(range => mapping.Start >= range.Start && mapping.End <= range.End)).Sum(static mapping => mapping.AnonymousBytes);
    }
}
