namespace ForkLint.Linux;

/// <summary>The sums over all mappings, as <c>/proc/PID/smaps_rollup</c> (Linux 4.14) gives them in one go.</summary>
public sealed record MemoryRollup
{
    /// <summary>Resident, shared pages included (Rss).</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Resident, each page divided by the number of processes that map it (Pss).</summary>
    public required long ProportionalBytes { get; init; }

    /// <summary>Pages of this process alone, not written (Private_Clean).</summary>
    public required long PrivateCleanBytes { get; init; }

    /// <summary>Pages of this process alone, written (Private_Dirty): what copy-on-write made private grows here, and not in Rss.</summary>
    public required long PrivateDirtyBytes { get; init; }

    /// <summary>Pages that others map too, not written (Shared_Clean).</summary>
    public required long SharedCleanBytes { get; init; }

    /// <summary>Pages that others map too, written (Shared_Dirty).</summary>
    public required long SharedDirtyBytes { get; init; }

    /// <summary>Pages that belong to no file (Anonymous).</summary>
    public required long AnonymousBytes { get; init; }

    /// <summary>Transparent huge pages among them (AnonHugePages).</summary>
    public required long AnonymousHugePageBytes { get; init; }

    /// <summary>Pages in swap (Swap).</summary>
    public required long SwapBytes { get; init; }

    /// <summary>The unique set size: what would come back if the process ended (USS).</summary>
    public long UniqueBytes => PrivateCleanBytes + PrivateDirtyBytes;

    /// <summary>The same sums made from the mappings: for kernels without smaps_rollup. Pss differs by rounding, less than 1 KiB a mapping.</summary>
    public static MemoryRollup Sum(IEnumerable<Mapping> mappings)
    {
        var sum = new MemoryRollup
        {
            ResidentBytes = 0,
            ProportionalBytes = 0,
            PrivateCleanBytes = 0,
            PrivateDirtyBytes = 0,
            SharedCleanBytes = 0,
            SharedDirtyBytes = 0,
            AnonymousBytes = 0,
            AnonymousHugePageBytes = 0,
            SwapBytes = 0,
        };
        return mappings.Aggregate(sum, static (total, mapping) => new MemoryRollup
        {
            ResidentBytes = total.ResidentBytes + mapping.ResidentBytes,
            ProportionalBytes = total.ProportionalBytes + mapping.ProportionalBytes,
            PrivateCleanBytes = total.PrivateCleanBytes + mapping.PrivateCleanBytes,
            PrivateDirtyBytes = total.PrivateDirtyBytes + mapping.PrivateDirtyBytes,
            SharedCleanBytes = total.SharedCleanBytes + mapping.SharedCleanBytes,
            SharedDirtyBytes = total.SharedDirtyBytes + mapping.SharedDirtyBytes,
            AnonymousBytes = total.AnonymousBytes + mapping.AnonymousBytes,
            AnonymousHugePageBytes = total.AnonymousHugePageBytes + mapping.AnonymousHugePageBytes,
            SwapBytes = total.SwapBytes + mapping.SwapBytes,
        });
    }
}
