using System.Text.Json;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Gate.Tests;

public sealed class SarifWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly RuleDescription Rule = new("FORK002", "Held", "It is held.", "https://example.org/FORK002.md", FindingLevel.Warning);

    private static readonly Finding Example = new()
    {
        RuleId = "FORK002",
        Message = "'buffer' (200 MiB) may be held <across> \"fork\" in byte[5] \\[x](1)",
        Location = new CodeLocation("src/My App/Ä.cs", 42, 9, 42, 30),
        RelatedLocations = [new CodeLocation("src/B.cs", 7, 5, 7, 6), new CodeLocation("/nuget/c.cs", 1, 1, 1, 2)],
        Properties = new FindingProperties([new("member", "M:App.Run"), new("bytes", "209715200"), new("callPath", "Run → Start")]),
        Suppressions = [new FindingSuppression("inSource", "known")],
        TargetFrameworks = ["net8.0", "net10.0"],
        Fingerprint = "0123:1",
        BaselineState = BaselineState.New,
    };

    private string Written(params Finding[] findings)
    {
        using var stream = new MemoryStream();
        SarifWriter.Write(stream, new SarifHeader("forklint/check/App/", [Rule], "0.1.0"), findings);
        return _folder.Write("out.sarif", System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void What_was_written_is_read_again_unchanged()
    {
        var log = SarifReader.Read(Written(Example), new SourceRoot(_folder.Path));
        var finding = Assert.Single(log.Findings);

        Assert.Equal(Example.Location, finding.Location);
        Assert.Equal(Example.RelatedLocations, finding.RelatedLocations);
        Assert.Equal(Example.Message, finding.Message);
        Assert.Equal(Example.Suppressions, finding.Suppressions);
        Assert.Equal(Example.TargetFrameworks, finding.TargetFrameworks);
        Assert.Equal(Example.Properties.All, finding.Properties.All);
        Assert.Equal(Rule, Assert.Single(log.Rules).Value);
    }

    [Fact]
    public void Code_scanning_gets_what_it_asks_for()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Written(Example)));
        var run = Assert.Single(document.RootElement.GetProperty("runs").EnumerateArray());
        var result = Assert.Single(run.GetProperty("results").EnumerateArray());
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation");

        Assert.Equal(["allocated here", "spawns here"], result.GetProperty("relatedLocations").EnumerateArray()
            .Select(related => related.GetProperty("message").GetProperty("text").GetString()));
        Assert.Equal("2.1.0", document.RootElement.GetProperty("version").GetString());
        Assert.Equal("forklint/check/App/", run.GetProperty("automationDetails").GetProperty("id").GetString());
        Assert.Equal("src/My%20App/%C3%84.cs", place.GetProperty("uri").GetString());
        Assert.Equal("%SRCROOT%", place.GetProperty("uriBaseId").GetString());
        Assert.True(run.GetProperty("originalUriBaseIds").TryGetProperty("%SRCROOT%", out _));
        Assert.Equal("0123:1", result.GetProperty("partialFingerprints").GetProperty(Fingerprints.Name).GetString());
        Assert.Equal("new", result.GetProperty("baselineState").GetString());
        Assert.StartsWith("https://", run.GetProperty("tool").GetProperty("driver").GetProperty("informationUri").GetString(), StringComparison.Ordinal);
        var help = run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[0].GetProperty("help");
        Assert.StartsWith("It is held.", help.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("(https://example.org/FORK002.md)", help.GetProperty("markdown").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("in byte\\[5\\] \\\\\\[x\\](1) ([allocated here](1), [spawns here](2))", result.GetProperty("message").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(["1 allocated here", "2 spawns here"], result.GetProperty("relatedLocations").EnumerateArray().Select(place => $"{place.GetProperty("id").GetInt32()} {place.GetProperty("message").GetProperty("text").GetString()}"));
        Assert.Equal("inSource", result.GetProperty("suppressions")[0].GetProperty("kind").GetString());
        Assert.Equal(209715200, result.GetProperty("properties").GetProperty("bytes").GetInt64());
        Assert.Equal("FORK002", run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
    }

    [Fact]
    public void A_rule_without_a_description_has_a_help_too()
    {
        using var stream = new MemoryStream();
        SarifWriter.Write(stream, new SarifHeader("x/", [new RuleDescription("FORK000", null, null, null, FindingLevel.Warning)], "0.1.0"), []);
        using var document = JsonDocument.Parse(stream.ToArray());
        var help = document.RootElement.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules")[0].GetProperty("help");
        Assert.Equal(["FORK000", "FORK000"], [help.GetProperty("text").GetString()!, help.GetProperty("markdown").GetString()!]);
    }

    [Fact]
    public void The_same_findings_give_the_same_bytes() =>
        Assert.Equal(File.ReadAllText(Written(Example)), File.ReadAllText(Written(Example)));

    [Fact]
    public void No_finding_is_an_empty_list_and_the_rules_are_still_named()
    {
        var log = SarifReader.Read(Written(), new SourceRoot(_folder.Path));
        Assert.Empty(log.Findings);
        Assert.True(log.HoldsOurRules);
    }
}
