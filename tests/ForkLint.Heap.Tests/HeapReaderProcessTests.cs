using System.Diagnostics;
using ForkLint.Heap.Isolation;

namespace ForkLint.Heap.Tests;

/// <summary>The process that reads: what it is asked, what it answers, and how it ends.</summary>
public sealed class HeapReaderProcessTests
{
    [Fact]
    public void It_answers_as_a_read_in_this_process_does()
    {
        using ScenarioTarget target = new("cache");
        int copy = target.Fork();
        using HeapReaderProcess reader = HeapReaderProgram.Start();
        List<HeapReadStep> steps = [];

        // Where the kernel has no page of zeroes to share, the first read makes pages of what was never touched: both of the others find them made.
        _ = HeapSnapshot.Read(new FrozenProcess(copy, target.Pid), new HeapReadOptions());
        bool isRead = false;
        HeapReport there = reader.Read(
            new FrozenProcess(copy, target.Pid),
            new HeapReadOptions { MicrosecondsPerPage = 0.1, CopyIsRead = () => isRead = true },
            new Steps(steps));
        HeapReport here = HeapSnapshot.Read(new FrozenProcess(copy, target.Pid), new HeapReadOptions { MicrosecondsPerPage = 0.1 });
        target.Reap(copy);

        Assert.True(isRead);
        Assert.Equal(Enum.GetValues<HeapReadStep>(), steps.Distinct().Order());
        Assert.Equal((here.Objects, here.Bytes, here.UnreadableObjects, here.IsServerGC), (there.Objects, there.Bytes, there.UnreadableObjects, there.IsServerGC));
        Assert.Equal(here.Savings.Select(saving => saving with { JointlyHeldBy = null }), there.Savings.Select(saving => saving with { JointlyHeldBy = null }));
        Assert.Equal(here.Members, there.Members);
        Assert.Equal(here.Kept, there.Kept);
        Assert.Equal(here.BytesFreedWithout([here.Savings[0].Holder!]), there.BytesFreedWithout([here.Savings[0].Holder!]));
        Assert.True(there.IsHolder(here.Savings[0].Holder!));
        Assert.False(there.IsHolder("F:Nobody._knows"));
    }

    [Fact]
    public void What_cannot_be_read_is_explained_by_the_reader()
    {
        using HeapReaderProcess reader = HeapReaderProgram.Start();
        HeapReadException failure = Assert.Throws<HeapReadException>(() => reader.Read(new FrozenProcess(int.MaxValue, int.MaxValue), new HeapReadOptions()));
        Assert.Contains("could not be", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsSnapshotUnusable);
        Assert.True(reader.HasStarted);
    }

    [Fact]
    public void A_program_that_cannot_run_here_has_not_started()
    {
        using HeapReaderProcess reader = HeapReaderProcess.Start(["/bin/false"]);
        HeapReadException failure = Assert.Throws<HeapReadException>(() => reader.Read(new FrozenProcess(1, 1), new HeapReadOptions()));
        Assert.True(failure.IsSnapshotUnusable);
        Assert.False(reader.HasStarted);
    }

    [Theory]
    [InlineData("SEGV", true)]
    [InlineData("ABRT", true)]
    [InlineData("KILL", false)]
    public void A_reader_that_crashes_costs_one_copy_and_one_that_is_killed_is_said_to_be(string signal, bool another)
    {
        using HeapReaderProcess reader = HeapReaderProgram.Start();
        int pid = reader.Pid;

        // The runtime takes a signal from outside for one of its own once, so one may not do.
        Assert.True(SpinWait.SpinUntil(() => Signal(signal, pid) != 0 || !Directory.Exists($"/proc/{pid}"), TimeSpan.FromMinutes(1)));
        HeapReadException failure = Assert.Throws<HeapReadException>(() => reader.Read(new FrozenProcess(1, 1), new HeapReadOptions()));
        Assert.Equal(another, failure.IsSnapshotUnusable);
        Assert.Contains(another ? "crashed" : "killed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_hangs_is_given_up()
    {
        using HeapReaderProcess reader = HeapReaderProgram.Start();
        Signal("STOP", reader.Pid);
        HeapReadException failure = Assert.Throws<HeapReadException>(() => reader.Read(new FrozenProcess(1, 1), new HeapReadOptions { Patience = TimeSpan.FromMilliseconds(100) }));
        Assert.True(failure.IsSnapshotUnusable);
        Assert.Contains("did not finish", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_a_read_whatever_the_reader_does()
    {
        using HeapReaderProcess reader = HeapReaderProgram.Start();
        Signal("STOP", reader.Pid);
        using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(100));
        Assert.Throws<OperationCanceledException>(() => reader.Read(new FrozenProcess(1, 1), new HeapReadOptions(), null, cancellation.Token));
    }

    [Fact]
    public void A_reader_that_cannot_be_started_is_a_reason()
    {
        HeapReadException failure = Assert.Throws<HeapReadException>(() => HeapReaderProcess.Start(["/nowhere/to/be/found"]));
        Assert.Contains("could not be started", failure.Message, StringComparison.Ordinal);
    }

    private static int Signal(string name, int pid)
    {
        using Process kill = Process.Start("kill", ["-" + name, pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        return kill.ExitCode;
    }

    private sealed class Steps(List<HeapReadStep> steps) : IProgress<HeapReadProgress>
    {
        public void Report(HeapReadProgress value)
        {
            lock (steps)
            {
                steps.Add(value.Step);
            }
        }
    }
}
