using System.Text;
using ForkLint.Heap;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tests;

/// <summary>What a trace saw, beside a measurement and its findings.</summary>
public sealed class TracedTests
{
    private static readonly MeasuredSpawn[] Seen =
    [
        new("M:App.Tool.Exec", 814, 486L << 20, "ffmpeg"),
        new("M:App.Encoder.Run", 812, 486L << 20, "ffmpeg"),
        new("M:App.Tool.Exec", 3, null, "git"),
        new("M:App.Program.{Main}$", 815, 900L << 20, "chromium"),
    ];

    [Fact]
    public void Programs_come_by_peak_and_methods_by_starts_with_the_findings_in_them()
    {
        var traced = FindingsJoin.Traced(Seen, [Held("M:App.Encoder.Run``1(``0,System.Int32)", "FORK004"), Held("M:App.Encoder.Other", "FORK003"), Held(null, "FORK000")]);
        Assert.Equal(["chromium", "ffmpeg", "git"], traced.Select(static child => child.Program));
        Assert.Equal([900L << 20, 486L << 20, null], traced.Select(static child => child.PeakResidentBytes));
        Assert.Equal([("M:App.Tool.Exec", 814L, 0), ("M:App.Encoder.Run", 812L, 1)], traced[1].Sites.Select(static site => (site.Member, site.Starts, site.Findings.Count)));
        Assert.Equal("FORK004", traced[1].Sites[1].Findings[0].Rule);
    }

    [Fact]
    public void The_text_says_who_started_what_and_what_warns()
    {
        var output = new StringBuilder();
        TracedText.Append(output, FindingsJoin.Traced(Seen[1..3], [Held("M:App.Encoder.Run", "FORK004")]), TextStyle.Plain);
        Assert.Equal(
            """

            What it was seen to start (--traced)
              ffmpeg: peaked at 486.0 MiB
                812 starts by M:App.Encoder.Run
                  FORK004 at src/Encoder.cs:12: 'frame' may be held
              git: its peak is not known
                3 starts by M:App.Tool.Exec

            """,
            output.ToString());
        Assert.Equal("", Appended(null));
    }

    [Theory]
    [InlineData("""{ "spawns": [ { "members": ["M:A.B"], "program": "/usr/bin/git", "peakResidentBytes": 5 }, { "members": [], "program": null, "peakResidentBytes": null } ] }""")]
    [InlineData("# 2026-11-29, A, 1 start\nM:A.B; starts=1; peak=5; program=git\nF:A.C; 7\n")]
    public void A_trace_is_read_from_its_report_and_from_the_measured_file(string text) => Assert.Equal([new MeasuredSpawn("M:A.B", 1, 5, "git")], Read(text));

    [Theory]
    [InlineData("F:A.C; 7\n", "does not say what was started")]
    [InlineData("{ \"spawns\": 5 }", "is not a report of 'trace'")]
    [InlineData("{ \"spawns\": [ { \"program\": 5 } ] }", "is not a report of 'trace'")]
    [InlineData("{ \"spawns\": [", "is not valid JSON")]
    [InlineData("", "is empty")]
    public void What_is_no_trace_is_said_to_be_none(string text, string message) =>
        Assert.Contains(message, Assert.Throws<UnreadableInputException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static IReadOnlyList<MeasuredSpawn> Read(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return TracedFile.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Appended(IReadOnlyList<TracedSection>? traced)
    {
        var output = new StringBuilder();
        TracedText.Append(output, traced, TextStyle.Plain);
        return output.ToString();
    }

    private static Finding Held(string? member, string rule) => new()
    {
        RuleId = rule,
        Level = FindingLevel.Warning,
        Message = "'frame' may be held",
        Location = new CodeLocation("src/Encoder.cs", 12, 1, 12, 5),
        Properties = new FindingProperties(member is null ? [] : [new("member", member)]),
    };
}
