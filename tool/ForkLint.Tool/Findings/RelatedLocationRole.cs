namespace ForkLint.Tool.Findings;

/// <summary>What the further places of a finding are. Every rule has its line in <see cref="Roles"/>.</summary>
internal static class RelatedLocationRole
{
    private const string Allocation = "allocation";
    private const string Spawn = "spawn";
    private const string Child = "child";

    private static readonly (string First, string Others) AllocationFirst = (Allocation, Spawn);

    /// <summary>What the first place is that a rule names, and what the others are. The analyzer writes them in this order.</summary>
    private static readonly Dictionary<string, (string First, string Others)> Roles = new(StringComparer.Ordinal)
    {
        ["FORK000"] = AllocationFirst,
        ["FORK001"] = AllocationFirst,
        ["FORK002"] = AllocationFirst,
        ["FORK003"] = AllocationFirst,
        ["FORK004"] = AllocationFirst,
        ["FORK005"] = (Spawn, Spawn),
        ["FORK006"] = AllocationFirst,
        ["FORK007"] = (Child, Child),
        ["FORK008"] = AllocationFirst,
    };

    /// <summary>One of <c>allocation</c>, <c>spawn</c> and <c>child</c>. A rule of a later version of the analyzer is taken for one about an allocation.</summary>
    public static string Of(Finding finding, int index)
    {
        var (first, others) = Roles.GetValueOrDefault(finding.RuleId, AllocationFirst);
        return index == 0 ? first : others;
    }

    /// <summary>The role in words, as a remark about the place.</summary>
    public static string Describe(Finding finding, int index) => Of(finding, index) switch
    {
        Allocation => "allocated here",
        Child => "runs in the child",
        _ => "spawns here",
    };
}
