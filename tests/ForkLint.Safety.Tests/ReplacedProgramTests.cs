using System.Diagnostics;
using ForkLint.Linux;
using ForkLint.LiveTargets;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>
/// An application replaces its program (execve) while a child of a trial lives. The child shares its open files, and only its parent can collect it: it
/// ends at once, and the new program is made to collect it where that is safe.
/// </summary>
public class ReplacedProgramTests
{
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(25);

    [Fact]
    public void The_agents_child_is_collected_by_the_new_program()
    {
        using var target = AttackedTarget.Start("become", "cat");
        using var tool = target.StartToolUntil(MeasureStage.Hold, "hold=55");
        int child = target.AwaitChild();
        target.Live.Tell("Go");
        Until.Holds(() => ProcFiles.IsDead(child), "the child outlives the execve", Promptly);
        tool.Continue();
        var outcome = tool.Finish();

        Assert.True((int)ExitReason.NoSuchProcess == outcome.ExitCode, outcome.Output);
        Assert.Contains("replaced its program", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"child {child}, which it left as a zombie, is now reaped", outcome.Output, StringComparison.Ordinal);
        Assert.Empty(ProcessDiscovery.Children(target.Pid));
        Assert.Equal("still here", target.Live.Ask("still here"));
    }

    [Theory]
    [InlineData("", MeasureStage.Hold)]
    [InlineData("", MeasureStage.ChildAlive)]
    [InlineData("", MeasureStage.Vfork)]
    [InlineData("freeze", MeasureStage.WriteCopy)]
    public void The_tracers_child_is_collected_by_the_new_program(string what, MeasureStage stage)
    {
        using var program = CProgram.Start("10 read futex");
        string[] options = ["engine=Ptrace", "trials=2", "stall=30000", "lock=60", $"pause={stage}"];
        using var tool = MeasureHost.Start(program.Pid, what.Length > 0 ? [what, .. options] : ["hold=55", .. options]);
        Assert.Equal($"At {stage}", tool.ReadLine());
        program.Become();
        Until.Holds(() => ProcessDiscovery.Children(program.Pid).All(ProcFiles.IsDead), "a child outlives the execve", Promptly);
        tool.Continue();
        var outcome = tool.Finish();

        if (what.Length == 0)
        {
            Assert.True((int)ExitReason.NoSuchProcess == outcome.ExitCode, outcome.Output);
            Assert.Contains("replaced its program", outcome.Output, StringComparison.Ordinal);
        }

        Assert.Empty(ProcessDiscovery.Children(program.Pid));
        RequireUnharmed(program);
    }

    [Fact]
    public void A_python_program_that_starts_anew_answers()
    {
        const string script = "import os,sys\nprint('Ready',os.getpid(),flush=True)\nfor line in sys.stdin:\n  if line=='Become\\n': os.execv(sys.executable,[sys.executable,'-c',sys.argv[1],sys.argv[1]])\n  print(line,end='',flush=True)";
        var info = new ProcessStartInfo("python3", ["-c", script, script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var program = Process.Start(info)!;
        try
        {
            Assert.Equal($"Ready {program.Id}", program.StandardOutput.ReadLine());
            using var tool = MeasureHost.Start(program.Id, ["engine=Auto", "trials=2", "stall=30000", "lock=60", "hold=55", $"pause={MeasureStage.Hold}"]);
            Assert.Equal($"At {MeasureStage.Hold}", tool.ReadLine());
            program.StandardInput.WriteLine("Become");
            Assert.Equal($"Ready {program.Id}", program.StandardOutput.ReadLine());
            tool.Continue();
            var outcome = tool.Finish();
            Assert.True((int)ExitReason.NoSuchProcess == outcome.ExitCode, outcome.Output);
            Assert.Contains("is now reaped", outcome.Output, StringComparison.Ordinal);
            Assert.Empty(ProcessDiscovery.Children(program.Id));
            program.StandardInput.WriteLine("still here");
            Assert.Equal("still here", program.StandardOutput.ReadLine());
        }
        finally
        {
            program.Kill();
            program.WaitForExit();
        }
    }

    private static void RequireUnharmed(CProgram program)
    {
        var before = program.Look();
        Assert.Equal((0L, 0L), (before.Errors, before.Wrong));
        Assert.All(Directory.GetDirectories($"/proc/{program.Pid}/task"), static task => Assert.Contains("SigBlk:\t0000000000000000", File.ReadAllText(task + "/status"), StringComparison.Ordinal));
        var again = Measurer.Run(new MeasureRequest { Pid = program.Pid, Engine = EngineKind.Ptrace, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(30), LockPatience = TimeSpan.FromSeconds(60) }, CancellationToken.None);
        Assert.Equal(again.Fork.PredictedChargeBytes, again.Fork.ChargedBytes);
    }
}
