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
        var command = new ExampleCommand("demo", "Start a program that holds known memory, check its source, fork it on trial, and explain the result.", Examples);
        var output = OptionFactory.Output("the explanation");
        command.Add(output);
        command.SetRun(parsed => Interruptible.Run(cancellation => Show(parsed.GetValue(output), cancellation)));
        return command;
    }

    private static ExitReason Show(string? path, CancellationToken cancellation)
    {
        if (path is not null)
        {
            OutputFile.Check(path, "the explanation");
        }

        using var target = DemoTarget.Start();
        var (emptyCharge, emptyAnonymous) = target.ReadFigures();
        target.Hold();
        cancellation.ThrowIfCancellationRequested();

        // First the source, so that the measurement can say what warns about it.
        var style = path is null ? TextStyle.ForStandardOutput() : TextStyle.Plain;
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
                    Admitted = reading.Begin,
                },
                cancellation);
        }

        var outcome = new Outcome();
        var report = new HeapWishes(true, [], null, false, null).Complete(new Measured(result, reading.Found, null), ProcessName.Of(target.Pid), null, outcome, cancellation);
        if (source.Findings is not null && reading.Found is { } heap)
        {
            report = FindingsJoin.Join(report, heap.Members, source.Findings);
        }

        var findings = DemoFindings.Compare(report, emptyCharge, emptyAnonymous);
        var text = DemoText.Render(findings, source, report, style);
        outcome.Deliver(path, text, () => text);
        outcome.Require();
        return findings.All(finding => finding.IsAsExpected)
            ? ExitReason.Ok
            : throw new ToolException(ExitReason.MeasurementFailed, "a figure of the demo is not what it was expected to be", "the machine may be busy: run it again, and report it if it stays so");
    }

    private static DemoSource Check(TextStyle style, CancellationToken cancellation)
    {
        if (!Console.IsErrorRedirected)
        {
            ErrorLine.Note("checking the source of the demo's program …");
        }

        return DemoSource.Check(style, cancellation);
    }
}
