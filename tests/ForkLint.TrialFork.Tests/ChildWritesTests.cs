using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>The table that tutorials get wrong: whose figures move when the child writes.</summary>
public class ChildWritesTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Both_unique_sets_rise_and_neither_resident_set_moves()
    {
        using var target = LiveTarget.Start("hold", "managed=100000000");
        var held = Written(target.Pid);

        // The runtime's files are shared with every .NET process of the machine: where one of them ends between the two samples, more of these pages falls to
        // each that is left. That does not happen three times in a row.
        for (int again = 0; again < 2 && held.Samples[1].ParentProportionalBytes - held.Samples[0].ParentProportionalBytes is < 12 * MiB or > 13 * MiB; again++)
        {
            held = Written(target.Pid);
        }

        var before = held.Samples[0];
        var after = held.Samples[1];

        Assert.Equal(25 * MiB, held.ChildWrittenBytes);
        Assert.False(held.Truncated);
        Assert.InRange(after.ParentUniqueBytes - before.ParentUniqueBytes, 24 * MiB, 26 * MiB);
        Assert.InRange(after.ChildUniqueBytes - before.ChildUniqueBytes, 24 * MiB, 26 * MiB);
        Assert.InRange(after.ParentProportionalBytes - before.ParentProportionalBytes, 12 * MiB, 13 * MiB);
        Assert.InRange(after.ChildProportionalBytes - before.ChildProportionalBytes, 12 * MiB, 13 * MiB);
        Assert.InRange(after.ParentResidentBytes - before.ParentResidentBytes, -MiB, MiB);
        Assert.InRange(after.ChildResidentBytes - before.ChildResidentBytes, -MiB, MiB);
        Assert.InRange(held.SharedAtForkBytes, 95_000_000, 200_000_000);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void A_held_child_is_sampled_until_the_time_is_over_and_gone_after()
    {
        using var target = LiveTarget.Start("hold", "managed=20000000");
        var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), Hold = TimeSpan.FromSeconds(1), AgentPatience = TimeSpan.FromSeconds(60) }, CancellationToken.None);

        Assert.True(result.CopyOnWrite!.HeldMilliseconds >= 1000);
        Assert.True(result.CopyOnWrite.Samples.Count >= 3);
        Assert.Equal(result.CopyOnWrite.Samples.OrderBy(sample => sample.AtMilliseconds), result.CopyOnWrite.Samples);
        Assert.Empty(Traces.ChildrenOf(target.Pid));
    }

    [Fact]
    public void The_frozen_child_is_handed_to_the_reader_of_the_heap()
    {
        using var target = LiveTarget.Start("hold", "managed=1000000");
        (int Pid, string Name, bool HasMemory) seen = default;
        var result = Measurer.Run(
            new MeasureRequest
            {
                Pid = target.Pid,
                Engine = EngineKind.Agent,
                MaxTrials = 1,
                MaxStall = TimeSpan.FromSeconds(5),
                AgentPatience = TimeSpan.FromSeconds(60),
                ReadHeap = (child, _) =>
                {
                    seen = (child.Pid, File.ReadAllText($"/proc/{child.Pid}/oom_score_adj").Trim(), child.MemoryHandle is { IsInvalid: false });
                    child.Release();
                },
            },
            CancellationToken.None);

        Assert.True(result.HeapWasRead);
        Assert.NotEqual(target.Pid, seen.Pid);
        Assert.Equal("1000", seen.Name);
        Assert.True(seen.HasMemory);
        Assert.False(Directory.Exists($"/proc/{seen.Pid}"));
    }

    [Fact]
    public void A_reader_that_fails_costs_the_heap_and_nothing_else()
    {
        using var target = LiveTarget.Start("hold", "managed=1000000");
        var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60), ReadHeap = (_, _) => throw new InvalidDataException("unreadable") }, CancellationToken.None);

        Assert.False(result.HeapWasRead);
        Assert.Contains(result.Warnings, warning => warning.Contains("unreadable", StringComparison.Ordinal));
        Assert.Empty(Traces.ChildrenOf(target.Pid));
    }

    private static CopyOnWriteFigures Written(int pid) => Measurer.Run(
        new MeasureRequest { Pid = pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), ChildWritesBytes = 25 * MiB, AgentPatience = TimeSpan.FromSeconds(60) },
        CancellationToken.None).CopyOnWrite!;
}
