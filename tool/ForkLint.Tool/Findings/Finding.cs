using ForkLint.Tool.Checking;
namespace ForkLint.Tool.Findings;

/// <summary>How serious a finding is, in SARIF's words. The order matters: a later one is more serious.</summary>
internal enum FindingLevel
{
    /// <summary>Not a problem.</summary>
    None,

    /// <summary>The compiler's <c>info</c>.</summary>
    Note,

    /// <summary>A warning.</summary>
    Warning,

    /// <summary>A warning that the project's own configuration raised to an error.</summary>
    Error,
}

/// <summary>What a comparison with a baseline says of a finding (SARIF 2.1.0, §3.27.24).</summary>
internal enum BaselineState
{
    /// <summary>Nothing was compared.</summary>
    None,

    /// <summary>The baseline does not hold it.</summary>
    New,

    /// <summary>The baseline holds it too.</summary>
    Unchanged,

    /// <summary>Only the baseline holds it.</summary>
    Absent,
}

/// <summary>A place in a source file. Lines and columns are counted from 1; 0 means not known.</summary>
/// <param name="Path">Relative to the source root, with forward slashes; absolute where the file lies outside of it.</param>
/// <param name="Line">The first line.</param>
/// <param name="Column">The first character, in UTF-16 code units.</param>
/// <param name="EndLine">The last line.</param>
/// <param name="EndColumn">The character after the last.</param>
internal sealed record CodeLocation(string Path, int Line, int Column, int EndLine, int EndColumn)
{
    /// <summary>The place as compilers print it: <c>src/Worker.cs:42:9</c>.</summary>
    public override string ToString() => Line == 0 ? Path : $"{Path}:{Line}:{Column}";
}

/// <summary>Why a finding does not count: a pragma or attribute in the source, or something outside of it.</summary>
/// <param name="Kind"><c>inSource</c> or <c>external</c>.</param>
/// <param name="Justification">The reason given, where one is.</param>
internal sealed record FindingSuppression(string Kind, string? Justification);

/// <summary>One finding of the analyzer, from any build.</summary>
internal sealed record Finding
{
    /// <summary>The rule, such as <c>FORK001</c>.</summary>
    public required string RuleId { get; init; }

    /// <summary>How serious it is, after the project's own configuration.</summary>
    public FindingLevel Level { get; init; } = FindingLevel.Warning;

    /// <summary>What the analyzer says.</summary>
    public required string Message { get; init; }

    /// <summary>Where it stands; null for a finding about the project as a whole.</summary>
    public CodeLocation? Location { get; init; }

    /// <summary>The other places that belong to it: the held allocation, further spawns.</summary>
    public IReadOnlyList<CodeLocation> RelatedLocations { get; init; } = [];

    /// <summary>What the analyzer adds for tools, by the names in <see cref="FindingProperties"/>.</summary>
    public FindingProperties Properties { get; init; } = FindingProperties.Empty;

    /// <summary>Why it does not count; empty when it does.</summary>
    public IReadOnlyList<FindingSuppression> Suppressions { get; init; } = [];

    /// <summary>The target frameworks it was found for, in the order they were built; empty when not known.</summary>
    public IReadOnlyList<string> TargetFrameworks { get; init; } = [];

    /// <summary>What stays when lines move: see <see cref="Fingerprints"/>. Empty until it was computed.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Against the baseline.</summary>
    public BaselineState BaselineState { get; init; }

    /// <summary>Whether something in the source or outside of it says that it does not count.</summary>
    public bool IsSuppressed => Suppressions.Count > 0;
}
