using static ForkLint.Linux.Tests.Support.Samples;

namespace ForkLint.Linux.Tests;

/// <summary>How much room there is beside a process, whether a child fits in it, and whom the kernel kills if not.</summary>
public sealed class BesideTests
{
    private static readonly MemoryRoom Container = new() { Rule = AdmissionRule.MemoryCgroup, Path = "/c", LimitBytes = 400 * MiB, UsedBytes = 234 * MiB, ReclaimableBytes = 20 * MiB, ScoredBytes = 400 * MiB };

    [Theory]
    [InlineData("250MiB", 250L << 20, 1)]
    [InlineData("3x250MiB", 250L << 20, 3)]
    [InlineData("2 × 1.5GB", 1_500_000_000, 2)]
    [InlineData(" 64Mi ", 64L << 20, 1)]
    public void Sizes_of_children_are_read_and_echoed_as_written(string text, long bytes, int count)
    {
        Assert.True(ChildSize.TryParse(text, out var size, out var error), error);
        Assert.Equal((bytes, count, text.Trim()), (size!.Bytes, size.Count, size.ToString()));
    }

    [Theory]
    [InlineData("250", "has no unit: write 250B, 250KiB, 250MiB")]
    [InlineData("3x250", "has no unit: write 250B")]
    [InlineData("0x250MiB", "does not begin with how many there are")]
    [InlineData("x250MiB", "does not begin with how many there are")]
    [InlineData("-1x250MiB", "does not begin with how many there are")]
    [InlineData("0MiB", "is not the size of a child")]
    [InlineData("250M", "is not the size of a child")]
    [InlineData("", "is not the size of a child")]
    [InlineData("2000TiB", "is not the size of a child")]
    public void Other_sizes_are_refused_and_the_error_shows_what_is_right(string text, string expected)
    {
        Assert.False(ChildSize.TryParse(text, out var size, out var error));
        Assert.Null(size);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_room_is_the_limit_less_what_cannot_be_reclaimed()
    {
        Assert.Equal(186 * MiB, Container.Bytes);
        var host = MemoryRoom.Of(Host(0));
        Assert.Equal((3 * GiB, 8 * GiB, true), (host.Bytes, host.LimitBytes, host.IsMachine));

        // On a machine whose watermarks are larger than its page cache, less is available than free.
        Assert.Equal(512 * MiB, MemoryRoom.Of(Host(0) with { AvailableBytes = 512 * MiB }).Bytes);
    }

    [Theory]
    [InlineData(100, Answer.Yes)]
    [InlineData(177, Answer.Yes)]
    [InlineData(178, Answer.Uncertain)]
    [InlineData(185, Answer.Uncertain)]
    [InlineData(193, Answer.Uncertain)]
    [InlineData(194, Answer.No)]
    [InlineData(250, Answer.No)]
    public void A_child_fits_or_not_and_within_two_percent_of_the_limit_it_is_uncertain(long mebibytes, Answer expected)
    {
        var verdict = ChildRule.Judge([Container, MemoryRoom.Of(Host(0))], new ChildSize { Bytes = mebibytes * MiB });
        Assert.Equal((expected, "/c"), (verdict.Fits, verdict.Room.Path));
        Assert.Equal(verdict.MarginBytes < 0 ? -verdict.MarginBytes : null, verdict.ShortfallBytes);
    }

    [Fact]
    public void Several_need_the_sum_and_what_the_process_grows_by_is_gone()
    {
        var child = new ChildSize { Bytes = 50 * MiB, Count = 3 };
        Assert.InRange(child.NeededBytes, 150 * MiB, 151 * MiB);
        Assert.Equal(Answer.Yes, ChildRule.Judge([Container], child).Fits);
        Assert.Equal(Answer.No, ChildRule.Judge([Container], child with { Count = 4 }).Fits);
        Assert.Equal(Answer.No, ChildRule.Judge([Container], child, 100 * MiB).Fits);
    }

    [Fact]
    public void What_can_be_swapped_out_makes_it_uncertain()
    {
        var child = new ChildSize { Bytes = 250 * MiB };
        Assert.Equal(Answer.Uncertain, ChildRule.Judge([Container with { SwapBytes = 100 * MiB }], child).Fits);
        Assert.Equal(Answer.No, ChildRule.Judge([Container with { SwapBytes = 10 * MiB }], child).Fits);
    }

    [Fact]
    public void The_largest_is_killed_and_page_cache_does_not_make_it_larger_for_certain()
    {
        var child = new ChildSize { Bytes = 250 * MiB };

        // The child has 186 MiB when the limit is met.
        Assert.Equal(7, Killed(child, Process(7, 214 * MiB))!.Process!.Pid);
        Assert.Null(Killed(child, Process(7, 100 * MiB))!.Process);
        Assert.Equal(8, Killed(child, Process(7, 100 * MiB), Process(8, 240 * MiB))!.Process!.Pid);

        var near = Killed(child, Process(7, 170 * MiB) with { FileBytes = 30 * MiB })!;
        Assert.True(near.IsUncertain);
        Assert.False(Killed(child, Process(7, 214 * MiB))!.IsUncertain);
    }

    [Fact]
    public void Several_children_may_grow_side_by_side_or_one_after_the_other()
    {
        // 186 MiB of room: three at once have 62 MiB each, the first of three in a row has 100.
        var children = new ChildSize { Bytes = 100 * MiB, Count = 3 };
        Assert.True(Killed(children, Process(7, 80 * MiB))!.IsUncertain);
        Assert.False(Killed(children, Process(7, 120 * MiB))!.IsUncertain);
        Assert.Null(Killed(children, Process(7, 40 * MiB))!.Process);
    }

    [Fact]
    public void The_adjustment_counts_in_thousandths_of_the_limit_and_a_child_inherits_it()
    {
        var child = new ChildSize { Bytes = 250 * MiB };
        Assert.Equal(8, Killed(child, Process(7, 214 * MiB), Process(8, 10 * MiB) with { ScoreAdjustment = 600 })!.Process!.Pid);
        Assert.Null(Killed(child, Process(7, 214 * MiB) with { ScoreAdjustment = -1000 }));
        Assert.Equal(8, Killed(child, Process(7, 214 * MiB) with { ScoreAdjustment = -1000 }, Process(8, 1 * MiB))!.Process!.Pid);
        Assert.Equal(7, Killed(child, Process(7, 214 * MiB) with { ScoreAdjustment = -500 })!.Process!.Pid);
        Assert.Equal((100 * MiB, 130 * MiB), KillRule.Points(Process(7, 100 * MiB) with { FileBytes = 30 * MiB }, 400 * MiB));
    }

    [Fact]
    public void Nothing_is_killed_at_memory_high_and_a_group_dies_together()
    {
        var child = new ChildSize { Bytes = 250 * MiB };
        Assert.Null(KillRule.Choose(Container with { Rule = AdmissionRule.MemoryHigh }, [Process(7, 214 * MiB)], child, 7));
        Assert.True(KillRule.Choose(Container, [Process(7, 214 * MiB)], child, 7, wholeCgroup: true)!.WholeCgroup);
        Assert.False(KillRule.Choose(MemoryRoom.Of(Host(0)), [Process(7, 214 * MiB)], child, 7, wholeCgroup: true)!.WholeCgroup);
    }

    [Fact]
    public void Another_container_holds_what_the_process_holds_here()
    {
        var situation = new ForkSituation { Host = Host(0), Candidate = Candidate() };
        Assert.True(AsIf.TryParse("memory-limit=512MiB", out var asIf, out _));
        var room = MemoryRoom.Over(situation, asIf)[0];
        Assert.Equal((512 * MiB, 210 * MiB), (room.LimitBytes, room.Bytes));
        Assert.Equal(Answer.Yes, ChildRule.Judge(MemoryRoom.Over(situation, asIf), new ChildSize { Bytes = 190 * MiB }).Fits);
        Assert.True(AsIf.TryParse("ram=1GiB", out var smaller, out _));
        Assert.Equal(GiB, MemoryRoom.Over(situation, smaller).Single().Bytes);
    }

    private static KillChoice? Killed(ChildSize child, params ProcessMemory[] processes) => KillRule.Choose(Container, processes, child, 7);

    private static ProcessMemory Process(int pid, long anonymous) => new() { Pid = pid, Name = "p", AnonymousBytes = anonymous };
}
