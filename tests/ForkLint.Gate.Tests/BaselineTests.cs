using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Gating;

namespace ForkLint.Gate.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class BaselineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly Baseline Example = new(
        [
            new AcceptedFinding("aa:1", "FORK002", FindingLevel.Warning, "src/B.cs", "M:App.Stop", "'b' is held"),
            new AcceptedFinding("bb:1", "FORK001", FindingLevel.Note, "src/A.cs", null, "'a' is held \"so\""),
        ],
        [new MeasuredCost("worker", 283_115_520, null, 8100.5), new MeasuredCost("api", 70_000_000, 12_000_000, null)]);

    [Fact]
    public void What_was_written_is_read_again()
    {
        Example.Write(_folder["b.json"]);
        var read = Baseline.Read(_folder["b.json"]);

        Assert.Equal(Example.Findings.OrderBy(finding => finding.RuleId), read.Findings);
        Assert.Equal(Example.Measurements.OrderBy(cost => cost.Process), read.Measurements);
    }

    [Fact]
    public void The_order_of_what_is_accepted_does_not_show_in_the_file()
    {
        Example.Write(_folder["b.json"]);
        new Baseline([.. Example.Findings.Reverse()], [.. Example.Measurements.Reverse()]).Write(_folder["c.json"]);
        Assert.Equal(File.ReadAllBytes(_folder["b.json"]), File.ReadAllBytes(_folder["c.json"]));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[]", "is JSON but not a baseline")]
    [InlineData("{\"version\":\"2.1.0\",\"runs\":[]}", "is JSON but not a baseline")]
    [InlineData("{\"schemaVersion\":99,\"findings\":[]}", "is a baseline of version 99")]
    [InlineData("{\"schemaVersion\":\"x\",\"findings\":[]}", "is a baseline of version x")]
    [InlineData("{\"schemaVersion\":1,\"findings\":7}", "is a damaged baseline")]
    [InlineData("{\"schemaVersion\":1,\"findings\":[{}]}", "is a damaged baseline")]
    [InlineData("{\"schemaVersion\":1,\"findings\":[{\"fingerprint\":null,\"rule\":\"FORK001\",\"level\":\"warning\",\"path\":\"\",\"member\":null,\"message\":\"\"}]}", "is a damaged baseline")]
    [InlineData("{\"schemaVersion\":1,\"findings\":[],\"measurements\":[{\"process\":\"a\",\"commitChargeBytes\":\"b\"}]}", "is a damaged baseline")]
    public void A_baseline_that_cannot_be_used_is_refused_in_one_line(string text, string expected)
    {
        var failure = Assert.Throws<UnreadableInputException>(() => Baseline.Read(_folder.Write("b.json", text)));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void A_huge_baseline_is_refused_before_it_is_read()
    {
        using (var stream = File.Create(_folder["b.json"]))
        {
            stream.SetLength(1L << 33);
        }

        Assert.Contains("is too large", Assert.Throws<UnreadableInputException>(() => Baseline.Read(_folder["b.json"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_fails_half_way_leaves_the_old_file_and_nothing_else()
    {
        Example.Write(_folder["b.json"]);
        var before = File.ReadAllBytes(_folder["b.json"]);

        Assert.Throws<IOException>(() => AtomicFile.Write(_folder["b.json"], stream =>
        {
            stream.Write("{ \"schemaVersion\": 1, \"find"u8);
            stream.Flush();
            throw new IOException("No space left on device");
        }));

        Assert.Equal(before, File.ReadAllBytes(_folder["b.json"]));
        Assert.Equal([_folder["b.json"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Permissions_and_a_symbolic_link_survive_an_update()
    {
        Directory.CreateDirectory(_folder["real"]);
        Example.Write(_folder["real/b.json"]);
        File.SetUnixFileMode(_folder["real/b.json"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(_folder["b.json"], "real/b.json");

        Baseline.Empty.Write(_folder["b.json"]);

        Assert.Equal("real/b.json", new FileInfo(_folder["b.json"]).LinkTarget);
        Assert.Empty(Baseline.Read(_folder["real/b.json"]).Findings);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["real/b.json"]));
    }
}
