using ForkLint.Tool.Findings;
namespace ForkLint.Tool.Checking.Sarif;

/// <summary>What a log says of a rule.</summary>
/// <param name="Id">Such as <c>FORK001</c>.</param>
/// <param name="Title">The short description.</param>
/// <param name="Description">The full description; null when there is none.</param>
/// <param name="HelpUri">The rule's page; null when there is none.</param>
/// <param name="DefaultLevel">How serious it is without any configuration.</param>
internal sealed record RuleDescription(string Id, string? Title, string? Description, string? HelpUri, FindingLevel DefaultLevel);

/// <summary>The part of a SARIF log that concerns this product.</summary>
internal sealed class SarifLog
{
    /// <summary>The findings of our rules, as they stand in the log.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>Our rules, by id. A compiler lists every rule that ran, also without a finding (Roslyn 4.6 and later).</summary>
    public SortedDictionary<string, RuleDescription> Rules { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of the tools that wrote the runs.</summary>
    public SortedSet<string> Tools { get; } = new(StringComparer.Ordinal);

    /// <summary>What the compiler says when our analyzer crashed (AD0001); null when it did not.</summary>
    public string? AnalyzerFailure { get; set; }

    /// <summary>Whether our analyzer took part: a log without a finding tells nothing otherwise.</summary>
    public bool HoldsOurRules => Rules.Count > 0 || Findings.Count > 0;
}
