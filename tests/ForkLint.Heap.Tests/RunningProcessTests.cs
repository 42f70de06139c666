using ForkLint.Heap.Isolation;
using ForkLint.Linux;

namespace ForkLint.Heap.Tests;

/// <summary>Where no copy can be made, the application itself is read while it runs on.</summary>
public sealed class RunningProcessTests
{
    [Theory]
    [InlineData("cache", "P:HeapScenarios.Cache.Table")]
    [InlineData("sessions", "F:HeapScenarios.Sessions._all")]
    public void A_running_application_gives_the_answer_that_its_copy_gives(string scenario, string holder)
    {
        using ScenarioTarget target = new(scenario);
        HeapReport copy = target.Read();
        HeapReport running = Read(target);
        Assert.True(running.IsOfRunningProcess);
        Assert.False(copy.IsOfRunningProcess);
        Assert.Equal(holder, running.Savings[0].Holder);
        Realised.Within(0.01, copy.Savings[0].CommitChargeBytes, running.Savings[0].CommitChargeBytes);
        Realised.Within(0.01, copy.Savings[0].ChildResidentBytes, running.Savings[0].ChildResidentBytes);
        Realised.Within(0.01, copy.BytesFreedWithout([holder]), running.BytesFreedWithout([holder]));
        Assert.Equal("pong", target.Tell("ping"));
        Realised.Assert(target, running.Savings[0]);
    }

    [Fact]
    public void What_the_application_never_touched_is_not_touched_by_reading_it()
    {
        using ScenarioTarget target = new("untouched");
        ProcessFiles files = new(target.Pid);
        long before = files.Status().Value.PageTableBytes ?? 0;
        Saving first = Read(target).Savings[0];
        Assert.Equal("F:HeapScenarios.Untouched._array", first.Holder);
        Assert.True(first.ChildResidentBytes < target.HeldBytes / 100);

        // A page that is looked at through mem gets an entry, and 512 entries need a page: all of it would be a 512th.
        Assert.InRange((files.Status().Value.PageTableBytes ?? 0) - before, 0, target.HeldBytes / 512 / 4);
    }

    [Fact]
    public void A_storm_of_allocations_is_read_whole_or_called_unusable()
    {
        using ScenarioTarget target = new("storm");
        int usable = 0;
        for (int i = 0; i < 10; i++)
        {
            try
            {
                HeapReport report = Read(target);
                usable++;
                Assert.True(report.UnreadableObjects <= Math.Max(16, report.Objects / 100), $"{report.UnreadableObjects} of {report.Objects}");
            }
            catch (HeapReadException exception)
            {
                Assert.True(exception.IsSnapshotUnusable, exception.Message);
            }
        }

        Assert.InRange(usable, 0, 10);
        Assert.Equal("pong", target.Tell("ping"));
    }

    [Fact]
    public void Collections_while_the_heap_is_read_are_noticed()
    {
        using ScenarioTarget target = new("objects", ("SCENARIO_OBJECTS", "300000"));
        bool hasCollected = false;
        HeapReadException failure = Assert.Throws<HeapReadException>(() => HeapSnapshot.Read(FrozenProcess.Running(target.Pid), new HeapReadOptions(), new Steps(step =>
        {
            if (step == HeapReadStep.Roots && !hasCollected)
            {
                hasCollected = true;
                target.Collect();
            }
        })));
        Assert.True(hasCollected);
        Assert.True(failure.IsSnapshotUnusable, failure.Message);
        Assert.True(Read(target).Objects > 300_000);
    }

    [Fact]
    public void A_reader_that_may_not_have_enough_memory_says_so_and_the_rest_is_found_without_it()
    {
        using ScenarioTarget target = new("objects", ("SCENARIO_OBJECTS", "2000000"));
        using HeapReaderProcess reader = HeapReaderProgram.Start();
        HeapReadException failure = Assert.Throws<HeapReadException>(() => reader.Read(FrozenProcess.Running(target.Pid), new HeapReadOptions { MostMemoryBytes = 64 << 20 }));
        Assert.Contains("memory", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(NativeSnapshot.Read(FrozenProcess.Running(target.Pid), new ProcessFiles(target.Pid).Mappings().Value, new HeapReadOptions()));
    }

    private static HeapReport Read(ScenarioTarget target) => HeapSnapshot.Read(FrozenProcess.Running(target.Pid), new HeapReadOptions { MicrosecondsPerPage = 0.1 });

    private sealed class Steps(Action<HeapReadStep> seen) : IProgress<HeapReadProgress>
    {
        public void Report(HeapReadProgress value)
        {
            lock (seen)
            {
                seen(value.Step);
            }
        }
    }
}
