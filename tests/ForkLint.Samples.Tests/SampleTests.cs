namespace ForkLint.Samples.Tests;

public class SampleTests
{
    // virtual, RSS, PSS, USS, charge
    private const int Resident = 1;
    private const int Unique = 3;
    private const int Charge = 4;

    [Fact]
    public async Task A_write_after_the_fork_moves_the_unique_size_of_both_sides_and_no_resident_size()
    {
        var lines = (await Sample.RunAsync("CopyOnWrite")).Split('\n');
        double[] Row(int index) => Sample.Figures(lines[index][27..], "");

        double[] parentAtFork = Row(2), childAtFork = Row(3), parentAfter = Row(4), childAfter = Row(5);
        Assert.InRange(childAtFork[Resident], 100, 140);
        Assert.InRange(childAtFork[Unique], 0, 2);
        Assert.InRange(childAfter[Unique] - childAtFork[Unique], 24, 27);
        Assert.InRange(parentAfter[Unique] - parentAtFork[Unique], 24, 27);
        Assert.InRange(childAfter[Resident] - childAtFork[Resident], -1, 1);
        Assert.InRange(parentAfter[Resident] - parentAtFork[Resident], -1, 1);
    }

    [Fact]
    public async Task Four_untouched_gigabytes_are_charged_in_full_and_not_resident()
    {
        var output = await Sample.RunAsync("Overcommit");
        double[] before = Sample.Figures(output, "before"), allocated = Sample.Figures(output, "4 GB allocated");
        var forked = Sample.Figures(output, "its fork");
        Assert.InRange(allocated[2] - before[2], 3999, 4010);
        Assert.InRange(allocated[1] - before[1], -1, 10);
        Assert.True(forked[2] > 4000);
    }

    [Fact]
    public async Task Only_the_aggressive_collection_gives_back_and_in_unoptimised_code_only_from_a_method_of_its_own()
    {
        var output = await Sample.RunAsync("FreeBeforeFork");
        var kept = Sample.Figures(output, "keep it");
        double[] Saved(string way) => [.. Sample.Figures(output, way).Zip(kept, (charge, keep) => keep - charge)];

        Assert.All(Saved("set it to null, GC.Collect()"), saved => Assert.InRange(saved, -10, 10));
        Assert.InRange(Saved("set it to null, Aggressive collection")[0], 90, 110);
        Assert.All(Saved("a method of its own, Aggressive collection"), saved => Assert.InRange(saved, 90, 110));
        Assert.All(Saved("native memory, freed"), saved => Assert.InRange(saved, 90, 110));
    }

    [Fact]
    public async Task A_buffer_that_is_freed_first_is_not_resident_beside_the_encoder()
    {
        var output = await Sample.RunAsync("FrameBufferService");
        double[] held = Sample.Figures(output, "the frame buffer is held"), freed = Sample.Figures(output, "it is freed first");
        Assert.InRange(held[0] - freed[0], 240, 270);
        Assert.InRange(held[1], 0, 20);
    }

    [Fact]
    public async Task Both_shells_have_a_terminal_and_only_forkpty_is_charged_for_the_host()
    {
        var output = await Sample.RunAsync("PtyHost");
        double[] fork = Sample.Figures(output, "forkpty"), spawn = Sample.Figures(output, "posix_spawn");
        Assert.True(fork[0] > 200);
        Assert.InRange(spawn[0], 0, 20);
        Assert.Equal(2, output.Split("hello from /dev/pts/").Length - 1);
    }

    [Fact]
    public async Task The_program_that_cannot_fork_can_once_the_right_thing_is_freed()
    {
        var output = await Sample.RunAsync("CannotFork");
        Assert.Contains("The configuration is freed: the fork fails with ENOMEM.", output, StringComparison.Ordinal);
        Assert.Contains("(MADV_DONTFORK): the fork succeeds.", output, StringComparison.Ordinal);
        Assert.Contains("The tiles are unmapped: the fork succeeds.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CopyOnWrite")]
    [InlineData("Overcommit")]
    [InlineData("FreeBeforeFork")]
    [InlineData("FrameBufferService")]
    [InlineData("PtyHost")]
    [InlineData("CannotFork")]
    [InlineData("MeasuredCache")]
    public async Task The_readme_shows_what_the_sample_prints(string name) =>
        Assert.Contains(Sample.Shape(await Sample.RunAsync(name)), Sample.Shape(Sample.Readme(name)), StringComparison.Ordinal);
}
