using System.Diagnostics;
using System.Globalization;
using ForkLint.Linux;
using ForkLint.LiveTargets;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>A dump stops all threads of a program: whatever happens to the tool, the program or the disk meanwhile, the program goes on and no part of a file is left.</summary>
public sealed class KilledDumpTests : IDisposable
{
    private const int KilledExitCode = 128 + Signals.Kill;

    private static readonly string Tool = Path.Combine(
        TestApps.Root,
        "tool/ForkLint.Tool/bin",
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
        "net8.0/dotnet-forklint.dll");

    private static readonly MeasureStage[] Stages =
    [
        MeasureStage.Fork, MeasureStage.ThreadStopped, MeasureStage.AllStopped, MeasureStage.CallSet, MeasureStage.CallMade, MeasureStage.ThreadBack, MeasureStage.WriteCopy, MeasureStage.Reap,
        MeasureStage.Conclude,
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-killed-dump").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_tool_that_dies_at_any_stage_is_not_noticed()
    {
        using var program = CProgram.Start("10 read futex select event vectors spin");
        foreach (var stage in Stages)
        {
            using (var tool = MeasureHost.Start(program.Pid, ["freeze", $"die={stage}", "stall=30000", "lock=60"], ["env", "DOTNET_EnableDiagnostics=0"]))
            {
                var outcome = tool.Finish();
                Assert.True(outcome.ExitCode == KilledExitCode, $"{stage}: exit {outcome.ExitCode}, {outcome.Output}");
            }

            Until.Holds(() => ProcessDiscovery.Children(program.Pid).All(ProcFiles.IsDead), $"{stage}: a child lives");
            var before = program.Look();
            Assert.Equal((stage, 0L, 0L), (stage, before.Errors, before.Wrong));
            Until.Holds(() => program.Look().Rounds > before.Rounds, $"{stage}: a thread stands still");
        }

        using var last = MeasureHost.Start(program.Pid, ["freeze", "stall=30000", "lock=60"]);
        var frozen = last.Finish();
        Assert.Equal((0, $"{Directory.GetDirectories($"/proc/{program.Pid}/task").Length} threads"), (frozen.ExitCode, frozen.Output.Trim()));
        Assert.Empty(ProcessDiscovery.Children(program.Pid));
        var look = program.Look();
        Assert.Equal((0L, 0L), (look.Errors, look.Wrong));
    }

    [Fact]
    public void A_tool_that_is_killed_while_it_writes_leaves_no_file()
    {
        using var target = LiveTarget.Start("hold", "managed=600000000", "threads=20");
        for (int attempt = 0; attempt < 3; attempt++)
        {
            using var tool = Start(target, []);
            Until.Holds(() => ProcessDiscovery.Children(target.Pid).Count > 0 || tool.HasExited, "no copy was made");
            Thread.Sleep(attempt * 30);
            tool.Kill();
            tool.WaitForExit();
            Until.Holds(() => ProcessDiscovery.Children(target.Pid).All(ProcFiles.IsDead), "a child lives");
            Assert.True(Directory.GetFileSystemEntries(_folder).All(static file => Path.GetFileName(file) == "core"), string.Join(' ', Directory.GetFileSystemEntries(_folder)));
            File.Delete(Path.Combine(_folder, "core"));
            Assert.Equal("Pong", target.Ask("Ping"));
        }

        RequireDump(target);
        Assert.Empty(ProcessDiscovery.Children(target.Pid));
    }

    [Fact]
    public void An_application_that_is_killed_meanwhile_leaves_no_file_and_no_child()
    {
        using var target = LiveTarget.Start("hold", "managed=600000000");
        using var tool = Start(target, []);
        Until.Holds(() => ProcessDiscovery.Children(target.Pid).Count > 0 || tool.HasExited, "no copy was made");
        var children = ProcessDiscovery.Children(target.Pid);
        Assert.False(tool.HasExited);
        Signals.Send(target.Pid, Signals.Kill);
        string output = tool.StandardError.ReadToEnd();
        tool.WaitForExit();
        Assert.True(tool.ExitCode == (int)ExitReason.NoSuchProcess, $"exit {tool.ExitCode}: {output}");
        Assert.Single(output.TrimEnd().Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Until.Holds(() => children.All(ProcFiles.IsDead), "a child outlives the program");
    }

    [Fact]
    public void A_write_that_fails_leaves_no_file()
    {
        using var target = LiveTarget.Start("hold", "managed=100000000");
        using var tool = Start(target, ["prlimit", "--fsize=30000000"]);
        string output = tool.StandardError.ReadToEnd();
        tool.WaitForExit();
        Assert.True(tool.ExitCode == (int)ExitReason.MeasurementFailed, $"exit {tool.ExitCode}: {output}");
        Assert.Contains("File too large", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Assert.Empty(ProcessDiscovery.Children(target.Pid));
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void An_interrupted_dump_leaves_no_file()
    {
        using var target = LiveTarget.Start("hold", "managed=600000000");
        using var tool = Start(target, []);
        Until.Holds(() => ProcessDiscovery.Children(target.Pid).Count > 0 || tool.HasExited, "no copy was made");
        Signals.Send(tool.Id, Signals.Interrupt);
        tool.WaitForExit();
        Assert.True(tool.ExitCode is 130 or 0, $"exit {tool.ExitCode}");
        Assert.Equal(tool.ExitCode == 0 ? 1 : 0, Directory.GetFileSystemEntries(_folder).Length);
        Assert.Empty(ProcessDiscovery.Children(target.Pid));
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void Two_hundred_threads_and_a_storm_of_allocations()
    {
        using (var idle = LiveTarget.Start("hold", "threads=200"))
        {
            Assert.True(RequireDump(idle) >= 200);
            Assert.Equal("Pong", idle.Ask("Ping"));
        }

        using var busy = LiveTarget.Start("busy", "allocators=3", "starters=1");
        for (int dump = 0; dump < 3; dump++)
        {
            RequireDump(busy);
        }

        string[] before = busy.Ask("Go")!.Split(' ');
        Until.Holds(() => long.Parse(busy.Ask("Go")!.Split(' ')[^3], CultureInfo.InvariantCulture) > long.Parse(before[^3], CultureInfo.InvariantCulture), "nothing is allocated any more");
        Assert.Equal("0", before[^1]);
    }

    private int RequireDump(LiveTarget target)
    {
        using var tool = Start(target, [], "--max-stall", "10s");
        string output = tool.StandardOutput.ReadToEnd() + tool.StandardError.ReadToEnd();
        tool.WaitForExit();
        Assert.True(tool.ExitCode == 0, output);
        string[] words = output.Split(' ');
        return int.Parse(words[Array.IndexOf(words, "threads;") - 1], CultureInfo.InvariantCulture);
    }

    private Process Start(LiveTarget target, string[] launcher, params string[] options)
    {
        string[] command = [.. launcher, "dotnet", "exec", Tool, "dump", target.Pid.ToString(CultureInfo.InvariantCulture), "-o", Path.Combine(_folder, "core"), .. options];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
