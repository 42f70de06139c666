using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>The application is stopped in the middle of a measurement, the tool gives up, and later the application is continued.</summary>
public sealed class StoppedApplicationTests : IDisposable
{
    private const int InterruptedExitCode = 130;
    private readonly AttackedTarget _target = AttackedTarget.Start("hold", "managed=20000000");

    public void Dispose() => _target.Dispose();

    [Fact]
    public void A_tool_that_is_interrupted_meanwhile_leaves_nothing_once_it_is_continued()
    {
        var stages = new[]
        {
            MeasureStage.ContactRuntime, MeasureStage.ApplyHook, MeasureStage.AwaitShim, MeasureStage.MakeMeetingPlace, MeasureStage.SendPayload,
            MeasureStage.WarmAgent, MeasureStage.Fork, MeasureStage.Vfork, MeasureStage.Hold, MeasureStage.DismissAgent,
        };
        foreach (var stage in stages)
        {
            using (var tool = _target.StartToolUntil(stage, "hold=0.1"))
            {
                // What the tool does next reaches the application as a request that it reads when it runs again, and the tool is gone then.
                Signals.StopAndWait(_target.Pid);
                Signals.Send(tool.Pid, Signals.Interrupt);
                tool.Continue();
                var outcome = tool.Finish();
                Signals.Send(_target.Pid, Signals.Continue);
                Assert.True(outcome.ExitCode == InterruptedExitCode, $"{stage}: exit {outcome.ExitCode}, {outcome.Output}");
            }

            _target.RequireUnharmed($"{stage}");
        }

        _target.MeasureCompletely();
        _target.RequireUnharmed();
    }

    [Theory]
    [InlineData(MeasureStage.ApplyHook, ExitReason.RefusedForSafety)]
    [InlineData(MeasureStage.ChildAlive, ExitReason.MeasurementFailed)]
    public void A_tool_whose_patience_ends_meanwhile_says_so(MeasureStage stage, ExitReason reason)
    {
        using (var tool = _target.StartToolUntil(stage, "patience=8"))
        {
            Signals.StopAndWait(_target.Pid);
            tool.Continue();
            var outcome = tool.Finish();
            Signals.Send(_target.Pid, Signals.Continue);
            Assert.True(outcome.ExitCode == (int)reason, $"exit {outcome.ExitCode}, {outcome.Output}");
            Assert.Contains("answer", outcome.Output, StringComparison.Ordinal);
        }

        _target.RequireUnharmed();
        _target.MeasureCompletely();
        _target.RequireUnharmed();
    }

    /// <summary>The request waits in the application's socket, and what it names is gone: a runtime that loads it would end the application.</summary>
    [Fact]
    public void Continued_when_the_tool_is_gone_and_removed_it_loads_nothing()
    {
        var installed = Directory.CreateTempSubdirectory("forklint-installed-");
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "agent")))
        {
            File.Copy(file, Path.Combine(installed.FullName, Path.GetFileName(file)));
        }

        using (var tool = _target.StartToolUntil(MeasureStage.ApplyHook, $"agent={installed.FullName}", "patience=8"))
        {
            Signals.StopAndWait(_target.Pid);
            tool.Continue();
            var outcome = tool.Finish();
            installed.Delete(recursive: true);
            Signals.Send(_target.Pid, Signals.Continue);
            Assert.True(outcome.ExitCode == (int)ExitReason.RefusedForSafety, $"exit {outcome.ExitCode}, {outcome.Output}");
        }

        _target.RequireUnharmed();
        _target.MeasureCompletely();
        _target.RequireUnharmed();
    }

    [Fact]
    public void Stopped_before_the_shim_runs_it_is_not_called_trimmed()
    {
        using (var tool = _target.StartToolUntil(MeasureStage.AwaitShim, "patience=8"))
        {
            Signals.StopAndWait(_target.Pid);
            tool.Continue();
            var outcome = tool.Finish();
            Signals.Send(_target.Pid, Signals.Continue);
            Assert.True(outcome.ExitCode is (int)ExitReason.RefusedForSafety or (int)ExitReason.MeasurementFailed, $"exit {outcome.ExitCode}, {outcome.Output}");
        }

        _target.RequireUnharmed();
    }
}
