using System.Text.RegularExpressions;
using ForkLint.Heap;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

/// <summary>The report on one screen: the verdicts first, each figure once, at every width.</summary>
public sealed partial class ScreenTextTests
{
    public static TheoryData<string> Names => SampleReports.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_report_has_its_screen(string name) =>
        GoldenText.Verify("Screen" + name, ScreenText.Render(SampleReports.ByName(name), TextStyle.Plain, null));

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public void A_terminal_has_its_own_lines(int columns) =>
        GoldenText.Verify($"ScreenBeside{columns}", ScreenText.Render(SampleReports.Beside, TextStyle.Plain, columns));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_screen_is_24_lines_of_100_columns_and_no_line_is_wider_than_its_terminal(string name)
    {
        var many = SampleReports.ByName(name) with { Savings = [.. Enumerable.Repeat(SampleReports.WithSavings.Savings![0], 40)] };
        foreach (var report in new[] { SampleReports.ByName(name), many })
        {
            Assert.InRange(Lines(report, 100).Length, 5, 24);
            var piped = Lines(report, null).Sum(static line => 1 + (Math.Max(0, line.Length - 1) / 100));
            Assert.InRange(piped, 5, 24);
            foreach (var columns in new[] { 60, 80, 200 })
            {
                // Only a word that is longer than the line stands over.
                Assert.All(Lines(report, columns), line => Assert.True(line.Length <= columns || !line.TrimStart().Contains(' ', StringComparison.Ordinal), line));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_line_ends_with_a_space_and_colours_change_nothing_but_colour(string name)
    {
        foreach (int? columns in new int?[] { null, 60, 100 })
        {
            var plain = ScreenText.Render(SampleReports.ByName(name), TextStyle.Plain, columns);
            Assert.DoesNotContain(plain.Split('\n'), line => line.EndsWith(' '));
            Assert.Equal(plain, Colours().Replace(ScreenText.Render(SampleReports.ByName(name), new TextStyle(isColored: true), columns), ""));
        }
    }

    /// <summary>Libraries are one saving without a holder; a data file or a deleted file is a saving by its path.</summary>
    [Theory]
    [InlineData(null, "load fewer native libraries")]
    [InlineData("native:/data/index.bin", "unmap it, or map it read-only")]
    [InlineData("native:/data/index.bin (deleted)", "unmap it, or map it read-only")]
    public void Pages_of_a_file_go_by_what_is_said_of_that_file(string? holder, string expected)
    {
        var pages = SampleReports.WithSavings.Savings![0] with { Kind = SavingKind.FilePrivate, Holder = holder, Confidence = Confidence.Estimated };
        Assert.EndsWith(expected, Assert.Single(Lines(SampleReports.WithSavings with { Savings = [pages] }, null), static line => line.StartsWith(" 1  ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_worst_news_comes_first_and_each_figure_of_the_verdicts_once()
    {
        var lines = Lines(SampleReports.Beside, null);
        Assert.Equal("Shop.Api (pid 4242)   .NET 10.0.12, workstation GC, glibc; container limit 400.0 MiB, 234.0 MiB in use, killed for memory once", lines[0]);
        Assert.StartsWith("Made 2026-11-29 13:30:05 +01:00 by forklint 0.2.0; agent: ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("Beside a child  186.0 MiB of room. A child of 250MiB does not fit: 65.0 MiB short; the kernel would kill Shop.Api (pid 4242).", lines[3], StringComparison.Ordinal);
        var verdicts = lines.Skip(3).TakeWhile(line => !line.StartsWith("Free first", StringComparison.Ordinal)).SelectMany(line => Sizes().Matches(line).Select(match => match.Value)).ToList();
        Assert.True(verdicts.Count >= 7, string.Join(", ", verdicts));
        Assert.Equal(verdicts.Distinct(), verdicts);

        var failed = Lines(SampleReports.Failed, null);
        Assert.StartsWith("Fork            fails with ENOMEM, 6.0 GiB short", failed[3], StringComparison.Ordinal);
    }

    [Fact]
    public void What_Process_Start_costs_stands_among_the_verdicts()
    {
        Assert.Contains(Lines(SampleReports.Agent, null), line => line.StartsWith("Process.Start   does not fork: it shares the memory (vfork) and takes 120 µs at any size", StringComparison.Ordinal));
        Assert.True(WhoPays.IsDuplicating(new ProcessFacts(0, "", "2.2.8", null) { Libc = "glibc" }));
        Assert.Null(WhoPays.IsDuplicating(new ProcessFacts(0, "", "10.0.0", null) { Libc = "musl" }));
    }

    [Fact]
    public void A_budget_that_is_exceeded_and_what_is_freed_without_a_holder_are_said()
    {
        var report = SampleReports.WithSavings with { WhatIfFreed = new WhatIfSection { Freed = ["F:A.B"], SavedBytes = 200 * SampleReports.MiB, CommitChargeBytes = 70 * SampleReports.MiB } };
        var lines = Lines(report, null);
        Assert.StartsWith("Budget          Over budget: the commit charge is 270.0 MiB", lines[3], StringComparison.Ordinal);
        Assert.Contains(lines, line => line == "What if         without F:A.B a fork would be charged 70.0 MiB, 200.0 MiB less");
        Assert.Contains(lines, line => line.StartsWith("Given back ", StringComparison.Ordinal));
    }

    [Fact]
    public void Notes_beyond_three_are_counted()
    {
        var lines = Lines(SampleReports.Agent with { Warnings = ["a", "b", "c", "d", "e"] }, null);
        Assert.Equal(3, lines.Count(line => line.StartsWith("Note ", StringComparison.Ordinal)));
        Assert.StartsWith("2 more notes, and all figures: --details.", lines[^1], StringComparison.Ordinal);
    }

    private static string[] Lines(MeasurementReport report, int? columns) => ScreenText.Render(report, TextStyle.Plain, columns).TrimEnd('\n').Split('\n');

    [GeneratedRegex("\\e\\[[0-9]+m")]
    private static partial Regex Colours();

    [GeneratedRegex("[0-9.]+ (?:GiB|MiB|KiB|ms|µs)")]
    private static partial Regex Sizes();
}
