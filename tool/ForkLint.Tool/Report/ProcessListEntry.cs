namespace ForkLint.Tool.Report;

/// <summary>One line of <c>ps</c>. Null stands for what could not be read, or was not with <c>--fast</c>.</summary>
internal sealed record ProcessListEntry
{
    /// <summary>Its id, in the pid namespace of the tool.</summary>
    public int Pid { get; init; }

    /// <summary>The managed entry assembly where it is known, else the executable.</summary>
    public string Name { get; init; } = "";

    /// <summary>The version of the .NET runtime, such as <c>10.0.12</c>.</summary>
    public string? Runtime { get; init; }

    /// <summary>The path of its program and its arguments; what has blanks stands in quotes.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Whether it runs .NET in any form.</summary>
    public bool IsDotNet { get; init; } = true;

    /// <summary>Pages in memory, shared ones included (VmRSS).</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>Pages that no other process maps (USS).</summary>
    public long? UniqueBytes { get; init; }

    /// <summary>What its next fork would be charged.</summary>
    public long? CommitChargeBytes { get; init; }

    /// <summary>Whether that fork would succeed here; null when it is uncertain or unknown.</summary>
    public bool? ForkSucceeds { get; init; }

    /// <summary>How much memory is left for a child beside it, below the tightest limit; negative where that limit is overrun.</summary>
    public long? RoomBytes { get; init; }
}
