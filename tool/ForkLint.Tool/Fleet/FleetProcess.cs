using ForkLint.Linux;

namespace ForkLint.Tool.Fleet;

/// <summary>What is known of one .NET process. Null stands for what could not be read.</summary>
internal sealed record FleetProcess
{
    /// <summary>Its id, in the pid namespace of the tool.</summary>
    public required int Pid { get; init; }

    /// <summary>The managed entry assembly where it is known, else the executable. It is untrusted: an output must escape it.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the .NET runtime; null where the files do not say it.</summary>
    public string? Runtime { get; init; }

    /// <summary>The memory cgroup below whose limit there is least room; null without a limit.</summary>
    public string? Group { get; init; }

    /// <summary>Pages in memory, shared ones included (VmRSS).</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>The size of its address space (VmSize).</summary>
    public long? VirtualBytes { get; init; }

    /// <summary>Pages in memory, each divided by the number of processes that map it (PSS).</summary>
    public long? ProportionalBytes { get; init; }

    /// <summary>Pages that no other process maps (USS).</summary>
    public long? UniqueBytes { get; init; }

    /// <summary>What its next fork would be charged.</summary>
    public long? ChargeBytes { get; init; }

    /// <summary>Whether that fork would succeed here; null where its mappings may not be read.</summary>
    public Answer? ForkSucceeds { get; init; }

    /// <summary>What would be left after the fork below the limit that decides; negative where so much is missing; null where no bytes decide.</summary>
    public long? ForkMarginBytes { get; init; }

    /// <summary>The limit with the least room for a child beside it; null where one applies that cannot be seen from here.</summary>
    public MemoryRoom? Tightest { get; init; }

    /// <summary>How large the collector lets its heap become; null where nothing but the machine's memory bounds it, or where that is not known.</summary>
    public long? CollectorCeilingBytes { get; init; }

    /// <summary>What of the collector's heap is in memory; null where it cannot be told from outside.</summary>
    public long? CollectorResidentBytes { get; init; }

    /// <summary>How many processes it and its descendants have started and still run.</summary>
    public int Children { get; init; }

    /// <summary>The highest resident set that one of these has had in a program of its own; null without any.</summary>
    public long? ChildPeakBytes { get; init; }
}
