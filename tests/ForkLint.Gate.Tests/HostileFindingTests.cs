using System.Text.Json;
using ForkLint.Tests.Shared;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Building;
using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Gating;
using ForkLint.Tool.Rendering;

namespace ForkLint.Gate.Tests;

/// <summary>Messages, paths and names in a log are chosen by whoever wrote the log: every output only shows them.</summary>
public sealed class HostileFindingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_output_of_check_only_shows_them()
    {
        foreach (var hostile in HostileText.Names)
        {
            var result = Result(hostile);
            var text = FindingText.Render(result, TextStyle.Plain);
            HostileText.AssertHarmlessOnTerminal(text);
            Assert.Equal(FindingText.Render(Result("x"), TextStyle.Plain).Count(c => c == '\n'), text.Count(c => c == '\n'));

            var markdown = FindingMarkdown.Render(result);
            HostileText.AssertHarmlessInMarkdown(markdown);
            AssertTable(markdown, rows: 3);

            AssertAnnotations(FindingGitHub.Render(result));
            using var json = JsonDocument.Parse(FindingJson.Render(result));
            Assert.Equal(Readable(hostile), json.RootElement.GetProperty("findings")[0].GetProperty("message").GetString());
            AssertLog(hostile, result.Findings);
        }
    }

    /// <summary>Found by reflection: a format that is added is tried as well.</summary>
    [Fact]
    public void Every_format_of_findings_has_visible_characters_only()
    {
        var formats = typeof(FindingText).Assembly.GetTypes()
            .Where(static type => type.Namespace == typeof(FindingText).Namespace && type.Name.StartsWith("Finding", StringComparison.Ordinal))
            .Select(static type => type.GetMethods().Single(static method => method.Name == "Render" && method.GetParameters()[0].ParameterType == typeof(CheckResult)))
            .ToList();
        Assert.InRange(formats.Count, Enum.GetValues<Tool.Commands.CheckFormat>().Length - 1, int.MaxValue);
        foreach (var render in formats)
        {
            foreach (var hostile in HostileText.Names)
            {
                object[] arguments = render.GetParameters().Length == 1 ? [Result(hostile)] : [Result(hostile), TextStyle.Plain];

                // Markdown has spaces of no width of its own, so that nobody is mentioned and nothing becomes a link.
                HostileText.AssertVisible(((string)render.Invoke(null, arguments)!).Replace("\u200B", "", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Every_output_of_gate_only_shows_them()
    {
        var empty = Gate(Result("x"), "x");
        foreach (var hostile in HostileText.Names)
        {
            var result = Gate(Result(hostile), hostile);
            var text = GateText.Render(result, TextStyle.Plain);
            HostileText.AssertHarmlessOnTerminal(text);

            // A finding without a path has not moved.
            Assert.Equal(GateText.Render(empty, TextStyle.Plain).Count(c => c == '\n') - (hostile.Length == 0 ? 1 : 0), text.Count(c => c == '\n'));

            var markdown = GateMarkdown.Render(result);
            HostileText.AssertHarmlessInMarkdown(markdown);
            Assert.Equal(GateMarkdown.Render(empty).Count(c => c == '\n'), markdown.Count(c => c == '\n'));

            using var json = JsonDocument.Parse(GateJson.Render(result));
            Assert.Equal(Readable(hostile), json.RootElement.GetProperty("findings")[0].GetProperty("message").GetString());
            AssertLog(hostile, result.Findings.WithStates());
        }
    }

    [Fact]
    public void A_hostile_source_is_shown_with_nothing_that_acts()
    {
        foreach (var hostile in HostileText.Names.Where(name => name.Length < 1000))
        {
            var line = Readable(hostile).ReplaceLineEndings(" ");
            _folder.Write("src/A.cs", $"\tvar {line} = 1;\n");
            var text = FindingText.Render(Result("x") with { Findings = [Finding("x") with { Location = new CodeLocation("src/A.cs", 1, 2, 1, 5) }] }, TextStyle.Plain);
            HostileText.AssertHarmlessOnTerminal(text, mayHaveTabs: true);
            Assert.Contains("\n       | \t^^^\n", text, StringComparison.Ordinal);
        }
    }

    /// <summary>A log with these names is read, gated, written, accepted and gated again as the command line does it.</summary>
    [Fact]
    public void A_hostile_log_goes_through_the_command_line()
    {
        var log = new CompilerLog();
        foreach (var hostile in HostileText.Names.Where(name => name.Length < 1000))
        {
            log.Add("FORK001", "src/" + Readable(hostile), 1, Readable(hostile), member: Readable(hostile), holder: Readable(hostile));
        }

        log.WriteTo(_folder);
        foreach (var format in new[] { "text", "markdown", "json", "sarif" })
        {
            var result = Cli.Run(_folder.Path, "gate", "--sarif", "build.sarif", "--format", format);
            Assert.Equal(2, result.ExitCode);
            HostileText.AssertHarmlessOnTerminal(result.Error);
            switch (format)
            {
                case "text":
                    HostileText.AssertHarmlessOnTerminal(result.Output);
                    break;
                case "markdown":
                    HostileText.AssertHarmlessInMarkdown(result.Output);
                    break;
                default:
                    JsonDocument.Parse(result.Output).Dispose();
                    break;
            }
        }

        Assert.Equal(0, Cli.Run(_folder.Path, "gate", "--sarif", "build.sarif", "--update-baseline").ExitCode);
        var again = Cli.Run(_folder.Path, "gate", "--sarif", "build.sarif");
        Assert.Equal(0, again.ExitCode);
        Assert.EndsWith("gate passed: nothing new\n", again.Output, StringComparison.Ordinal);
    }

    /// <summary>A process may call itself what it likes: the first argument is the name that is shown.</summary>
    [Fact]
    public void A_process_with_a_hostile_name_is_listed_and_measured()
    {
        var name = "\e[31m::error file=a.cs::forged\n##vso[x]|@b" + new string('n', 50_000);
        using var process = Cli.Start(_folder.Path, null, "bash", ["-c", "exec -a \"$0\" dotnet exec \"$1\" demo-target", name, Cli.ToolPath]);
        try
        {
            Assert.NotNull(process.StandardOutput.ReadLine());
            var list = Cli.Run(_folder.Path, "ps");
            Assert.Contains($"{process.Id}  \\u001b[31m", list.Output, StringComparison.Ordinal);
            HostileText.AssertHarmlessOnTerminal(list.Output);

            using var json = JsonDocument.Parse(Cli.Run(_folder.Path, "ps", "--format", "json").Output);
            var shown = json.RootElement.EnumerateArray().Single(entry => entry.GetProperty("pid").GetInt32() == process.Id).GetProperty("name").GetString();
            Assert.Equal(name[..255], shown);

            foreach (var arguments in new[] { new[] { "--dry-run" }, ["--engine", "estimate"] })
            {
                var measured = Cli.Run(_folder.Path, ["measure", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), .. arguments]);
                Assert.Equal(0, measured.ExitCode);
                HostileText.AssertHarmlessOnTerminal(measured.Output);
                HostileText.AssertHarmlessOnTerminal(measured.Error);
                Assert.Contains("\\u001b[31m", measured.Output, StringComparison.Ordinal);
            }
        }
        finally
        {
            process.StandardInput.Close();
            process.WaitForExit();
        }
    }

    private static Finding Finding(string hostile) => new()
    {
        RuleId = "FORK001",
        Message = hostile,
        Location = new CodeLocation(hostile, 1, 1, 1, 2),
        RelatedLocations = [new CodeLocation(hostile, 2, 1, 2, 2)],
        TargetFrameworks = [hostile],
        Properties = new FindingProperties([new("holderMember", hostile), new("member", hostile), new("measuredBytes", "5"), new(hostile.Length == 0 ? "a" : hostile, hostile)]),
        Fingerprint = "f:" + hostile,
    };

    private CheckResult Result(string hostile) => new()
    {
        Projects = new ProjectSet(_folder["App.csproj"], [_folder["App.csproj"]]),
        Root = new SourceRoot(_folder.Path),
        Findings = [Finding(hostile), Finding(hostile) with { Location = null }, Finding(hostile) with { Suppressions = [new FindingSuppression("inSource", hostile)] }],
        Rules = [new RuleDescription("FORK001", hostile, hostile, null, FindingLevel.Warning)],
        Frameworks = [hostile, "net10.0"],
        Unflagged = [new MeasuredHolder(hostile, 100 << 20)],
    };

    private static GateResult Gate(CheckResult check, string hostile) => new()
    {
        Findings = GateComparison.Compare([new AcceptedFinding("gone", "FORK001", FindingLevel.Warning, hostile, hostile, hostile), new AcceptedFinding("f:" + hostile, "FORK001", FindingLevel.Warning, "elsewhere.cs", hostile, hostile)], [check.Findings[0] with { Fingerprint = "new" }, .. check.Findings]),
        Costs = [new CostComparison(new MeasuredCost(hostile, 1, 2, 3), new MeasuredCost(hostile, 2, 3, 4))],
        Budgets = [new BudgetCheck("max-charge", hostile, 2, 1)],
        Rules = check.Rules,
    };

    private static void AssertTable(string markdown, int rows)
    {
        // Cells end at a bar that no backslash precedes.
        var lines = markdown.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(rows + 2, lines.Length);
        Assert.All(lines, line => Assert.Contains(System.Text.RegularExpressions.Regex.Count(line.Replace("\\\\", "", StringComparison.Ordinal), @"(?<!\\)\|"), (int[])[3, 5]));
    }

    private static void AssertAnnotations(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines[..2], line => Assert.Matches("^::warning (file=[^:,]*,line=1,endLine=1,col=1,endColumn=2,)?title=FORK001::", line));
        Assert.DoesNotContain(output, c => c != '\n' && char.IsControl(c));
        Assert.False(lines[2].TrimStart().StartsWith("::", StringComparison.Ordinal));
    }

    private void AssertLog(string hostile, IEnumerable<Finding> findings)
    {
        using var stream = new MemoryStream();
        SarifWriter.Write(stream, new SarifHeader("forklint/test/", [new RuleDescription("FORK001", hostile, hostile, null, FindingLevel.Warning)], "1.0.0"), findings);
        var text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        Assert.DoesNotContain(text, c => c != '\n' && char.IsControl(c));
        var file = _folder["written.sarif"];
        File.WriteAllText(file, text);
        Assert.Equal(Readable(hostile), SarifReader.Read(file, new SourceRoot(_folder.Path)).Findings[0].Message);
    }

    /// <summary>What is left of a text where only Unicode can be written.</summary>
    private static string Readable(string text) => string.Concat(text.EnumerateRunes());
}
