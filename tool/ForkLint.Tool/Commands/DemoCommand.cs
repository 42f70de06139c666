using System.CommandLine;
using ForkLint.Heap;
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
        var command = new ExampleCommand("demo", "Start a program that holds known memory, check its source, fork it on trial, and explain the result.", Examples);
        command.SetAction(_ => Interruptible.Run(Show));
        return command;
    }

    private static int Show(CancellationToken cancellation)
    {
        using var target = DemoTarget.Start();
        var (emptyCharge, emptyAnonymous) = target.ReadFigures();
        target.Hold();
        cancellation.ThrowIfCancellationRequested();

        // First the source, so that the measurement can say what warns about it.
        var style = TextStyle.ForStandardOutput();
        var source = Check(style, cancellation);
        using var reading = new HeapReading();
        MeasureResult result;
        using (var progress = ProgressLine.ForStandardError())
        {
            result = Measurer.Run(
                new MeasureRequest
                {
                    Pid = target.Pid,
                    Engine = EngineKind.Agent,
                    ChildWritesBytes = DemoHoldings.ChildWritesBytes,
                    Observer = progress,
                    ReadHeap = reading.Of(target.Pid, progress),
                },
                cancellation);
        }

        var report = new HeapWishes(true, [], null, false, null).Complete(result, ProcessName.Of(target.Pid), null, cancellation);
        if (source.Findings is not null && result.Heap is HeapReport heap)
        {
            report = FindingsJoin.Join(report, heap.Members, source.Findings);
        }

        var findings = DemoFindings.Compare(report, emptyCharge, emptyAnonymous);
        ReportOutput.Write(DemoText.Render(findings, source, report, style));
        return findings.All(finding => finding.IsAsExpected)
            ? ExitCode.Ok
            : throw new ToolException(ExitCode.Failed, "a figure of the demo is not what it was expected to be", "the machine may be busy: run it again, and report it if it stays so");
    }

    private static DemoSource Check(TextStyle style, CancellationToken cancellation)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine("checking the source of the demo's program …");
        }

        return DemoSource.Check(style, cancellation);
    }
}
