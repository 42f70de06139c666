using System.Text.Json;
using ForkLint.Tool.Gating;

namespace ForkLint.Gate.Tests;

public sealed class GateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CliResult RunGate(params string[] arguments) => Cli.Run(_folder.Path, ["gate", .. arguments]);

    private static CompilerLog OneWarning => new CompilerLog().Add("FORK001", "src/A.cs", 10, "'buffer' (200 MiB) is held", member: "M:App.Run", holder: "buffer");

    [Fact]
    public void Accepting_and_gating_from_the_command_line()
    {
        OneWarning.WriteTo(_folder);

        var first = RunGate("--sarif", "build.sarif");
        Assert.Equal(2, first.ExitCode);
        Assert.Contains("forklint.baseline.json does not exist", first.Error, StringComparison.Ordinal);
        Assert.Contains("new     src/A.cs:10:9: warning FORK001: 'buffer' (200 MiB) is held", first.Output, StringComparison.Ordinal);
        Assert.EndsWith("gate failed: 1 new warning\n", first.Output, StringComparison.Ordinal);

        Assert.Equal(0, RunGate("--sarif", "build.sarif", "--update-baseline").ExitCode);
        var second = RunGate("--sarif", "build.sarif");
        Assert.Equal(0, second.ExitCode);
        Assert.Equal("findings: 0 new, 0 fixed, 1 unchanged\ngate passed: nothing new\n", second.Output);
        Assert.Equal("", second.Error);
    }

    [Fact]
    public void Every_format_says_the_same()
    {
        OneWarning.WriteTo(_folder);

        using var json = JsonDocument.Parse(RunGate("--sarif", "build.sarif", "--format", "json").Output);
        Assert.False(json.RootElement.GetProperty("passed").GetBoolean());
        Assert.Equal("new", json.RootElement.GetProperty("findings")[0].GetProperty("state").GetString());

        Assert.Empty(Schema("gate").Validate(RunGate("--sarif", "build.sarif", "--format", "json").Output));

        using var sarif = JsonDocument.Parse(RunGate("--sarif", "build.sarif", "--format", "sarif").Output);
        Assert.Equal("new", sarif.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("baselineState").GetString());

        Assert.StartsWith("## ForkLint: ❌ failed (1 new warning)\n", RunGate("--sarif", "build.sarif", "--format", "markdown").Output, StringComparison.Ordinal);

        var written = RunGate("--sarif", "build.sarif", "--format", "sarif", "--output", "out.sarif");
        Assert.Equal((2, ""), (written.ExitCode, written.Output));
        Assert.Equal(2, RunGate("--sarif", "out.sarif").ExitCode);
    }

    [Fact]
    public void A_baseline_is_what_its_schema_says()
    {
        OneWarning.WriteTo(_folder);
        Assert.Equal(0, RunGate("--sarif", "build.sarif", "--update-baseline").ExitCode);
        Assert.Empty(Schema("baseline").Validate(File.ReadAllText(_folder["forklint.baseline.json"])));
    }

    [Fact]
    public void A_pattern_stands_for_the_files_that_it_matches()
    {
        OneWarning.WriteTo(_folder);
        Directory.CreateDirectory(_folder["logs/a [x]"]);
        File.Move(_folder["build.sarif"], _folder["logs/a [x]/one.sarif"]);
        foreach (var pattern in new[] { "logs/**/*.sarif", "**/one.sarif", "./logs/*/one.*", "logs/../logs/**/*.sarif", _folder["logs/**/*.sarif"] })
        {
            Assert.Equal((2, "findings: 1 new, 0 fixed, 0 unchanged"), (RunGate("--sarif", pattern).ExitCode, RunGate("--sarif", pattern).Output.Split('\n')[^3]));
        }

        var none = RunGate("--sarif", "none/**/*.sarif");
        Assert.Equal((1, ""), (none.ExitCode, none.Output));
        Assert.Contains("no file matches none/**/*.sarif", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Some_of_the_findings_alone_are_compared_on_both_sides()
    {
        OneWarning.WriteTo(_folder);
        Assert.Equal(2, RunGate("--sarif", "build.sarif", "--rule", "fork001", "--severity", "warning").ExitCode);
        Assert.StartsWith("findings: 0 new, 0 fixed", RunGate("--sarif", "build.sarif", "--rule", "FORK008").Output, StringComparison.Ordinal);
        Assert.Equal(0, RunGate("--sarif", "build.sarif", "--severity", "error").ExitCode);
        Assert.Equal(0, RunGate("--sarif", "build.sarif", "--update-baseline").ExitCode);

        // What is filtered out of the log is not fixed.
        Assert.Equal("findings: 0 new, 0 fixed, 0 unchanged\ngate passed: nothing new\n", RunGate("--sarif", "build.sarif", "--rule", "FORK008").Output);
        var refused = RunGate("--sarif", "build.sarif", "--rule", "FORK001", "--update-baseline");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("a baseline must accept all findings", refused.Error, StringComparison.Ordinal);
        Assert.Contains("'X1' is not a rule", RunGate("--sarif", "build.sarif", "--rule", "X1").Error, StringComparison.Ordinal);
    }

    private static Tool.Tests.SchemaValidator Schema(string name) => new(File.ReadAllText(Repository.PathOf($"docs/{name}.schema.json")), refuseUndescribed: true);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{\"version\":\"2.1.0\",", "is not valid JSON")]
    [InlineData("{\"a\":1}", "is JSON but not SARIF")]
    [InlineData("{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"CodeQL\",\"rules\":[{\"id\":\"cs/x\"}]}},\"results\":[]}]}", "written by CodeQL")]
    public void An_unusable_log_is_one_line_and_exit_code_1(string text, string expected)
    {
        _folder.Write("bad.sarif", text);
        var result = RunGate("--sarif", "bad.sarif");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{\"schemaVersion\":1,\"findings\":[", "is not valid JSON")]
    [InlineData("{\"version\":\"2.1.0\",\"runs\":[]}", "is JSON but not a baseline")]
    public void An_unusable_baseline_is_one_line_and_exit_code_1(string text, string expected)
    {
        OneWarning.WriteTo(_folder);
        _folder.Write(Baseline.DefaultFileName, text);
        var result = RunGate("--sarif", "build.sarif");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_folder[Baseline.DefaultFileName]));
    }

    [Fact]
    public void A_huge_log_or_baseline_is_one_line_and_exit_code_1()
    {
        OneWarning.WriteTo(_folder);
        using (var log = File.Create(_folder["huge.sarif"]))
        using (var baseline = File.Create(_folder["huge.json"]))
        {
            // Sparse: a size, and no bytes on the disk.
            log.SetLength(1L << 36);
            baseline.SetLength(1L << 36);
        }

        foreach (var arguments in new string[][] { ["--sarif", "huge.sarif"], ["--sarif", "build.sarif", "--baseline", "huge.json"], ["--sarif", "build.sarif", "--baseline", "huge.json", "--update-baseline"] })
        {
            var result = RunGate(arguments);
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Contains("is too large", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_moved_line_changes_nothing_and_a_fixed_finding_passes_and_is_shown()
    {
        OneWarning.WriteTo(_folder);
        Assert.Equal(0, RunGate("--sarif", "build.sarif", "--update-baseline").ExitCode);
        var accepted = File.ReadAllBytes(_folder[Baseline.DefaultFileName]);

        new CompilerLog().Add("FORK001", "src/A.cs", 99, "'buffer' (200 MiB) is held", member: "M:App.Run", holder: "buffer").WriteTo(_folder);
        var moved = RunGate("--sarif", "build.sarif");
        Assert.Equal((0, "findings: 0 new, 0 fixed, 1 unchanged\ngate passed: nothing new\n"), (moved.ExitCode, moved.Output));
        Assert.Equal(0, RunGate("--sarif", "build.sarif", "--update-baseline").ExitCode);
        Assert.Equal(accepted, File.ReadAllBytes(_folder[Baseline.DefaultFileName]));

        new CompilerLog().WriteTo(_folder);
        var fixedOne = RunGate("--sarif", "build.sarif");
        Assert.Equal(0, fixedOne.ExitCode);
        Assert.Contains("fixed   src/A.cs: FORK001: 'buffer' (200 MiB) is held", fixedOne.Output, StringComparison.Ordinal);
        Assert.EndsWith("gate passed: nothing new\n", fixedOne.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nonsense_in_an_option_is_one_line_and_exit_code_1()
    {
        foreach (var arguments in new string[][] { ["--max-growth", "lots"], ["--max-charge", "10M"], ["--format", "xml"], ["--fail-on", "fatal"], ["--sarif"], ["--what"] })
        {
            var result = RunGate(arguments);
            Assert.Equal(1, result.ExitCode);
            Assert.Single(result.ErrorLines);
        }
    }

    [Fact]
    public void An_update_that_is_killed_leaves_the_old_baseline_whole()
    {
        var accepted = new CompilerLog();
        for (var line = 1; line <= 20_000; line++)
        {
            accepted.Add("FORK001", "src/A.cs", line, $"'buffer{line}' is held", member: $"M:App.Run{line}", holder: $"buffer{line}");
        }

        accepted.WriteTo(_folder);
        OneWarning.WriteTo(_folder, "one.sarif");
        Assert.Equal(0, RunGate("--sarif", "one.sarif", "--update-baseline").ExitCode);
        var old = File.ReadAllBytes(_folder[Baseline.DefaultFileName]);

        using var watcher = new FileSystemWatcher(_folder.Path, "*.tmp");
        using var writing = new SemaphoreSlim(0);
        watcher.Created += (_, _) => writing.Release();
        watcher.EnableRaisingEvents = true;
        for (var round = 0; round < 3; round++)
        {
            using var process = Cli.Start(_folder.Path, null, "dotnet", ["exec", Cli.ToolPath, "gate", "--sarif", "build.sarif", "--update-baseline"]);

            // The temporary file is there: this is the middle of the write.
            Assert.True(writing.Wait(TimeSpan.FromMinutes(2)));
            process.Kill();
            process.WaitForExit();

            var now = File.ReadAllBytes(_folder[Baseline.DefaultFileName]);
            if (!now.AsSpan().SequenceEqual(old))
            {
                // The rename had happened before the kill: then the new one is whole.
                Assert.Equal(20_000, Baseline.Read(_folder[Baseline.DefaultFileName]).Findings.Count);
                File.WriteAllBytes(_folder[Baseline.DefaultFileName], old);
            }
        }
    }

    [Fact]
    public void A_full_disk_leaves_the_old_baseline_and_nothing_else()
    {
        OneWarning.WriteTo(_folder, "one.sarif");
        Assert.Equal(0, RunGate("--sarif", "one.sarif", "--update-baseline").ExitCode);
        var old = File.ReadAllBytes(_folder[Baseline.DefaultFileName]);
        var many = new CompilerLog();
        for (var line = 1; line <= 2_000; line++)
        {
            many.Add("FORK001", "src/A.cs", line, $"'buffer{line}' is held", member: $"M:App.Run{line}", holder: $"buffer{line}");
        }

        many.WriteTo(_folder);

        // A limit on the size of a file fails as a full disk does, half-way through the write; bash counts it in KiB.
        // The runtime's W^X double mapping is a file, too, and would not fit.
        var result = Cli.Run(
            _folder.Path,
            new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0" },
            "bash",
            ["-c", $"ulimit -f 64; trap '' XFSZ; exec dotnet exec '{Cli.ToolPath}' gate --sarif build.sarif --update-baseline"]);

        Assert.Equal(7, result.ExitCode);
        Assert.Contains("could not be written and was not changed", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(old, File.ReadAllBytes(_folder[Baseline.DefaultFileName]));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp"));
    }
}
