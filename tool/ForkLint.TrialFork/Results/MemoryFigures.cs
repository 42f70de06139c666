using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>One process's memory. Null: this kernel, or this way of measuring, does not say.</summary>
public sealed record MemoryFigures
{
    /// <summary>The size of the address space, reserves included.</summary>
    public long? VirtualBytes { get; init; }

    /// <summary>The resident set (RSS): shared pages count in full.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>The anonymous part of the resident set.</summary>
    public long? AnonymousBytes { get; init; }

    /// <summary>The proportional set (PSS): a page that n processes share counts for 1/n.</summary>
    public long? ProportionalBytes { get; init; }

    /// <summary>The unique set (USS): pages that no other process maps.</summary>
    public long? UniqueBytes { get; init; }

    /// <summary>Page tables.</summary>
    public long? PageTableBytes { get; init; }

    /// <summary>The part of the anonymous memory that lies in huge pages.</summary>
    public long? AnonymousHugePageBytes { get; init; }

    /// <summary>What a fork of this process is charged for.</summary>
    public long? CommitChargeBytes { get; init; }

    /// <summary>Sums the mappings; the status adds what they do not say.</summary>
    internal static MemoryFigures From(IReadOnlyList<Mapping> mappings, ProcessStatus? status)
    {
        var sum = MemoryRollup.Sum(mappings);
        return new MemoryFigures
        {
            VirtualBytes = status?.VirtualBytes,
            ResidentBytes = sum.ResidentBytes,
            AnonymousBytes = sum.AnonymousBytes,
            ProportionalBytes = sum.ProportionalBytes,
            UniqueBytes = sum.UniqueBytes,
            PageTableBytes = status?.PageTableBytes,
            AnonymousHugePageBytes = sum.AnonymousHugePageBytes,
            CommitChargeBytes = CommitCharge.PredictBytes(mappings),
        };
    }
}
