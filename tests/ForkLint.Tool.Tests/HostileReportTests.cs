using System.Text.Json;
using System.Text.Json.Nodes;
using ForkLint.Linux.Text;
using ForkLint.Tests.Shared;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Demo;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Rendering.Html;
using ForkLint.Tool.Report;
using ForkLint.Tool.Text;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

/// <summary>Names of processes, types and files are chosen by others: whatever they are, an output only shows them.</summary>
public sealed class HostileReportTests
{
    private static readonly TextStyle Colored = new(isColored: true);

    [Fact]
    public void Every_text_of_a_measurement_is_harmless_on_a_terminal()
    {
        foreach (var name in SampleReports.Names.Select<object[], string>(row => (string)row[0]))
        {
            var report = SampleReports.ByName(name);
            var words = Words(report);
            var lines = MeasurementText.Render(report, TextStyle.Plain).Count(character => character == '\n');
            foreach (var hostile in HostileText.Names)
            {
                var text = MeasurementText.Render(WithEveryText(report, words, hostile), TextStyle.Plain);
                HostileText.AssertHarmlessOnTerminal(text);

                // A runtime's version decides on who pays, a sentence of one line or of two; nothing else adds or takes a line.
                Assert.InRange(text.Count(character => character == '\n'), lines - 3, lines + 3);
                foreach (int? columns in new int?[] { null, 60, 200 })
                {
                    HostileText.AssertHarmlessOnTerminal(ScreenText.Render(WithEveryText(report, words, hostile), TextStyle.Plain, columns));
                }

                var colored = MeasurementText.Render(WithEveryText(report, words, hostile), Colored);
                Assert.Equal(text, System.Text.RegularExpressions.Regex.Replace(colored, "\e\\[(0|1|2|31|32|33)m", ""));
            }
        }
    }

    [Fact]
    public void Every_text_of_a_plan_a_list_and_the_demo_is_harmless_on_a_terminal()
    {
        foreach (var hostile in HostileText.Names)
        {
            HostileText.AssertHarmlessOnTerminal(PlanText.Render(new PlanReport { Pid = 1, Name = hostile, Engine = hostile, EngineWhy = hostile, Refusal = hostile, Advice = hostile, WouldDo = [hostile, hostile] }, TextStyle.Plain));
            foreach (var isFast in new[] { true, false })
            {
                var list = ProcessListText.Render([new ProcessListEntry { Pid = 1, Name = hostile, Runtime = hostile, CommandLine = hostile }, new ProcessListEntry { Pid = 2, Name = "a" }], isFast, TextStyle.Plain);
                HostileText.AssertHarmlessOnTerminal(list);
                Assert.Equal(3, list.Count(character => character == '\n'));
            }

            var demo = DemoText.Render([], new DemoSource(null, ""), SampleReports.Agent with { Process = SampleReports.Agent.Process with { Name = hostile } }, TextStyle.Plain);
            HostileText.AssertHarmlessOnTerminal(demo);
        }
    }

    [Fact]
    public void Every_text_of_a_page_is_text()
    {
        // These have every section between them.
        foreach (var report in new[] { SampleReports.Beside, SampleReports.WithFindings, SampleReports.WithChildWrites, SampleReports.Estimate })
        {
            var words = Words(report);
            var harmless = Own(MeasurementPage.Write(WithEveryText(report, words, "name")));
            foreach (var hostile in HostileText.Names)
            {
                HostileText.AssertHarmlessInHtml(Own(MeasurementPage.Write(WithEveryText(report, words, hostile))), harmless);
            }
        }

        // A long name is cut, and what tells two of them apart with it.
        var expected = Own(TracePage.Write(Named("name")));
        foreach (var hostile in HostileText.Names.Where(static name => name.Length < 100))
        {
            HostileText.AssertHarmlessInHtml(Own(TracePage.Write(Named(hostile))), expected);
        }

        // Without the parts that every page has, which are long.
        static string Own(string page) => page.Replace(PageAssets.Library, "", StringComparison.Ordinal).Replace(PageAssets.Charts, "", StringComparison.Ordinal).Replace(PageAssets.Style, "", StringComparison.Ordinal);

        static TraceReport Named(string name) => SampleTraces.Shop with
        {
            Process = new TracedProcess(1, name),
            Spawns = [.. SampleTraces.Shop.Spawns.Select((spawn, index) => spawn with { Program = $"{name}{index}", Arguments = [name, name], Caller = $"{name}{index}", Stack = [name], Members = [name] })],
            Tree = new TreePeak(1, [new TreeMember(1, name, 1)]),
            Warnings = [name],
        };
    }

    /// <summary>A new form of a measurement needs a test of hostile names here, by the rules of what reads it, and then its place in this list.</summary>
    [Fact]
    public void Every_form_of_a_measurement_is_tested_with_hostile_names()
    {
        string[] tested = [nameof(JsonFormat), nameof(MeasurementPage), nameof(MeasurementText), nameof(ScreenText)];
        var untested = typeof(IReportFormat).Assembly.GetTypes().Where(static type => type.IsClass && type.IsAssignableTo(typeof(IReportFormat))).Select(static type => type.Name).Except(tested).ToList();
        Assert.True(untested.Count == 0, $"no test prints {string.Join(" and ", untested)} with the names of HostileText: write one, then add the class to the list in this test");
    }

    [Fact]
    public void A_name_of_100_kB_makes_a_list_no_wider_than_a_long_name()
    {
        var list = ProcessListText.Render(
            [new ProcessListEntry { Pid = 1, Name = new string('n', 100_000) }, .. Enumerable.Range(2, 12).Select(pid => new ProcessListEntry { Pid = pid, Name = "App" })],
            isFast: false,
            TextStyle.Plain);
        Assert.True(list.Length < 14 * 200, $"{list.Length} characters");
        Assert.Equal(255, Processes.ProcessName.FromArguments(["/opt/" + new string('n', 100_000)])!.Length);
    }

    [Fact]
    public void Every_text_in_the_report_reaches_the_JSON_as_it_is()
    {
        foreach (var hostile in HostileText.Names)
        {
            var json = ReportJson.Write(SampleReports.Agent with { Process = SampleReports.Agent.Process with { Name = hostile } });
            HostileText.AssertHarmlessOnTerminal(json.Length > 80_000 ? json[..80_000] : json.Replace("##", "", StringComparison.Ordinal));
            using var document = JsonDocument.Parse(json);
            Assert.Equal(string.Concat(hostile.EnumerateRunes()), document.RootElement.GetProperty("process").GetProperty("name").GetString());
        }
    }

    [Fact]
    public void An_error_and_a_line_of_progress_stay_one_line()
    {
        foreach (var hostile in HostileText.Names)
        {
            HostileText.AssertHarmlessOnTerminal(ErrorLine.Format(hostile, hostile));
            Assert.DoesNotContain('\n', ErrorLine.Format(hostile, hostile));

            using var terminal = new StringWriter();
            using (var progress = new ProgressLine(terminal))
            {
                progress.Entered(MeasureStage.ReadParent);
                progress.Progress(hostile);
            }

            HostileText.AssertHarmlessOnTerminal(terminal.ToString().Replace("\r\e[K", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Making_a_text_harmless_twice_changes_nothing_more()
    {
        foreach (var hostile in HostileText.Names)
        {
            Assert.Equal(NeutralText.Terminal(hostile), NeutralText.Terminal(NeutralText.Terminal(hostile)));
            Assert.True(NeutralText.Terminal(hostile).Length <= VisibleText.MaximumLength);
        }

        Assert.Equal("Shop.Api, ein Dienst für Ärzte 😀", NeutralText.Terminal("Shop.Api, ein Dienst für Ärzte 😀"));
        Assert.Equal("\\u001b[31mred \\u000a \\U000e0041 \ufffd", NeutralText.Terminal("\e[31mred \n \U000E0041 \ud800"));
        Assert.Equal("\\u003a:error::x", NeutralText.Terminal("::error::x"));
        Assert.Equal("global::App", NeutralText.Terminal("global::App"));
    }

    [Fact]
    public void Nothing_but_the_writers_writes_to_the_console()
    {
        // What each of them does: lines of standard error; progress; reports; the demo's own pipe; the output of a command that was asked for.
        string[] writers = ["CommandLine/ErrorLine.cs", "Rendering/ProgressLine.cs", "CommandLine/ReportOutput.cs", "Checking/FindingsOutput.cs", "Commands/DemoTargetCommand.cs", "Processes/LaunchedCommand.cs"];
        var tool = Path.Combine(Repository.Root, "tool", "ForkLint.Tool");
        var others = Directory.EnumerateFiles(tool, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(tool, file))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal) && !writers.Contains(file))
            .Where(file => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(Path.Combine(tool, file)), @"Console\.(Error\.|Out\b|Write|OpenStandard)"));
        Assert.Empty(others);
    }

    /// <summary>The report with each of its texts replaced, but for those that are one of a few words.</summary>
    private static MeasurementReport WithEveryText(MeasurementReport report, HashSet<int> words, string hostile)
    {
        var root = JsonNode.Parse(ReportJson.Write(report))!;
        foreach (var (text, index) in Texts(root).Select((text, index) => (text, index)).ToArray())
        {
            if (!words.Contains(index))
            {
                text.ReplaceWith(hostile);
            }
        }

        return ReportJson.ReadMeasurement(root.ToJsonString());
    }

    /// <summary>Which texts of a report are one of a few words: those for which it reads no other.</summary>
    private static HashSet<int> Words(MeasurementReport report)
    {
        var words = new HashSet<int>();
        var count = Texts(JsonNode.Parse(ReportJson.Write(report))).Count();
        for (var index = 0; index < count; index++)
        {
            var root = JsonNode.Parse(ReportJson.Write(report))!;
            Texts(root).ElementAt(index).ReplaceWith("no such word");
            try
            {
                ReportJson.ReadMeasurement(root.ToJsonString());
            }
            catch (JsonException)
            {
                words.Add(index);
            }
        }

        Assert.True(count - words.Count >= 2, $"{count} texts, {words.Count} of them words");
        return words;
    }

    private static IEnumerable<JsonValue> Texts(JsonNode? node) => node switch
    {
        JsonObject parts => parts.SelectMany(part => Texts(part.Value)),
        JsonArray elements => elements.SelectMany(Texts),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value],
        _ => [],
    };
}
