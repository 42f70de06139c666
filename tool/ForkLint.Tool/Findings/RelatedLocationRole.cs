namespace ForkLint.Tool.Findings;

/// <summary>What the further places of a finding are.</summary>
internal static class RelatedLocationRole
{
    private const string FieldRule = "FORK005";
    private const string ManagedForkRule = "FORK007";

    /// <summary>
    /// One of <c>allocation</c>, <c>spawn</c> and <c>child</c>. The analyzer puts the held allocation first, then the further
    /// spawns; a field's places are the spawns, those of a managed fork the code that runs in the child.
    /// </summary>
    public static string Of(Finding finding, int index) => finding.RuleId switch
    {
        FieldRule => "spawn",
        ManagedForkRule => "child",
        _ => index == 0 ? "allocation" : "spawn",
    };

    /// <summary>The role in words, as a remark about the place.</summary>
    public static string Describe(Finding finding, int index) => Of(finding, index) switch
    {
        "allocation" => "allocated here",
        "child" => "runs in the child",
        _ => "spawns here",
    };
}
