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
    public static MemoryRollup Sum(IReadOnlyList<Mapping> mappings)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        long resident = 0, proportional = 0, privateClean = 0, privateDirty = 0, sharedClean = 0, sharedDirty = 0, anonymous = 0, hugePages = 0, swap = 0;
        for (var index = 0; index < mappings.Count; index++)
        {
            var mapping = mappings[index];
            resident += mapping.ResidentBytes;
            proportional += mapping.ProportionalBytes;
            privateClean += mapping.PrivateCleanBytes;
            privateDirty += mapping.PrivateDirtyBytes;
            sharedClean += mapping.SharedCleanBytes;
            sharedDirty += mapping.SharedDirtyBytes;
            anonymous += mapping.AnonymousBytes;
            hugePages += mapping.AnonymousHugePageBytes;
            swap += mapping.SwapBytes;
        }

        return new MemoryRollup
        {
            ResidentBytes = resident,
            ProportionalBytes = proportional,
            PrivateCleanBytes = privateClean,
            PrivateDirtyBytes = privateDirty,
            SharedCleanBytes = sharedClean,
            SharedDirtyBytes = sharedDirty,
            AnonymousBytes = anonymous,
            AnonymousHugePageBytes = hugePages,
            SwapBytes = swap,
        };
    }
}
