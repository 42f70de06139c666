namespace ForkLint.Tool.Report;

/// <summary>A finding of the analyzer that warns about what was measured.</summary>
internal sealed record FindingSection
{
    /// <summary>The rule, such as <c>FORK005</c>.</summary>
    public string Rule { get; init; } = "";

    /// <summary><c>error</c>, <c>warning</c> or <c>note</c>, as SARIF has it.</summary>
    public string Level { get; init; } = "";

    /// <summary>What the analyzer says.</summary>
    public string Message { get; init; } = "";

    /// <summary>The source file, as the log names it; null for a finding about the project as a whole.</summary>
    public string? Path { get; init; }

    /// <summary>The line, counted from 1; null where it is not known.</summary>
    public int? Line { get; init; }

    /// <summary>Whether something in the source or outside of it says that it does not count.</summary>
    public bool Suppressed { get; init; }
}

/// <summary>A member of the application that holds memory, and what warns about it.</summary>
internal sealed record HolderSection
{
    /// <summary>Its documentation-comment id.</summary>
    public string Holder { get; init; } = "";

    /// <summary>What it keeps alive.</summary>
    public long Bytes { get; init; }

    /// <summary>The most serious finding about it; null when it is flagged nowhere.</summary>
    public FindingSection? Finding { get; init; }
}
