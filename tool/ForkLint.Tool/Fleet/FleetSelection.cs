namespace ForkLint.Tool.Fleet;

/// <summary>Which .NET processes are read, and how much of them.</summary>
internal sealed record FleetSelection
{
    /// <summary>A number of processes that a metrics system can hold: each has some twenty series.</summary>
    public const int DefaultMostProcesses = 250;

    /// <summary>The only process; null for all.</summary>
    public int? Pid { get; init; }

    /// <summary>Those with this name, or where there is none with this in their name, without regard to case; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>How many at most: the oldest, so that the choice stays the same between reads.</summary>
    public int MostProcesses { get; init; } = DefaultMostProcesses;

    /// <summary>Whether no mappings are read: PSS, USS, the resident heap, the charge of a fork and its verdict stay null.</summary>
    public bool IsFast { get; init; }
}
