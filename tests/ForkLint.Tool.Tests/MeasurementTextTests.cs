using ForkLint.Tool.Rendering;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

public sealed class MeasurementTextTests
{
    public static TheoryData<string> Names => SampleReports.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_report_has_its_text(string name) =>
        GoldenText.Verify(name, MeasurementText.Render(SampleReports.ByName(name), TextStyle.Plain));

    [Theory]
    [MemberData(nameof(Names))]
    public void No_line_ends_with_a_space_and_colours_change_nothing_but_colour(string name)
    {
        var plain = MeasurementText.Render(SampleReports.ByName(name), TextStyle.Plain);
        Assert.DoesNotContain(plain.Split('\n'), line => line.EndsWith(' '));
        Assert.DoesNotContain('\e', plain);

        var colored = MeasurementText.Render(SampleReports.ByName(name), new TextStyle(isColored: true));
        Assert.Contains('\e', colored);
        Assert.Equal(plain, StripColors(colored));
    }

    [Theory]
    [InlineData("Agent", "A fork of Shop.Api (pid 4242) succeeds here.", "It is charged 270.0 MiB, takes 8.12 ms, stalls")]
    [InlineData("Failed", "A fork of Shop.Api (pid 4242) fails here with ENOMEM: overcommit_memory=0: one mapping is larger than RAM and swap.", "Not duplicating works: a child that shares the memory (vfork, posix_spawn) is made in 120 µs here.")]
    [InlineData("Estimate", "A fork of Shop.Api (pid 4242) would succeed here.", "It would be charged 270.0 MiB, would take about 8.00 ms (estimated)")]
    [InlineData("Unknown", "A fork of ? (pid 1) may or may not succeed here.", "What it costs is not known.")]
    public void The_verdict_comes_first_and_then_what_it_costs(string name, string verdict, string costs)
    {
        var lines = MeasurementText.Render(SampleReports.ByName(name), TextStyle.Plain).Split('\n');
        Assert.Equal(verdict, lines[0]);
        Assert.StartsWith(costs, lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("glibc", "10.0.12", "Process.Start does not")]
    [InlineData("musl", "10.0.12", "Process.Start does with UserName set")]
    [InlineData(null, null, "Process.Start shares the memory (vfork) on glibc; on musl")]
    [InlineData("glibc", "2.2.8", "Every Process.Start pays it")]
    public void Who_pays_depends_on_runtime_and_libc(string? libc, string? runtime, string expected)
    {
        var lines = string.Join('\n', WhoPays.Describe(new ProcessFacts(0, "", runtime, null) { Libc = libc }));
        Assert.Contains(expected, lines, StringComparison.Ordinal);
        Assert.Contains("createdump", lines, StringComparison.Ordinal);
    }

    private static string StripColors(string text) => System.Text.RegularExpressions.Regex.Replace(text, "\e\\[[0-9]+m", "");
}
