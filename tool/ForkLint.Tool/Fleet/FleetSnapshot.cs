using ForkLint.Linux;

namespace ForkLint.Tool.Fleet;

/// <summary>The result of one read of the processes of a machine, and its cost.</summary>
internal sealed record FleetSnapshot
{
    /// <summary>The processes, the oldest first.</summary>
    public required IReadOnlyList<FleetProcess> Processes { get; init; }

    /// <summary>The memory cgroups that limit them, by name.</summary>
    public required IReadOnlyList<FleetCgroup> Cgroups { get; init; }

    /// <summary>The machine; null where /proc does not say.</summary>
    public HostMemory? Machine { get; init; }

    /// <summary>How many processes the kernel has killed because memory ran out, since the machine was started; null where it does not say.</summary>
    public long? MachineOomKills { get; init; }

    /// <summary>How many .NET processes were found that were asked for.</summary>
    public required int Found { get; init; }

    /// <summary>How many of <see cref="Processes"/> belong to others, so that their mappings may not be read; null where none was asked for.</summary>
    public int? Unreadable { get; init; }

    /// <summary>How many were left out because there are more than are wanted.</summary>
    public int LeftOut => Found - Processes.Count;

    /// <summary>How many processes had their mappings read; those of the others have not changed since they were read.</summary>
    public int MappingsRead { get; init; }

    /// <summary>How long the look took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The processor time that it took, of all threads.</summary>
    public TimeSpan ProcessorTime { get; init; }

    /// <summary>How many looks there were, this one included.</summary>
    public long Looks { get; init; } = 1;

    /// <summary>What this tool has in memory, shared pages included.</summary>
    public long OwnResidentBytes { get; init; }
}
