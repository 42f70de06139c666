using ForkLint.Tool.Findings;
namespace ForkLint.Tool.Checking.Building;

/// <summary>
/// Which findings a project's own build makes errors of. A check keeps them from failing its build and so has them as warnings: here
/// they become what the project's own log would say.
/// </summary>
/// <param name="All">Whether all warnings are errors (<c>TreatWarningsAsErrors</c>).</param>
/// <param name="Raised">Those that are, whatever their level (<c>WarningsAsErrors</c>).</param>
/// <param name="Kept">Those that are not (<c>WarningsNotAsErrors</c>).</param>
internal sealed record RaisedLevels(bool All, IReadOnlySet<string> Raised, IReadOnlySet<string> Kept)
{
    /// <summary>Nothing is raised.</summary>
    public static RaisedLevels None { get; } = new(false, new HashSet<string>(), new HashSet<string>());

    /// <summary>Reads <c>true|CS8600,FORK001|CS0618</c>, as the hooked-in targets write it.</summary>
    public static RaisedLevels Parse(string text) => text.Split('|') is [var all, var raised, var kept]
        ? new RaisedLevels(string.Equals(all.Trim(), "true", StringComparison.OrdinalIgnoreCase), Ids(raised), Ids(kept))
        : None;

    /// <summary>The level that the project's own build gives a finding.</summary>
    public FindingLevel Of(Finding finding) => finding.Level switch
    {
        FindingLevel.Warning when (All || Raised.Contains(finding.RuleId)) && !Kept.Contains(finding.RuleId) => FindingLevel.Error,
        FindingLevel.Note when Raised.Contains(finding.RuleId) && !Kept.Contains(finding.RuleId) => FindingLevel.Error,
        var level => level,
    };

    private static HashSet<string> Ids(string list) =>
        list.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
