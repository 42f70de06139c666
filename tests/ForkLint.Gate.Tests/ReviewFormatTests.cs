using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ForkLint.Tests.Shared;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Building;
using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Gate.Tests;

/// <summary>The formats of other reviewers, held to what each of them documents, with ordinary names and with hostile ones.</summary>
public sealed partial class ReviewFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> Names => HostileText.Names.Append("src/A.cs").Append("100 % [x]; y, z: \ufffe");

    private CheckResult Result(string name, bool hasFindings = true) => new()
    {
        Projects = new ProjectSet(_folder["App.csproj"], [_folder["App.csproj"]]),
        Root = new SourceRoot(_folder.Path),
        Findings = hasFindings
            ? [
                Finding(name, FindingLevel.Error), Finding(name, FindingLevel.Warning), Finding(name, FindingLevel.Note),
                Finding(name, FindingLevel.Warning) with { Location = null, Fingerprint = "none" },
                Finding(name, FindingLevel.Warning) with { Suppressions = [new FindingSuppression("inSource", null)] },
            ]
            : [],
        Rules = [new RuleDescription("FORK001", "t", "d", "https://example.org/FORK001.md", FindingLevel.Warning)],
        Frameworks = ["net10.0"],
    };

    private static Finding Finding(string name, FindingLevel level) => new()
    {
        RuleId = "FORK001",
        Level = level,
        Message = name,
        Location = new CodeLocation(name, 3, 9, 4, 2),
        Fingerprint = level.ToString(),
    };

    /// <summary>docs.gitlab.com/ci/testing/code_quality: the five members, the five severities, unique fingerprints, a line of at least 1.</summary>
    [Fact]
    public void GitLab_gets_what_it_documents()
    {
        Assert.Equal("[]\n", FindingGitLab.Render(Result("x", hasFindings: false)));
        foreach (var name in Names)
        {
            using var document = JsonDocument.Parse(FindingGitLab.Render(Result(name)));
            var entries = document.RootElement.EnumerateArray().ToArray();
            Assert.Equal(4, entries.Length);
            Assert.Equal(4, entries.Select(entry => entry.GetProperty("fingerprint").GetString()).Distinct().Count());
            Assert.Equal(["critical", "major", "info", "major"], entries.Select(entry => entry.GetProperty("severity").GetString()));
            Assert.All(entries, entry =>
            {
                Assert.Equal(["check_name", "description", "fingerprint", "location", "severity"], entry.EnumerateObject().Select(member => member.Name).Order());
                Assert.True(entry.GetProperty("location").GetProperty("lines").GetProperty("begin").GetInt32() >= 1);
                Assert.Equal(JsonValueKind.String, entry.GetProperty("location").GetProperty("path").ValueKind);
            });
            Assert.Equal("App.csproj", entries[3].GetProperty("location").GetProperty("path").GetString());
        }
    }

    /// <summary>learn.microsoft.com, "Logging commands": one command a line, its properties, errors and warnings only.</summary>
    [Fact]
    public void Azure_gets_what_it_documents()
    {
        foreach (var name in Names)
        {
            var lines = FindingAzure.Render(Result(name)).TrimEnd('\n').Split('\n');
            Assert.Equal(5, lines.Length);
            Assert.All(lines[..3], line => Assert.Matches(LogIssue(), line));
            Assert.StartsWith("##vso[task.logissue type=error;sourcepath=", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("##vso[task.logissue type=warning;code=FORK001]", lines[2], StringComparison.Ordinal);
            Assert.All(lines[3..], line => HostileText.AssertHarmlessOnTerminal(line));
            Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
        }

        Assert.Equal("##vso[task.logissue type=error;sourcepath=100 %AZP25 [x%5D%3B y, z: \ufffe;linenumber=3;columnnumber=9;code=FORK001]100 %AZP25 [x]; y, z: \ufffe (https://github.com/forklint/forklint/blob/main/docs/rules/FORK001.md)", FindingAzure.Render(Result("100 % [x]; y, z: \ufffe")).Split('\n')[0]);
    }

    /// <summary>The counts agree with what is there, each failure has a type and a message, and it is well-formed whatever the names hold.</summary>
    [Fact]
    public void A_JUnit_report_is_what_build_servers_read()
    {
        foreach (var name in Names)
        {
            var suite = Assert.Single(XDocument.Parse(FindingJUnit.Render(Result(name))).Root!.Elements("testsuite"));
            Assert.Equal("4 4 0", $"{suite.Attribute("tests")!.Value} {suite.Attribute("failures")!.Value} {suite.Attribute("errors")!.Value}");
            Assert.Equal(4, suite.Elements("testcase").Count());
            Assert.Equal(["error", "warning", "info", "warning"], suite.Elements("testcase").Select(test => (string?)Assert.Single(test.Elements("failure")).Attribute("type")));
            Assert.All(suite.Elements("testcase"), test => Assert.NotNull(test.Attribute("classname")));
        }

        var passed = XDocument.Parse(FindingJUnit.Render(Result("x", hasFindings: false))).Root!.Element("testsuite")!;
        Assert.Equal("1", (string?)passed.Attribute("tests"));
        Assert.Empty(Assert.Single(passed.Elements("testcase")).Elements());
    }

    /// <summary>reviewdog, proto/rdf/reviewdog.proto: DiagnosticResult as JSON.</summary>
    [Fact]
    public void Reviewdog_gets_what_its_schema_says()
    {
        foreach (var name in Names)
        {
            using var document = JsonDocument.Parse(FindingReviewdog.Render(Result(name)));
            Assert.Equal("forklint", document.RootElement.GetProperty("source").GetProperty("name").GetString());
            var diagnostics = document.RootElement.GetProperty("diagnostics").EnumerateArray().ToArray();
            Assert.Equal(["ERROR", "WARNING", "INFO", "WARNING"], diagnostics.Select(diagnostic => diagnostic.GetProperty("severity").GetString()));
            Assert.All(diagnostics, diagnostic => Assert.Equal("https://github.com/forklint/forklint/blob/main/docs/rules/FORK001.md", diagnostic.GetProperty("code").GetProperty("url").GetString()));
            Assert.All(diagnostics[..3], diagnostic =>
            {
                var range = diagnostic.GetProperty("location").GetProperty("range");
                Assert.Equal((3, 4), (range.GetProperty("start").GetProperty("line").GetInt32(), range.GetProperty("end").GetProperty("line").GetInt32()));
            });
            Assert.False(diagnostics[3].GetProperty("location").TryGetProperty("range", out _));
        }
    }

    [GeneratedRegex(@"^##vso\[task\.logissue type=(error|warning);(sourcepath=[^;\]]*;linenumber=3;columnnumber=9;)?code=FORK001\][^\r\n]*$")]
    private static partial Regex LogIssue();
}
