using System.CommandLine;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Demo;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary><c>demo</c>: measures a built-in program with known holdings and explains what comes out.</summary>
internal static class DemoCommand
{
    private const string Examples = "dotnet-forklint demo    needs about 700 MB of free memory and takes a few seconds";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new ExampleCommand("demo", "Start a program that holds known memory, fork it on trial, and explain the result.", Examples);
        command.SetAction(_ => Interruptible.Run(Show));
        return command;
    }

    private static int Show(CancellationToken cancellation)
    {
        using var target = DemoTarget.Start();
        var (emptyCharge, emptyAnonymous) = target.ReadFigures();
        target.Hold();
        cancellation.ThrowIfCancellationRequested();

        MeasureResult result;
        using (var progress = ProgressLine.ForStandardError())
        {
            result = Measurer.Run(
                new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, ChildWritesBytes = DemoHoldings.ChildWritesBytes, Observer = progress },
                cancellation);
        }

        var report = ReportBuilder.Build(result, ProcessName.Of(target.Pid));
        var findings = DemoFindings.Compare(report, emptyCharge, emptyAnonymous);
        ReportOutput.Write(DemoText.Render(findings, report, TextStyle.ForStandardOutput()));
        return findings.All(finding => finding.IsAsExpected)
            ? ExitCode.Ok
            : throw new ToolException(ExitCode.Failed, "a figure of the demo is not what it was expected to be", "the machine may be busy: run it again, and report it if it stays so");
    }
}
