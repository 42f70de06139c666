namespace ForkLint.Linux;

/// <summary>Whether a child fits beside the process, in the place where it fits least.</summary>
public sealed record ChildVerdict
{
    /// <summary>The place: a limit and what is used of it.</summary>
    public required MemoryRoom Room { get; init; }

    /// <summary>Whether it fits; uncertain within 2 % of the limit, and where it depends on what the kernel can swap out.</summary>
    public required Answer Fits { get; init; }

    /// <summary>What it needs: its resident set, page tables and a task, for each of them.</summary>
    public required long NeededBytes { get; init; }

    /// <summary>The room less what is needed. Negative where something is missing.</summary>
    public required long MarginBytes { get; init; }

    /// <summary>How much is missing; null where nothing is.</summary>
    public long? ShortfallBytes => MarginBytes < 0 ? -MarginBytes : null;
}
