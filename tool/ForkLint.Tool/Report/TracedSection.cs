namespace ForkLint.Tool.Report;

/// <summary>A program that the application was seen to start.</summary>
internal sealed record TracedSection
{
    /// <summary>Its file name; null for children that started none.</summary>
    public string? Program { get; init; }

    /// <summary>The highest resident set of any of them; null where none is known.</summary>
    public long? PeakResidentBytes { get; init; }

    /// <summary>The methods of the application that were on the stack of a start, by how many they started.</summary>
    public IReadOnlyList<TracedSiteSection> Sites { get; init; } = [];
}

/// <summary>A method that started it, and what warns there.</summary>
internal sealed record TracedSiteSection
{
    /// <summary>Its documentation-comment id, without parameters.</summary>
    public string Member { get; init; } = "";

    /// <summary>How many it started.</summary>
    public long Starts { get; init; }

    /// <summary>The findings in this method; empty where nothing warns, or no findings were given (--sarif).</summary>
    public IReadOnlyList<FindingSection> Findings { get; init; } = [];
}
