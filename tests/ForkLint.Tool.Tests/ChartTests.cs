using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Rendering.Html;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tests;

/// <summary>What the charts of the pages are drawn from, and what a page is made of.</summary>
public sealed class ChartTests
{
    private const long MiB = 1024 * 1024;

    public static TheoryData<SavingKind> Kinds => [.. Enum.GetValues<SavingKind>()];

    [Fact]
    public void The_parts_of_every_node_add_up_to_it_and_the_tree_to_the_savings()
    {
        var report = SampleReports.Agent with
        {
            Savings =
            [
                Saving(SavingKind.Managed, "F:App.Cache.Table", 200, 190),
                Saving(SavingKind.Managed, "P:App.Cache.Names", 20, 20),
                Saving(SavingKind.Managed, "M:App.Program.Main(System.String[])", 8, 8),
                Saving(SavingKind.Managed, "stack of thread 1", 4, 4),
                Saving(SavingKind.Managed, null, 6, 6) with { JointlyHeldBy = ["F:App.Cache.Table", "F:App.Other.Data"] },
                Saving(SavingKind.ThreadStacks, null, 31, 0),
                Saving(SavingKind.Native, "native:malloc", 3, 3),
                Saving(SavingKind.Native, "native:0x7f00", 2, 2),
                Saving(SavingKind.Other, null, 5, 1),
                Saving(SavingKind.DoNotDuplicate, null, 279, 234),
            ],
        };
        var root = HolderTree.Of(report)!;
        Check(root);
        Assert.Equal(279 * MiB, root.ChargeBytes);
        Assert.Equal(234 * MiB, root.ResidentBytes);
        Assert.Equal([("Objects", 238), ("Thread stacks", 31), ("Everything else", 5), ("Native memory", 5)], root.Children.Select(static kind => (kind.Name, (int)(kind.ChargeBytes / MiB))).OrderByDescending(static kind => kind.Item2).ThenBy(static kind => kind.Name, StringComparer.Ordinal));
        var objects = root.Children[0];
        Assert.Equal(["App.Cache", "App.Program", "jointly", "stack of thread 1"], objects.Children.Select(static type => type.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["Table", "Names"], objects.Children.Single(static type => type.Name == "App.Cache").Children.Select(static holder => holder.Name));

        static void Check(HolderNode node)
        {
            if (node.Children.Count > 0)
            {
                Assert.Equal(node.ChargeBytes, node.Children.Sum(static part => part.ChargeBytes));
                Assert.Equal(node.ResidentBytes, node.Children.Sum(static part => part.ResidentBytes));
                Assert.All(node.Children, Check);
            }
        }
    }

    /// <summary>Of not duplicating there is no picture: it is all of the memory.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_saving_has_a_place_and_a_colour_in_the_picture_of_holders(SavingKind kind)
    {
        var root = HolderTree.Of(SampleReports.Agent with { Savings = [Saving(kind, null, 3, 2)] });
        long? drawn = kind == SavingKind.DoNotDuplicate ? null : 3 * MiB;
        Assert.True(drawn == root?.ChargeBytes, $"the picture of holders has {root?.ChargeBytes ?? 0} bytes of a saving of kind {kind}, expected {drawn ?? 0}: give the kind a name and a place in HolderTree.cs");
        Assert.All(root?.Children ?? [], static node => Assert.True(PageAssets.Style.Contains($".k-{node.Kind} {{", StringComparison.Ordinal), $"page.css has no colour for .k-{node.Kind}"));
    }

    [Theory]
    [InlineData("F:App.Cache.Table", "App.Cache")]
    [InlineData("M:App.Program.Main(System.String[],System.Int32)", "App.Program")]
    [InlineData("F:Global", null)]
    [InlineData("native:0x7f.00", null)]
    [InlineData("F:.", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_type_of_a_holder_is_read_from_its_id(string? holder, string? type) => Assert.Equal(type, HolderTree.TypeOf(holder));

    [Fact]
    public void No_two_children_share_a_place_and_the_steps_are_the_peaks_of_those_that_live()
    {
        foreach (var report in SampleTraces.All.Values.Where(static report => report.Spawns.Count > 0))
        {
            var chart = TraceTimeline.Of(report, static _ => ("", ""))!;
            Assert.True(chart.Spans.Count <= TraceTimeline.MostSpans);
            foreach (var lane in chart.Spans.GroupBy(static span => span.Lane))
            {
                Assert.InRange(lane.Key, 0, chart.Lanes - 1);
                Assert.All(lane.Zip(lane.Skip(1)), static pair => Assert.True(pair.First.To <= pair.Second.From));
            }

            Assert.All(chart.Steps.Zip(chart.Steps.Skip(1)), static pair => Assert.True(pair.First.At <= pair.Second.At));
            Assert.All(chart.Spans, span => Assert.InRange(span.Program, 0, chart.Programs.Count - 1));
            Assert.True(chart.Programs.Count <= TraceTimeline.MostPrograms + 1);
        }

        var shop = TraceTimeline.Of(SampleTraces.Shop, static _ => ("", ""))!;
        Assert.Equal(3, shop.Lanes);
        Assert.Equal(
            [(0.0, 0L), (1000, 180), (2000, 189), (2500, 191), (3000, 191), (3000, 180), (5000, 180), (5000, 0), (6000, 60), (10_500, 60), (10_500, 0)],
            shop.Steps.Select(static step => (step.At, step.Bytes / MiB)));
        Assert.Equal(191 * MiB, TraceTimeline.LargestSum(SampleTraces.Shop));
        Assert.Null(TraceTimeline.Of(SampleTraces.Empty, static _ => ("", "")));
    }

    [Fact]
    public void What_a_child_needs_is_judged_by_the_room_at_the_start()
    {
        string[] Labels(long room) => [.. TraceVerdicts.Of(SampleTraces.Shop with { Room = SampleTraces.Shop.Room! with { RoomBytes = room * MiB } }).Select(static verdict => $"{verdict.Label} {verdict.Emphasis}")];
        Assert.Equal(["Memory Caution", "Killed Caution", "Largest child Good", "Together Good"], Labels(191));
        Assert.Equal(["Together Caution", "Memory Caution", "Killed Caution", "Largest child Good"], Labels(190));
        Assert.Equal(["Largest child Bad", "Together Caution", "Memory Caution", "Killed Caution"], Labels(179));
        Assert.Contains(TraceVerdicts.Of(SampleTraces.Shop), static verdict => verdict.Text == "ffmpeg peaked at 180.0 MiB, and there were 200.0 MiB of room below the limit of 400.0 MiB when the watch began");
    }

    [Fact]
    public void Every_mapping_is_in_one_group()
    {
        List<Mapping> mappings =
        [
            Map(0x1000, 0x3000, "r-xp", "/opt/app"), Map(0x3000, 0x4000, "rw-p", "/opt/app", isCharged: true), Map(0x10000, 0x20000, "rw-p", "[heap]", isCharged: true),
            Map(0x30000, 0x40000, "---p", ""), Map(0x50000, 0x60000, "rw-p", "", isCharged: true), Map(0x70000, 0x8f000, "rw-s", "/dev/shm/x"),
            Map(0x90000, 0xa0000, "rw-p", "[stack]", isCharged: true), Map(0xb0000, 0xb1000, "r-xp", "[vdso]"), Map(0xc0000, 0xd0000, "rw-p", "[anon:mine]", isCharged: true),
            .. Enumerable.Range(0, 30).Select(static number => Map(0x100_0000 + ((ulong)number * 0x10000), 0x100_0000 + ((ulong)number * 0x10000) + 0x1000 * (ulong)(number + 1), "r--p", $"/lib/{number:00}.so")),

            // What looks like the reserve of a collector: much reserved, a part of it writable.
            Map(0x7f00_0000_0000, 0x7f00_0100_0000, "rw-p", "", isCharged: true), Map(0x7f00_0100_0000, 0x7f01_0000_0000, "---p", ""),
        ];
        var groups = MappingGroupSection.Of(mappings);
        Assert.Equal(mappings.Count, groups.Sum(static group => group.Count));
        Assert.Equal(mappings.Sum(static mapping => mapping.SizeBytes), groups.Sum(static group => group.SizeBytes));
        Assert.Equal(CommitCharge.PredictBytes(mappings), groups.Sum(static group => group.CommitChargeBytes));
        Assert.Equal(mappings.Sum(static mapping => mapping.ResidentBytes), groups.Sum(static group => group.ResidentBytes));
        Assert.Equal(groups.OrderByDescending(static group => group.CommitChargeBytes).Select(static group => group.CommitChargeBytes), groups.Select(static group => group.CommitChargeBytes));

        Assert.Equal((2, 0x0100_0000L), groups.Where(static group => group.Kind == MappingKind.Collector).Select(static group => (group.Count, group.CommitChargeBytes)).Single());
        Assert.Equal(2, groups.Single(static group => group.Kind == MappingKind.Anonymous).Count);
        Assert.Equal(1, groups.Single(static group => group.Kind == MappingKind.Reserved).Count);
        Assert.Equal("/dev/shm/x", groups.Single(static group => group.Kind == MappingKind.Shared).Name);
        Assert.Equal(2, groups.Single(static group => group.Name == "/opt/app").Count);
        Assert.Equal(MappingGroupSection.MostFiles, groups.Count(static group => group.Name is not null));
        Assert.Equal(16, groups.Single(static group => group is { Kind: MappingKind.File, Name: null }).Count);
        Assert.Empty(MappingGroupSection.Of([]));

        static Mapping Map(ulong start, ulong end, string permissions, string path, bool isCharged = false) => new()
        {
            Start = start,
            End = end,
            Permissions = permissions,
            OffsetBytes = 0,
            Inode = path.StartsWith('/') ? 1UL : 0,
            Path = path,
            Flags = isCharged ? VmFlags.Accounted : default,
            ResidentBytes = (long)(end - start) / 2,
        };
    }

    [Fact]
    public void A_page_holds_the_report_and_is_no_larger_than_a_picture()
    {
        foreach (var (page, json) in SampleReports.Names.Select<object[], MeasurementReport>(static row => SampleReports.ByName((string)row[0])).Select(static report => (MeasurementPage.Write(report), ReportJson.Write(report)))
            .Concat(SampleTraces.All.Values.Select(static trace => (TracePage.Write(trace), ReportJson.Write(trace)))))
        {
            var embedded = Regex.Match(page, """<script type="application/json" id="report">(?<json>.*?)</script>""").Groups["json"].Value;
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(embedded)));
            Assert.True(page.Length - embedded.Length < 1_000_000, $"{page.Length} characters");
            Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_page_names_no_address_but_that_of_its_help()
    {
        // What the library's own text says is not loaded: the policy of the page lets nothing be.
        var page = MeasurementPage.Write(SampleReports.Beside).Replace(PageAssets.Library, "", StringComparison.Ordinal);
        Assert.Equal(["https://github.com/forklint/forklint/blob/main/docs/commands/measure.md"], Regex.Matches(page, "(https?:)?//[a-z][^\"' )]+").Select(static address => address.Value).Where(static address => address.Contains('.', StringComparison.Ordinal)).Distinct());
        Assert.Contains("content=\"default-src 'none'; img-src data:;", page, StringComparison.Ordinal);
        Assert.All(new[] { PageAssets.Library, PageAssets.Charts, PageAssets.Style }, static asset => Assert.DoesNotMatch("(?i)</(script|style)|<!--", asset));
    }

    [Fact]
    public void The_library_is_the_one_that_its_notices_name()
    {
        var sum = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Repository.Root, "tool/ForkLint.Tool/Rendering/Html/Assets/d3.min.js"))));
        var version = Regex.Match(PageAssets.Library, @"^// https://d3js\.org v(?<version>[0-9.]+) ").Groups["version"].Value;
        Assert.NotEmpty(version);
        foreach (var notice in new[] { "tool/ForkLint.Tool/Rendering/Html/Assets/README.md", "THIRD-PARTY-NOTICES.md" })
        {
            Assert.Contains(sum, Repository.Read(notice), StringComparison.Ordinal);
            Assert.Contains(version, Repository.Read(notice), StringComparison.Ordinal);
        }

        Assert.Contains(Repository.Read("tool/ForkLint.Tool/Rendering/Html/Assets/d3.LICENSE.txt").Trim().ReplaceLineEndings(" "), Repository.Read("THIRD-PARTY-NOTICES.md").ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    private static SavingSection Saving(SavingKind kind, string? holder, long charge, long resident) => new()
    {
        What = holder ?? (kind == SavingKind.Managed ? "jointly" : kind.ToString()),
        Kind = kind,
        Holder = holder,
        CommitChargeBytes = charge * MiB,
        ChildResidentBytes = resident * MiB,
        LatencySavedMicroseconds = null,
        ExposureBytes = 0,
        Action = "",
        Confidence = Confidence.Exact,
    };
}
