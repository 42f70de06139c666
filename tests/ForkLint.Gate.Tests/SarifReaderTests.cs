using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Gate.Tests;

public sealed class SarifReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private SarifLog Read(string file) => SarifReader.Read(file, new SourceRoot(_folder.Path));

    private UnreadableInputException Rejected(string text) =>
        Assert.Throws<UnreadableInputException>(() => Read(_folder.Write("log.sarif", text)));

    [Fact]
    public void A_compilers_log_gives_our_findings_and_only_ours()
    {
        var file = new CompilerLog()
            .Add("CS0168", _folder["src/A.cs"], 3, "The variable 'x' is declared but never used")
            .Add("FORK001", _folder["src/A b.cs"], 42, "'buffer' (200 MiB) is held", member: "M:App.Run", holder: "buffer", related: (_folder["src/B.cs"], 7))
            .WriteTo(_folder);

        var finding = Assert.Single(Read(file).Findings);
        Assert.Equal("FORK001", finding.RuleId);
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Equal(new CodeLocation("src/A b.cs", 42, 9, 42, 11), finding.Location);
        Assert.Equal(new CodeLocation("src/B.cs", 7, 9, 7, 10), Assert.Single(finding.RelatedLocations));
        Assert.Equal("M:App.Run", finding.Properties.Member);
        Assert.Equal("buffer", finding.Properties.Holder);
        Assert.False(finding.IsSuppressed);
    }

    [Fact]
    public void The_rules_that_ran_are_listed_with_their_defaults()
    {
        var log = Read(new CompilerLog().WriteTo(_folder));

        Assert.Empty(log.Findings);
        Assert.Equal(["FORK001", "FORK003"], log.Rules.Keys);
        Assert.Equal(FindingLevel.Warning, log.Rules["FORK001"].DefaultLevel);
        Assert.Equal("https://example.org/FORK001.md", log.Rules["FORK001"].HelpUri);
        Assert.Equal(FindingLevel.Note, log.Rules["FORK003"].DefaultLevel);
    }

    [Fact]
    public void Suppressions_are_kept_with_their_reason()
    {
        var finding = Assert.Single(Read(new CompilerLog().Add("FORK001", "a.cs", 1, "m", suppression: "measured: 4 MB").WriteTo(_folder)).Findings);
        Assert.Equal(new FindingSuppression("inSource", "measured: 4 MB"), Assert.Single(finding.Suppressions));
    }

    [Fact]
    public void A_file_outside_of_the_root_keeps_its_absolute_path()
    {
        var finding = Assert.Single(Read(new CompilerLog().Add("FORK001", "/elsewhere/a.cs", 1, "m").WriteTo(_folder)).Findings);
        Assert.Equal("/elsewhere/a.cs", finding.Location!.Path);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("   \n", "is not valid JSON")]
    [InlineData("not json at all", "is not valid JSON (line 1, byte 2)")]
    [InlineData("{\"version\":\"2.1.0\",\"runs\":[{\"results\":[{\"ruleId\":\"FORK001\"", "is not valid JSON")]
    [InlineData("{\"version\":\"2.1.0\",\"runs\":[]} trailing", "is not valid JSON")]
    [InlineData("[]", "is JSON but not SARIF")]
    [InlineData("42", "is JSON but not SARIF")]
    [InlineData("{\"name\":\"package\",\"dependencies\":{}}", "is JSON but not SARIF")]
    [InlineData("{\"version\":\"2.1.0\"}", "is JSON but not SARIF")]
    [InlineData("{\"version\":\"1.0.0\",\"runs\":[]}", "is SARIF 1.0.0")]
    [InlineData("{\"version\":\"2.0.0\",\"runs\":[]}", "is SARIF 2.0.0")]
    [InlineData("{\"version\":null,\"runs\":[]}", "is SARIF of no version")]
    [InlineData("{\"version\":\"2.1.0\",\"runs\":[]}", "holds no rule of ForkLint (written by no tool)")]
    [InlineData("{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"CodeQL\",\"rules\":[{\"id\":\"cs/x\"}]}},\"results\":[]}]}", "written by CodeQL")]
    public void What_is_no_log_of_ours_is_refused_in_one_line(string text, string expected)
    {
        var failure = Rejected(text);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder["log.sarif"], failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Theory]
    [InlineData("\0\u0001\u0002")]
    [InlineData("{\"version\":\"2.1.0\",\"runs\":[{\"results\":[[1],2,\"x\",null,{\"ruleId\":7},{\"ruleId\":\"FORK001\",\"message\":4,\"locations\":{},\"suppressions\":5,\"properties\":[],\"relatedLocations\":[1,{\"physicalLocation\":[]}]}],\"tool\":{\"driver\":[],\"extensions\":{}}}]}")]
    public void Nonsense_never_escapes_as_another_exception(string text)
    {
        var failure = Record.Exception(() => Read(_folder.Write("log.sarif", text)));
        Assert.True(failure is null or UnreadableInputException, failure?.ToString());
    }

    [Fact]
    public void Nesting_without_end_is_refused() =>
        Assert.Contains("is nested too deeply to be read", Rejected("{\"version\":\"2.1.0\",\"runs\":" + new string('[', 100_000)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_huge_file_is_refused_before_it_is_read()
    {
        var file = _folder["huge.sarif"];
        using (var stream = File.Create(file))
        {
            // A hole: it takes no disk.
            stream.SetLength(SarifReader.MaximumFileBytes + 1);
        }

        Assert.Contains("is too large (1024 MiB", Assert.Throws<UnreadableInputException>(() => Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_directory_are_told_apart()
    {
        Assert.Contains("does not exist", Assert.Throws<UnreadableInputException>(() => Read(_folder["missing.sarif"])).Message, StringComparison.Ordinal);
        Assert.Contains("is a directory", Assert.Throws<UnreadableInputException>(() => Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutilated_logs_are_read_or_refused_but_never_crash()
    {
        var text = new CompilerLog().Add("FORK001", "a.cs", 1, "m", member: "M:A", suppression: "s", related: ("b.cs", 2)).ToString();
        var random = new Random(20240229);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            for (var hit = random.Next(1, 6); hit > 0; hit--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
            }

            File.WriteAllBytes(_folder["mutant.sarif"], bytes);
            var failure = Record.Exception(() => Read(_folder["mutant.sarif"]));
            Assert.True(failure is null or UnreadableInputException, $"round {round}: {failure}");
        }
    }
}
