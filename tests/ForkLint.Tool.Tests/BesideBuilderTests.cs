using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Beside;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

/// <summary>What the report says of a child beside a service of 214 MiB in a container of 400 MiB.</summary>
public sealed class BesideBuilderTests
{
    private const long MiB = 1 << 20;
    private const long GiB = 1 << 30;
    private const ulong HeapStart = 0x7f00_0000_0000;

    [Fact]
    public void The_room_the_neighbours_and_the_record_are_named()
    {
        var beside = Builder().Build([]);
        Assert.Equal((AdmissionRule.MemoryCgroup, "/sys/fs/cgroup/svc", 400 * MiB, 186 * MiB), (beside.LimitedBy, beside.LimitPath, beside.LimitBytes, beside.RoomBytes));
        Assert.Equal(("nginx", 12 * MiB, 1), (beside.Others[0].Name, beside.Others[0].ResidentBytes, beside.OthersCount));
        Assert.Equal((300 * MiB, 150 * MiB), (beside.CollectorCeilingBytes, beside.CollectorResidentBytes));
        Assert.Equal((1, 23, 399 * MiB), (beside.OomKills, beside.LimitHits, beside.PeakBytes));
    }

    [Fact]
    public void A_child_that_does_not_fit_has_its_victim_its_savings_and_its_setting()
    {
        var child = Builder().Build([Size("250MiB")]).Children[0];
        Assert.Equal((Answer.No, "250MiB", ShortageConsequence.Kill), (child.Fits, child.Asked, child.Consequence));
        Assert.InRange(child.ShortfallBytes!.Value, 64 * MiB, 65 * MiB);
        Assert.Equal((4242, "Shop.Api"), (child.KilledFirst!.Pid, child.KilledFirst.Name));
        Assert.Null(child.KilledOtherwise);

        // Stacks are charged and not resident: they help nobody here.
        Assert.Equal(["pictures"], child.Savings.Select(saving => saving.What));
        Assert.True(child.SavingsSuffice);
        Assert.Equal(Answer.No, child.FitsAtCeiling);

        // 77 MiB would be left for the heap, and without having read it nothing says that what is alive fits into them.
        Assert.Null(child.HeapHardLimitPercent);
        Assert.StartsWith("A child of 250MiB does not fit: 64.6 MiB short; the kernel would kill Shop.Api (pid 4242).", BesideText.Describe(child), StringComparison.Ordinal);
        Assert.Equal(["free 130.0 MiB: pictures"], BesideText.Remedies(child, null));
    }

    [Fact]
    public void What_fits_now_may_not_fit_once_the_heap_has_grown()
    {
        var child = Builder().Build([Size("3x30MiB")]).Children[0];
        Assert.Equal((Answer.Yes, Answer.No, 3), (child.Fits, child.FitsAtCeiling, child.Count));
        Assert.Null(child.KilledFirst);
        Assert.Null(child.SavingsSuffice);
        Assert.Equal(59, child.HeapHardLimitPercent);
        Assert.Equal(["start the application with DOTNET_GCHeapHardLimitPercent=3B (hexadecimal: 59 %)"], BesideText.Remedies(child, null));
        Assert.Contains("once the GC heap has grown to its ceiling", BesideText.Describe(child), StringComparison.Ordinal);
    }

    [Fact]
    public void A_living_child_is_an_example_without_being_asked_for()
    {
        var around = Around with { Descendants = [Process(50, "ffmpeg", 20 * MiB) with { PeakResidentBytes = 250 * MiB }, Process(51, "ffmpeg", 200 * MiB)] };
        var child = Assert.Single(Builder(around: around).Build([]).Children);
        Assert.Equal(("ffmpeg", 250 * MiB, ChildSource.Living, Answer.No), (child.Name, child.SizeBytes, child.Source, child.Fits));
    }

    [Fact]
    public void A_title_that_a_child_wrote_over_its_command_line_is_not_its_name()
    {
        var redis = Process(50, "redis-server", 20 * MiB) with { Arguments = ["redis-server *:6379"], PeakResidentBytes = 250 * MiB };
        Assert.Equal("redis-server", Assert.Single(Builder(around: Around with { Descendants = [redis] }).Build([]).Children).Name);
    }

    [Fact]
    public void A_traced_child_is_an_example_and_of_one_that_lives_too_the_larger_peak_counts()
    {
        var around = Around with { Descendants = [Process(50, "ffmpeg", 20 * MiB), Process(51, "git", 30 * MiB)] };
        MeasuredSpawn[] traced =
        [
            new("M:App.Encoder.Run", 3, 250 * MiB, "ffmpeg"), new("M:App.Other.Run", 1, 40 * MiB, "ffmpeg"), new("M:App.Other.Run", 9, 10 * MiB, "git"),
            new("M:App.Fork.Run", 1, 5 * MiB, null), new("M:App.Short.Run", 1, null, "true"), new("M:App.Lie.Run", 1, long.MaxValue, "lie"),
        ];
        var children = Builder(around: around).Build([Size("1MiB")], traced: traced).Children;
        Assert.Equal(
            [(null, 1 * MiB, ChildSource.Asked), ("ffmpeg", 250 * MiB, ChildSource.Traced), ("git", 30 * MiB, ChildSource.Living)],
            children.Select(child => (child.Name, child.SizeBytes, child.Source)));
        Assert.StartsWith("Another ffmpeg, which was seen to peak at 250.0 MiB, does not fit", BesideText.Describe(children[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_container_has_a_limit_and_a_ceiling_of_its_own()
    {
        Assert.True(AsIf.TryParse("memory-limit=1GiB", out var asIf, out _));
        var beside = Builder().Build([Size("250MiB")], asIf);
        Assert.Equal((GiB, 810 * MiB, 768 * MiB, "memory-limit=1GiB"), (beside.LimitBytes, beside.RoomBytes, beside.CollectorCeilingBytes, beside.AsIf));
        Assert.Null(beside.OomKills);
        Assert.Equal((Answer.Yes, Answer.No), (beside.Children[0].Fits, beside.Children[0].FitsAtCeiling));
        Assert.Equal(67, beside.Children[0].HeapHardLimitPercent);
    }

    [Fact]
    public void A_killer_that_is_switched_off_makes_everything_wait()
    {
        var child = Builder(cgroup: Cgroup with { OomKillDisabled = true }).Build([Size("250MiB")]).Children[0];
        Assert.Equal(ShortageConsequence.Wait, child.Consequence);
        Assert.Null(child.KilledFirst);
        Assert.Contains("makes every allocation wait", BesideText.Describe(child), StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_that_cannot_be_seen_makes_it_uncertain()
    {
        var beside = Builder(cgroup: null, hidden: "the cgroup /a lies outside").Build([Size("250MiB"), Size("4GiB")]);
        Assert.Equal("the cgroup /a lies outside", beside.HiddenLimit);
        Assert.Equal([Answer.Uncertain, Answer.No], beside.Children.Select(child => child.Fits));
        Assert.Contains("cannot be seen from here", BesideText.Describe(beside.Children[0]), StringComparison.Ordinal);

        Assert.True(AsIf.TryParse("memory-limit=1GiB", out var asIf, out _));
        Assert.Null(Builder(cgroup: null, hidden: "the cgroup /a lies outside").Build([Size("250MiB")], asIf).HiddenLimit);
    }

    [Fact]
    public void Without_savings_nothing_is_said_of_them_and_too_few_are_said_to_be()
    {
        Assert.Null(Builder(savings: null).Build([Size("250MiB")]).Children[0].SavingsSuffice);
        var child = Builder(savings: [Stacks]).Build([Size("250MiB")]).Children[0];
        Assert.False(child.SavingsSuffice);
        Assert.Empty(child.Savings);
    }

    [Fact]
    public void Where_nothing_but_the_machine_limits_there_is_no_ceiling()
    {
        var beside = Builder(cgroup: null).Build([Size("250MiB")]);
        Assert.Equal((AdmissionRule.AvailableMemory, 3 * GiB), (beside.LimitedBy, beside.RoomBytes));
        Assert.Null(beside.CollectorCeilingBytes);
        Assert.Equal(Answer.Yes, beside.Children[0].Fits);
        Assert.Null(beside.Children[0].HeapHardLimitPercent);
    }

    [Theory]
    [InlineData(100, 50, 200, 37)]
    [InlineData(150, 120, 200, null)]
    [InlineData(100, null, 130, 55)]
    [InlineData(150, null, 200, null)]
    public void The_setting_leaves_room_for_what_is_alive(long resident, int? live, long child, int? expected)
    {
        // 400 MiB of which the heap and 40 MiB are used.
        var room = new MemoryRoom { Rule = AdmissionRule.MemoryCgroup, LimitBytes = 400 * MiB, UsedBytes = (resident + 40) * MiB, ReclaimableBytes = 0 };
        Assert.Equal(expected, new HeapLimitAdvice(400 * MiB, resident * MiB, live * MiB).Percent([room], new ChildSize { Bytes = child * MiB }));
    }

    private static readonly Saving Pictures = Saving("pictures", 130 * MiB, 130 * MiB);
    private static readonly Saving Stacks = Saving("stacks", 1500 * MiB, 0);

    private static readonly MemoryCgroup Cgroup = new()
    {
        Version = 2,
        Path = "/sys/fs/cgroup/svc",
        LimitBytes = 400 * MiB,
        UsageBytes = 234 * MiB,
        InactiveFileBytes = 20 * MiB,
        ActiveFileBytes = 0,
        OomKills = 1,
        LimitHits = 23,
        PeakBytes = 399 * MiB,
    };

    private static readonly Surroundings Around = new() { Processes = [Process(4242, "dotnet", 200 * MiB), Process(77, "nginx", 12 * MiB)] };

    private static ChildSize Size(string text) => ChildSize.TryParse(text, out var size, out var error) ? size! : throw new ArgumentException(error);

    private static ProcessMemory Process(int pid, string name, long anonymous) => new() { Pid = pid, Name = name, AnonymousBytes = anonymous };

    private static Saving Saving(string what, long charge, long resident) => new()
    {
        What = what,
        Kind = SavingKind.Managed,
        CommitChargeBytes = charge,
        ChildResidentBytes = resident,
        LatencySavedMicroseconds = null,
        ExposureBytes = resident,
        Action = "let go",
        Confidence = Confidence.Exact,
    };

    private static BesideBuilder Builder(MemoryCgroup? cgroup, string? hidden = null) => Builder([Pictures, Stacks], cgroup, null, hidden);

    private static BesideBuilder Builder(IReadOnlyList<Saving>? savings) => Builder(savings, Cgroup, null);

    private static BesideBuilder Builder(Surroundings? around = null) => Builder([Pictures, Stacks], Cgroup, around);

    private static BesideBuilder Builder(IReadOnlyList<Saving>? savings, MemoryCgroup? cgroup, Surroundings? around, string? hidden = null)
    {
        Mapping[] mappings =
        [
            Map(HeapStart, 150 * MiB, "rw-p", 150 * MiB),
            Map(HeapStart + (ulong)(150 * MiB), 2 * GiB, "---p", 0),
        ];
        return new BesideBuilder(
            new Measured(new MeasureResult
            {
                Engine = EngineKind.Estimate,
                EngineWhy = "",
                Process = new ProcessFacts(4242, "dotnet", "10.0.12", false),
                Situation = new ForkSituation
                {
                    Host = new HostMemory
                    {
                        Kernel = "6.1.0",
                        PageSizeBytes = 4096,
                        TotalBytes = 8 * GiB,
                        SwapTotalBytes = 0,
                        FreeBytes = GiB,
                        AvailableBytes = 3 * GiB,
                        HugeTlbBytes = 0,
                        CommitLimitBytes = 4 * GiB,
                        CommittedBytes = 2 * GiB,
                        OvercommitMode = 0,
                        OvercommitRatioPercent = 50,
                        OvercommitKbytes = 0,
                        AdminReserveBytes = 0,
                        UserReserveBytes = 0,
                        CpuCount = 2,
                    },
                    Candidate = new ForkCandidate { Mappings = mappings, VirtualBytes = 3 * GiB, Privileged = false, PageTableBytes = MiB, AnonymousBytes = 200 * MiB },
                    Cgroup = cgroup,
                    HiddenCgroup = hidden,
                },
                Surroundings = around ?? Around,
                Parent = new MemoryFigures(),
                ParentMappings = mappings,
                Fork = new ForkFigures { PredictedChargeBytes = 200 * MiB, Trials = [] },
                Verdicts = [],
                Warnings = [],
            }, null, null),
            "Shop.Api",
            savings);
    }

    private static Mapping Map(ulong start, long size, string permissions, long anonymous) => new()
    {
        Start = start,
        End = start + (ulong)size,
        Permissions = permissions,
        OffsetBytes = 0,
        Inode = 0,
        Path = "",
        Flags = VmFlags.Readable,
        AnonymousBytes = anonymous,
    };
}
