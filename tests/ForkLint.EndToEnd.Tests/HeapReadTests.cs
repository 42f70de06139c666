using System.Diagnostics;
using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

/// <summary>What reading its heap does to a live application, and what becomes of copies that cannot be read.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class HeapReadTests(InstalledTool tool)
{
    /// <summary>So many trials come before the copy that is read: time to get hold of the reader, on a busy machine too.</summary>
    private const string Enough = "10";

    /// <summary>
    /// Somebody keeps asking the application while its heap is read. Nobody stops it: its answers go on through the whole read, and the longest
    /// wait for one (the fork's own stall and the noise of a busy machine) is a fraction of what the read takes.
    /// </summary>
    [Fact]
    public async Task The_application_answers_all_through_the_read_of_a_gigabyte_and_five_million_objects()
    {
        using var target = new HeldMemory("wide");
        target.Tell("ping");
        var measuring = Task.Run(() => tool.Run("measure", target.PidText, "--trials", "1", "--max-stall", "10s", "--format", "json"));
        var answers = 0;
        var longest = TimeSpan.Zero;
        while (!measuring.IsCompleted)
        {
            var asked = Stopwatch.GetTimestamp();
            Assert.Equal("pong", target.Tell("ping"));
            var waited = Stopwatch.GetElapsedTime(asked);
            longest = waited > longest ? waited : longest;
            answers++;
            var status = File.ReadLines($"/proc/{target.PidText}/status").ToList();
            Assert.Contains("TracerPid:\t0", status);
            Assert.DoesNotContain(status, line => line.StartsWith("State:\tT", StringComparison.OrdinalIgnoreCase));
            Thread.Sleep(1);
        }

        var report = SavingsReport.Of(await measuring);
        var heap = report.GetProperty("heap");
        Assert.True(heap.GetProperty("objects").GetInt64() > 5_000_000);
        Assert.True(heap.GetProperty("bytes").GetInt64() >= target.HeldBytes);
        Assert.Equal(0, heap.GetProperty("unreadableObjects").GetInt64());
        Assert.Equal("F:HeapScenarios.WideGraph._last", report.GetProperty("savings")[0].GetProperty("holder").GetString());

        var lived = heap.GetProperty("childLivedMilliseconds").GetDouble();
        var stall = Math.Max(report.GetProperty("fork").GetProperty("longestStallMicroseconds").GetDouble() / 1000, longest.TotalMilliseconds);
        Assert.True(stall < lived / 2, $"The application was kept waiting for {stall:F0} ms of the {lived:F0} ms that its copy was read.");
        Assert.True(answers > lived / 20, $"{answers} answers in {lived:F0} ms.");
        Assert.Equal("pong", target.Tell("ping"));
    }

    [Fact]
    public void A_copy_made_at_a_bad_moment_is_taken_again_and_the_report_says_so()
    {
        using var target = new HeldMemory("torn");
        using var measuring = new Measuring(tool, "measure", target.PidText, "--trials", Enough, "--format", "json");
        var reader = measuring.StopReaderInTheMiddle(target.Pid);

        // The copy that waits for its reader is torn already; the next one is not.
        Assert.Equal("dropped", target.Tell("drop"));
        Measuring.Signal("CONT", reader);
        var heap = SavingsReport.Of(measuring.Result()).GetProperty("heap");
        Assert.Equal(2, heap.GetProperty("copies").GetInt32());
        Assert.Equal(0, heap.GetProperty("unreadableObjects").GetInt64());
        Assert.True(heap.GetProperty("bytes").GetInt64() >= target.HeldBytes);
    }

    [Fact]
    public void A_heap_that_no_copy_shows_is_left_out_and_everything_else_is_measured()
    {
        using var target = new HeldMemory("torn");
        var report = SavingsReport.Of(tool.Run("measure", target.PidText, "--trials", "1", "--format", "json"));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("heap").ValueKind);

        // Native memory needs no heap.
        Assert.DoesNotContain(report.GetProperty("savings").EnumerateArray(), saving => saving.GetProperty("kind").GetString() == "managed");
        Assert.Contains(report.GetProperty("savings").EnumerateArray(), saving => saving.GetProperty("kind").GetString() == "threadStacks");
        Assert.True(report.GetProperty("fork").GetProperty("succeeded").GetBoolean());
        var warning = Assert.Single(report.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.StartsWith("the heap was not read", StringComparison.Ordinal)).GetString()!;
        Assert.Contains("the last of 3 copies", warning, StringComparison.Ordinal);
        Assert.Contains("not readable as objects", warning, StringComparison.Ordinal);
        Assert.Equal("", Measuring.ChildrenOf(target.Pid));
    }

    /// <summary>The library that reads the heap is native code: whatever a copy makes of it, it takes a process of its own along, and one copy was in vain.</summary>
    [Fact]
    public void A_crash_of_the_heap_reader_costs_one_copy()
    {
        using var target = new HeldMemory("cache");
        using var measuring = new Measuring(tool, "measure", target.PidText, "--trials", Enough, "--format", "json");
        Measuring.Crash(measuring.Reader());
        var heap = SavingsReport.Of(measuring.Result()).GetProperty("heap");
        Assert.Equal(2, heap.GetProperty("copies").GetInt32());
        Assert.True(heap.GetProperty("bytes").GetInt64() >= target.HeldBytes);
        Assert.Equal("", Measuring.ChildrenOf(target.Pid));
        Assert.Equal("pong", target.Tell("ping"));
    }

    [Fact]
    public void A_crash_in_the_middle_of_a_read_costs_one_copy_too()
    {
        using var target = new HeldMemory("cache");
        using var measuring = new Measuring(tool, "measure", target.PidText, "--trials", Enough, "--format", "json");
        var reader = measuring.StopReaderInTheMiddle(target.Pid);
        Measuring.Crash(reader);
        var heap = SavingsReport.Of(measuring.Result()).GetProperty("heap");
        Assert.Equal(2, heap.GetProperty("copies").GetInt32());
        Assert.Equal("", Measuring.ChildrenOf(target.Pid));
        Assert.Equal("pong", target.Tell("ping"));
    }

    [Fact]
    public void A_killed_tool_takes_its_reader_and_its_child_along()
    {
        using var target = new HeldMemory("cache");
        using var measuring = new Measuring(tool, "measure", target.PidText, "--trials", Enough);
        var reader = measuring.StopReaderInTheMiddle(target.Pid);
        Measuring.Signal("KILL", measuring.Pid);
        Measuring.Signal("CONT", reader);
        Measuring.Await(() => !Directory.Exists($"/proc/{reader}"), "The reader outlived its tool.");
        Measuring.Await(() => Measuring.ChildrenOf(target.Pid).Length == 0, "The child outlived the tool that held it.");
        Assert.Equal("pong", target.Tell("ping"));
    }

    [Fact]
    public void An_interrupted_tool_leaves_no_reader()
    {
        using var target = new HeldMemory("cache");
        using var measuring = new Measuring(tool, "measure", target.PidText, "--trials", Enough);
        var reader = measuring.StopReaderInTheMiddle(target.Pid);
        Measuring.Signal("INT", measuring.Pid);
        Assert.NotEqual(0, measuring.Result().ExitCode);
        Assert.False(Directory.Exists($"/proc/{reader}"));
        Measuring.Await(() => Measuring.ChildrenOf(target.Pid).Length == 0, "The child outlived the tool that held it.");
        Assert.Equal("pong", target.Tell("ping"));
    }
}
