using ForkLint.Tool.Findings;
using ForkLint.Tool.Gating;
using ForkLint.Tool.Text;

namespace ForkLint.Gate.Tests;

public sealed class GateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CompilerLog Log(params (string Rule, int Line, string Allocation, string Level)[] findings)
    {
        var log = new CompilerLog();
        foreach (var (rule, line, allocation, level) in findings)
        {
            log.Add(rule, "src/A.cs", line, $"'{allocation}' (200 MiB) is held", level, member: "M:App.Run", holder: allocation);
        }

        return log;
    }

    private GateRequest Request(CompilerLog log) => new()
    {
        SarifFiles = [log.WriteTo(_folder)],
        BaselineFile = _folder["base.json"],
        Root = new SourceRoot(_folder.Path),
    };

    private void Accept(CompilerLog log) => GateRunner.Run(Request(log) with { UpdatesBaseline = true });

    [Fact]
    public void What_was_accepted_passes()
    {
        var log = Log(("FORK001", 10, "buffer", "warning"), ("FORK002", 20, "cache", "warning"));
        Accept(log);
        var result = GateRunner.Run(Request(log));

        Assert.False(result.Failed);
        Assert.Equal("0 new, 0 fixed, 2 unchanged", result.Counts);
    }

    [Fact]
    public void A_new_warning_fails()
    {
        Accept(Log(("FORK001", 10, "buffer", "warning")));
        var result = GateRunner.Run(Request(Log(("FORK001", 10, "buffer", "warning"), ("FORK002", 20, "cache", "warning"))));

        Assert.True(result.Failed);
        Assert.Equal("FORK002", Assert.Single(result.Failing).RuleId);
        Assert.Equal("1 new warning", result.Reason);
    }

    [Fact]
    public void A_second_one_like_an_accepted_one_is_new()
    {
        Accept(Log(("FORK001", 10, "buffer", "warning")));
        Assert.True(GateRunner.Run(Request(Log(("FORK001", 10, "buffer", "warning"), ("FORK001", 30, "buffer", "warning")))).Failed);
    }

    [Fact]
    public void A_fixed_one_passes_and_is_shown_as_fixed()
    {
        Accept(Log(("FORK001", 10, "buffer", "warning"), ("FORK002", 20, "cache", "warning")));
        var result = GateRunner.Run(Request(Log(("FORK002", 20, "cache", "warning"))));

        Assert.False(result.Failed);
        Assert.Equal("FORK001", Assert.Single(result.Findings.Fixed).RuleId);
        Assert.Contains("### Fixed (1)", GateMarkdown.Render(result), StringComparison.Ordinal);
        Assert.Equal(BaselineState.Absent, result.Findings.WithStates().Last().BaselineState);
    }

    [Fact]
    public void A_moved_line_changes_neither_the_decision_nor_the_baseline()
    {
        Accept(Log(("FORK001", 10, "buffer", "warning")));
        var before = File.ReadAllBytes(_folder["base.json"]);
        var moved = Log(("FORK001", 4711, "buffer", "warning"));

        Assert.Equal("0 new, 0 fixed, 1 unchanged", GateRunner.Run(Request(moved)).Counts);
        Accept(moved);
        Assert.Equal(before, File.ReadAllBytes(_folder["base.json"]));
    }

    [Fact]
    public void A_member_that_moved_to_another_file_is_shown_as_moved_and_passes()
    {
        Accept(Log(("FORK001", 10, "buffer", "warning")));
        var result = GateRunner.Run(Request(new CompilerLog().Add("FORK001", "src/B.cs", 3, "'buffer' is held", member: "M:App.Run", holder: "buffer")));

        Assert.False(result.Failed);
        Assert.Equal("0 new, 0 fixed, 1 unchanged (1 moved)", result.Counts);
        Assert.Equal("src/A.cs", Assert.Single(result.Findings.Moved).From);
    }

    [Fact]
    public void New_information_is_shown_and_fails_only_on_request()
    {
        var request = Request(Log(("FORK003", 10, "buffer", "note")));
        Accept(new CompilerLog());

        var result = GateRunner.Run(request with { SarifFiles = [Log(("FORK003", 10, "buffer", "note")).WriteTo(_folder)] });
        Assert.False(result.Failed);
        Assert.Single(result.Findings.New);
        Assert.Equal("nothing new that fails", result.Reason);
        Assert.True((result with { FailOn = FindingLevel.Note }).Failed);
    }

    [Fact]
    public void A_suppressed_finding_counts_on_neither_side()
    {
        Accept(new CompilerLog());
        var result = GateRunner.Run(Request(new CompilerLog().Add("FORK001", "a.cs", 1, "'b' is held", suppression: "known")));

        Assert.False(result.Failed);
        Assert.Equal("0 new, 0 fixed, 0 unchanged, 1 suppressed", result.Counts);
    }

    [Fact]
    public void Logs_of_several_frameworks_are_one()
    {
        Accept(Log(("FORK001", 10, "buffer", "warning")));
        var one = Log(("FORK001", 10, "buffer", "warning")).WriteTo(_folder, "net8.sarif");
        var two = Log(("FORK001", 10, "buffer", "warning")).WriteTo(_folder, "net10.sarif");
        Assert.Equal("0 new, 0 fixed, 1 unchanged", GateRunner.Run(Request(new CompilerLog()) with { SarifFiles = [one, two] }).Counts);
    }

    [Fact]
    public void Budgets_are_judged_by_what_was_charged_and_else_by_the_prediction()
    {
        var agent = MeasurementReport.Write(_folder, "agent.json", "worker", chargedBytes: 600, predictedBytes: 500);
        var estimate = MeasurementReport.Write(_folder, "estimate.json", "api", chargedBytes: null, predictedBytes: 400);
        var result = GateRunner.Run(new GateRequest { MeasurementFiles = [agent, estimate], Budgets = new CostBudgets(500, null), Root = new SourceRoot(_folder.Path) });

        Assert.Equal([new BudgetCheck("max-charge", "worker", 600, 500), new BudgetCheck("max-charge", "api", 400, 500)], result.Budgets);
        Assert.Equal([true, false], result.Budgets.Select(budget => budget.IsExceeded));
        Assert.True(result.Failed);
        Assert.Equal("1 budget exceeded", result.Reason);
    }

    [Theory]
    [InlineData("10%", 1100, false)]
    [InlineData("10%", 1101, true)]
    [InlineData("0%", 1000, false)]
    [InlineData("0%", 1001, true)]
    [InlineData("100B", 1100, false)]
    [InlineData("100B", 1101, true)]
    public void Growth_is_judged_against_the_accepted_measurement(string growth, long now, bool exceeded)
    {
        Assert.True(Growth.TryParse(growth, out var parsed));
        var request = new GateRequest { BaselineFile = _folder["base.json"], Root = new SourceRoot(_folder.Path) };
        GateRunner.Run(request with { UpdatesBaseline = true, MeasurementFiles = [MeasurementReport.Write(_folder, "old.json", "worker", 1000)] });

        var result = GateRunner.Run(request with { MeasurementFiles = [MeasurementReport.Write(_folder, "new.json", "worker", now)], Budgets = new CostBudgets(null, parsed) });
        Assert.Equal(exceeded, result.Failed);
        Assert.Contains("| worker | commit charge | 1000 B |", GateMarkdown.Render(result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ten")]
    [InlineData("-5%")]
    [InlineData("%")]
    [InlineData("")]
    [InlineData("10 percent")]
    [InlineData("99999999999999999999999999999999999%")]
    [InlineData("10M")]
    [InlineData("100")]
    public void Nonsense_is_no_growth(string text) => Assert.False(Growth.TryParse(text, out _));

    [Fact]
    public void Updating_one_part_keeps_the_other()
    {
        Accept(Log(("FORK001", 10, "buffer", "warning")));
        var request = new GateRequest { BaselineFile = _folder["base.json"], UpdatesBaseline = true, Root = new SourceRoot(_folder.Path) };
        GateRunner.Run(request with { MeasurementFiles = [MeasurementReport.Write(_folder, "a.json", "worker", 1000)] });
        GateRunner.Run(request with { MeasurementFiles = [MeasurementReport.Write(_folder, "b.json", "api", 2000)] });
        GateRunner.Run(request with { MeasurementFiles = [MeasurementReport.Write(_folder, "a.json", "worker", 3000)] });

        var baseline = Baseline.Read(_folder["base.json"]);
        Assert.Single(baseline.Findings);
        Assert.Equal([("api", 2000L), ("worker", 3000L)], baseline.Measurements.Select(cost => (cost.Process, cost.CommitChargeBytes)));
    }

    [Fact]
    public void Requests_that_make_no_sense_say_so()
    {
        var root = new SourceRoot(_folder.Path);
        var report = MeasurementReport.Write(_folder, "a.json", "worker", 1000);

        Assert.Contains("no input to gate", Refused(new GateRequest { Root = root }), StringComparison.Ordinal);
        Assert.Contains("a budget was given but no measurement", Refused(Request(new CompilerLog()) with { UpdatesBaseline = true, Budgets = new CostBudgets(1, null) }), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refused(Request(new CompilerLog())), StringComparison.Ordinal);
        Assert.Contains("nothing to compare with", Refused(new GateRequest { Root = root, MeasurementFiles = [report], Budgets = new CostBudgets(null, new Growth(10, null)) }), StringComparison.Ordinal);
        Assert.Contains("two of the measurements are of 'worker'", Refused(new GateRequest { Root = root, MeasurementFiles = [report, report] }), StringComparison.Ordinal);
        Assert.Contains("not a measurement report", Refused(new GateRequest { Root = root, MeasurementFiles = [_folder.Write("x.json", "{\"fork\":3}")] }), StringComparison.Ordinal);
        Assert.Contains("names no process or no commit charge", Refused(new GateRequest { Root = root, MeasurementFiles = [_folder.Write("y.json", "{\"fork\":{},\"process\":{\"name\":\"a\"}}")] }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_escapes_what_the_source_says_and_stays_short()
    {
        Assert.Equal("a\\|b &lt;img&gt; \\`c\\` @\u200Bteam \\[x\\](y)\\\\u000ad", NeutralText.Markdown("a|b <img> `c` @team [x](y)\nd"));
        Accept(new CompilerLog());
        var many = Log([.. Enumerable.Range(1, 500).Select(line => ("FORK001", line, new string('x', 2000) + line, "warning"))]);
        var text = GateMarkdown.Render(GateRunner.Run(Request(many)));

        Assert.Contains("… and 450 more.", text, StringComparison.Ordinal);
        Assert.True(text.Length < 65_536, $"{text.Length} characters are more than a comment holds");
    }

    private static string Refused(GateRequest request) => Assert.Throws<UnreadableInputException>(() => GateRunner.Run(request)).Message;
}
