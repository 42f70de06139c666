namespace ForkLint.Tool.Findings;

/// <summary>Which findings are asked for: those of a level, and of rules.</summary>
/// <param name="Minimum">The lowest level that counts.</param>
/// <param name="Rules">The ids of the rules that count; empty for all.</param>
internal sealed record FindingFilter(FindingLevel Minimum, IReadOnlyCollection<string> Rules)
{
    /// <summary>Everything counts.</summary>
    public static FindingFilter All { get; } = new(FindingLevel.None, []);

    /// <summary>Whether it leaves anything out.</summary>
    public bool IsAll => Minimum == FindingLevel.None && Rules.Count == 0;

    /// <summary>Whether a finding of this rule and level counts.</summary>
    public bool Keeps(string ruleId, FindingLevel level) => level >= Minimum && (Rules.Count == 0 || Rules.Contains(ruleId, StringComparer.OrdinalIgnoreCase));
}
