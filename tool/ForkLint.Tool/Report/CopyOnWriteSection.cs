namespace ForkLint.Tool.Report;

/// <summary>How memory became private while a child was held.</summary>
internal sealed record CopyOnWriteSection
{
    /// <summary>How long the child was held.</summary>
    public double? HeldMilliseconds { get; init; }

    /// <summary>True when the child was ended early because memory ran short.</summary>
    public bool Truncated { get; init; }

    /// <summary>Memory that both sides shared right after the fork: the most that copy-on-write can add.</summary>
    public long? SharedAtForkBytes { get; init; }

    /// <summary>What the child wrote on request.</summary>
    public long? ChildWrittenBytes { get; init; }

    /// <summary>Both sides over time. The first is right at the fork; with writes on request, the second is right after them.</summary>
    public IReadOnlyList<CopyOnWriteSampleSection> Samples { get; init; } = [];
}

/// <summary>Both sides of a held fork at one moment.</summary>
internal sealed record CopyOnWriteSampleSection
{
    /// <summary>Since the fork.</summary>
    public double AtMilliseconds { get; init; }

    /// <summary>The parent's pages that nobody else maps.</summary>
    public long? ParentUniqueBytes { get; init; }

    /// <summary>The child's pages that nobody else maps.</summary>
    public long? ChildUniqueBytes { get; init; }

    /// <summary>The parent's resident pages.</summary>
    public long? ParentResidentBytes { get; init; }

    /// <summary>The child's resident pages.</summary>
    public long? ChildResidentBytes { get; init; }

    /// <summary>The parent's proportional share.</summary>
    public long? ParentProportionalBytes { get; init; }

    /// <summary>The child's proportional share.</summary>
    public long? ChildProportionalBytes { get; init; }
}
