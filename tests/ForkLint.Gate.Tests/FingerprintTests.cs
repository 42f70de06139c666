using ForkLint.Tool.Checking;
using ForkLint.Tool.Findings;

namespace ForkLint.Gate.Tests;

public sealed class FingerprintTests
{
    private static Finding At(int line, string member = "M:App.Run", string holder = "buffer", string rule = "FORK001", string path = "a.cs", string framework = "net10.0") => new()
    {
        RuleId = rule,
        Message = $"'{holder}' ({line} MiB) is held",
        Location = new CodeLocation(path, line, 9, line, 20),
        RelatedLocations = [new CodeLocation(path, line - 1, 5, line - 1, 9)],
        Properties = new FindingProperties([new("member", member), new("holder", holder)]),
        TargetFrameworks = [framework],
    };

    private static string[] Of(params Finding[] findings) => [.. Fingerprints.Assign(findings).Select(finding => finding.Fingerprint)];

    [Fact]
    public void A_moved_line_another_file_and_another_size_change_nothing() =>
        Assert.Equal(Of(At(10)), Of(At(4711, path: "renamed/b.cs")));

    [Fact]
    public void Rule_member_and_allocation_each_make_another_finding() =>
        Assert.Equal(4, Of(At(10), At(11, rule: "FORK002"), At(12, member: "M:App.Stop"), At(13, holder: "cache")).Distinct().Count());

    [Fact]
    public void Two_alike_in_one_member_are_told_apart_by_their_order()
    {
        var both = Of(At(10), At(20));
        Assert.Equal(2, both.Distinct().Count());
        Assert.Equal(both, Of(At(120), At(110)));
        Assert.Equal(both[0], Of(At(20))[0]);
    }

    [Fact]
    public void The_same_place_in_two_frameworks_is_one_finding()
    {
        var finding = Assert.Single(Fingerprints.Assign([At(10, framework: "net8.0"), At(10, framework: "net10.0")]));
        Assert.Equal(["net8.0", "net10.0"], finding.TargetFrameworks);
    }

    [Fact]
    public void Two_allocations_that_look_alike_stay_two_findings() =>
        Assert.Equal(2, Of(At(10), At(10) with { RelatedLocations = [new CodeLocation("a.cs", 3, 1, 3, 2)] }).Distinct().Count());

    [Fact]
    public void The_worst_level_of_the_frameworks_counts()
    {
        var finding = Assert.Single(Fingerprints.Assign([At(10) with { Level = FindingLevel.Note }, At(10) with { Level = FindingLevel.Warning }]));
        Assert.Equal(FindingLevel.Warning, finding.Level);
    }

    [Fact]
    public void Suppressed_in_one_framework_only_still_counts()
    {
        var suppressed = At(10, framework: "net8.0") with { Suppressions = [new FindingSuppression("inSource", null)] };
        Assert.False(Assert.Single(Fingerprints.Assign([suppressed, At(10)])).IsSuppressed);
        Assert.True(Assert.Single(Fingerprints.Assign([suppressed, suppressed with { TargetFrameworks = ["net9.0"] }])).IsSuppressed);
    }

    [Fact]
    public void A_log_without_properties_still_has_stable_fingerprints()
    {
        Finding Bare(int line, string size) => new() { RuleId = "FORK001", Message = $"'buffer' ({size}) is held", Location = new CodeLocation("a.cs", line, 1, line, 2) };
        Assert.Equal(Of(Bare(1, "200 MiB")), Of(Bare(99, "1.5 GiB")));
    }

    [Fact]
    public void A_field_is_one_finding_with_the_spawns_of_every_project()
    {
        var field = At(10) with { Properties = new FindingProperties([new("member", "F:App.Cache.Table"), new("holderMember", "F:App.Cache.Table")]) };
        var first = new CodeLocation("src/A.cs", 20, 9, 20, 15);
        var second = new CodeLocation("src/B.cs", 30, 9, 30, 15);
        var finding = Assert.Single(Fingerprints.Assign([field with { RelatedLocations = [first] }, field with { RelatedLocations = [second, first] }]));
        Assert.Equal([first, second], finding.RelatedLocations);
    }
}
