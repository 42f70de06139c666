using ForkLint.Linux;
using ForkLint.LiveTargets;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>
/// The tool is killed at each stage of a trial by ptrace, in a program whose threads wait in every way: they go on as if nothing had been, and the
/// next measurement collects what is left.
/// </summary>
public sealed class KilledTracerTests : IDisposable
{
    private const int KilledExitCode = 128 + Signals.Kill;
    private static readonly string[] Options = ["engine=Ptrace", "trials=2", "stall=30000", "lock=60", "hold=0.2", "writes=100000", "heap"];

    /// <summary>All stages that a measurement by ptrace enters.</summary>
    private static readonly MeasureStage[] Stages =
    [
        MeasureStage.SweepLeft, MeasureStage.ThreadStopped, MeasureStage.CallSet, MeasureStage.CallMade, MeasureStage.ThreadBack, MeasureStage.Reap,
        MeasureStage.Fork, MeasureStage.ChildAlive, MeasureStage.ReadChild, MeasureStage.EndChild, MeasureStage.Vfork, MeasureStage.Hold,
        MeasureStage.ChildWrites, MeasureStage.ReadHeap, MeasureStage.DismissAgent, MeasureStage.Conclude,
    ];

    private readonly CProgram _program = CProgram.Start("10 read futex select event vectors spin");

    public void Dispose() => _program.Dispose();

    [Fact]
    public void At_no_stage_does_the_program_see_anything()
    {
        foreach (var stage in Stages)
        {
            using (var tool = MeasureHost.Start(_program.Pid, [$"die={stage}", .. Options], ["env", "DOTNET_EnableDiagnostics=0"]))
            {
                var outcome = tool.Finish();
                Assert.True(outcome.ExitCode == KilledExitCode, $"{stage}: exit {outcome.ExitCode}, {outcome.Output}");
            }

            // Whatever it was doing, no child lives longer than the tool.
            Until.Holds(() => ProcessDiscovery.Children(_program.Pid).All(ProcFiles.IsDead), $"{stage}: a child lives");
            RequireUnharmed(stage);
            int left = ProcessDiscovery.Children(_program.Pid).Count;
            var result = Measure();
            Assert.Equal(left > 0, result.Warnings.Any(static warning => warning.Contains("zombies", StringComparison.Ordinal)));
            Assert.Equal($"{stage}: ", $"{stage}: {string.Join(' ', ProcessDiscovery.Children(_program.Pid))}");
            RequireUnharmed(stage);
        }
    }

    [Theory]
    [InlineData(MeasureStage.ThreadStopped)]
    [InlineData(MeasureStage.CallMade)]
    [InlineData(MeasureStage.Hold)]
    public void A_program_that_is_killed_meanwhile_leaves_no_child(MeasureStage stage)
    {
        using var tool = MeasureHost.Start(_program.Pid, [$"pause={stage}", .. Options]);
        Assert.Equal($"At {stage}", tool.ReadLine());
        var children = ProcessDiscovery.Children(_program.Pid);

        // Its parent can collect it only once the tracer has seen the end of the thread that it holds.
        Signals.Send(_program.Pid, Signals.Kill);
        tool.Continue();
        var outcome = tool.Finish();
        Assert.True((int)ExitReason.NoSuchProcess == outcome.ExitCode, outcome.Output);
        Until.Holds(() => children.All(ProcFiles.IsDead), "a child outlives the program");
    }

    [Fact]
    public void A_child_of_a_tool_that_hangs_ends_by_itself()
    {
        using var tool = MeasureHost.Start(_program.Pid, [$"pause={MeasureStage.Hold}", .. Options]);
        Assert.Equal($"At {MeasureStage.Hold}", tool.ReadLine());
        Signals.StopAndWait(tool.Pid);
        Assert.Single(ProcessDiscovery.Children(_program.Pid));
        Until.Holds(() => ProcessDiscovery.Children(_program.Pid).All(ProcFiles.IsDead), "the child outlives its time");
        Signals.Send(tool.Pid, Signals.Continue);
        tool.Continue();
        Assert.Equal(0, tool.Finish().ExitCode);
        Assert.Empty(ProcessDiscovery.Children(_program.Pid));
    }

    [Fact]
    public void A_program_that_is_stopped_and_continued_meanwhile_goes_on()
    {
        using var tool = MeasureHost.Start(_program.Pid, [$"pause={MeasureStage.Hold}", .. Options]);
        Assert.Equal($"At {MeasureStage.Hold}", tool.ReadLine());
        Signals.StopAndWait(_program.Pid);
        tool.Continue();
        Signals.Send(_program.Pid, Signals.Continue);
        var outcome = tool.Finish();
        Assert.True(outcome.ExitCode is 0 or (int)ExitReason.RefusedForSafety, outcome.Output);
        Assert.Equal(0, _program.Look().Wrong);
        Assert.True(Measure().Fork.Succeeded);
    }

    private void RequireUnharmed(MeasureStage stage)
    {
        var before = _program.Look();
        Assert.Equal((stage, 0L, 0L), (stage, before.Errors, before.Wrong));
        Until.Holds(() => _program.Look().Rounds > before.Rounds, $"{stage}: a thread stands still");
        Assert.All(Directory.GetDirectories($"/proc/{_program.Pid}/task"), static task => Assert.Contains("SigBlk:\t0000000000000000", File.ReadAllText(task + "/status"), StringComparison.Ordinal));
    }

    private MeasureResult Measure()
    {
        var result = Measurer.Run(new MeasureRequest { Pid = _program.Pid, Engine = EngineKind.Ptrace, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(30), LockPatience = TimeSpan.FromSeconds(60) }, CancellationToken.None);
        Assert.Equal(result.Fork.PredictedChargeBytes, result.Fork.ChargedBytes);
        return result;
    }
}
