using System.CommandLine;
using ForkLint.Heap;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Rendering.Html;
using ForkLint.Tool.Report;
using ForkLint.Tool.Tracing;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary><c>trace</c>: every process that an application really starts.</summary>
internal static class TraceCommand
{
    private const string Examples = """
        sudo dotnet-forklint trace 4242                                         until you press Ctrl-C, or the process ends
        sudo dotnet-forklint trace --name Shop.Api --for 60s                    for a minute
        sudo dotnet-forklint trace 4242 --for 10s --format json                 for a program to read
        sudo dotnet-forklint trace 4242 --for 60s -o trace.html                 a timeline, for a browser
        sudo dotnet-forklint trace 4242 --write-measured ForkLint.Measured.txt  peaks for the analyzer to show
        sudo dotnet-forklint trace -- dotnet test                               a command and everything that it starts: which of them needs the memory?
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var target = new Argument<string[]>("PID") { Description = "The id of the process. Or -- and a command with its arguments: start and watch it.", Arity = ArgumentArity.ZeroOrMore };
        var processId = OptionFactory.ProcessId();
        var name = OptionFactory.Name("Watch the .NET process with this name, or with a name that contains it. 'ps' shows the names.");
        var duration = OptionFactory.Duration("--for", "How long to watch. [default: until Ctrl-C, or the process ends]", TimeSpan.FromDays(1));
        var format = OptionFactory.ReportForm();
        var output = OptionFactory.Output("the report");
        var noStacks = new Option<bool>("--no-stacks") { Description = "Do not name the methods that start processes." };
        var writeMeasured = new Option<string?>("--write-measured") { Description = "Write what each method of the application started to this file, for the analyzer.", HelpName = "file" };
        var keepLargest = new Option<bool>("--keep-largest") { Description = "With --write-measured: keep the higher of the peak in the file and the new one." };
        var command = new ExampleCommand("trace", "Watch every process that a running process and its descendants start.", Examples) { target, processId, name, duration, format, output, noStacks, writeMeasured, keepLargest };
        command.SetRun(parsed =>
        {
            var subject = Subject.Of(parsed, target, parsed.GetValue(processId), parsed.GetValue(name));
            var path = parsed.GetValue(output);
            var form = OptionFactory.Form(parsed, format, path);
            var wishes = new Wishes(parsed.GetValue(duration), !parsed.GetValue(noStacks), form, path, parsed.GetValue(writeMeasured), parsed.GetValue(keepLargest));
            wishes.Check();
            return Interruptible.RunUntilInterrupted(cancellation => Trace(subject, wishes, cancellation));
        });
        return command;
    }

    private static ExitReason Trace(Subject subject, Wishes wishes, CancellationToken cancellation)
    {
        int? running = subject.Launch is null ? subject.FindPid() : null;
        if (running is { } pid)
        {
            _ = NamedProcess.Require(pid);
        }

        // The text is printed as it happens; a file, JSON and a page are written at the end.
        var isLive = wishes is { Form: ReportForm.Text, OutputPath: null };
        var style = isLive ? TextStyle.ForStandardOutput() : TextStyle.Plain;
        using var tracer = new Tracer(subject.Launch is not null, spawns => Show(spawns, isLive, style));
        if (wishes.MeasuredPath is not null && !tracer.ShowsStacks)
        {
            throw new ToolException(ExitReason.NotPermitted, $"--write-measured needs the methods that start processes: {tracer.Limits[0]}");
        }

        // Before a command is started: from then on there is something to watch.
        var room = RoomReader.Read(running ?? Environment.ProcessId);
        using var launched = subject.Launch is { } command ? LaunchedCommand.StartTree(command) : null;
        var process = new TracedProcess(launched?.Pid ?? running!.Value, launched is null ? ProcessName.Of(running!.Value) : Path.GetFileName(subject.Launch![0]));
        using var stacks = wishes.WantsStacks && tracer.ShowsStacks ? new StackNames(HeapReading.StartReader, process.Pid, launched is not null || NativeFindings.HasHeap(process.Pid)) : null;
        if (isLive)
        {
            ReportOutput.Write(TraceText.Heading(process, style));
        }

        // The rest stands at the end, where the figures are.
        if (tracer.Limits is [var limit, ..])
        {
            ErrorLine.Write(limit);
        }

        var alreadyThere = launched is null ? ProcessTree.Descendants(process.Pid).Select(static descendant => descendant.Pid) : [];
        var report = tracer.Watch(process, alreadyThere, stacks, wishes.Duration, cancellation) with { Room = room };
#pragma warning disable CS8524 // No other arm: a form that is added does not compile until it has its own.
        string Print(ReportForm form) => form switch
        {
            ReportForm.Json => ReportJson.Write(report),
            ReportForm.Html => TracePage.Write(report),
            ReportForm.Text => (isLive ? "" : TraceText.Heading(process, style) + string.Concat(report.Spawns.Select(spawn => TraceText.Row(spawn, style)))) + TraceText.Summary(report, style),
        };
#pragma warning restore CS8524
        var outcome = new Outcome();

        // A page is for a file.
        outcome.Deliver(wishes.OutputPath, Print(wishes.Form), () => Print(wishes.Form == ReportForm.Html ? ReportForm.Text : wishes.Form));
        if (wishes.MeasuredPath is { } measured)
        {
            _ = outcome.Try(() => WriteMeasured(measured, report, process.Name, wishes.KeepLargest));
        }

        outcome.Require();
        return ExitReason.Ok;
    }

    private static void WriteMeasured(string path, TraceReport report, string process, bool keepsLargest)
    {
        var seen = MeasuredSpawn.Group(report.Spawns.Select(static spawn => (spawn.Members, spawn.Program, spawn.PeakResidentBytes)));
        MeasuredOutput.Write(path, MeasuredFile.Merge(MeasuredOutput.Read(path), seen, process, DateOnly.FromDateTime(DateTime.Now), keepsLargest));
    }

    private static void Show(IReadOnlyList<SpawnEntry> spawns, bool isLive, TextStyle style)
    {
        if (isLive)
        {
            ReportOutput.Write(string.Concat(spawns.Select(spawn => TraceText.Row(spawn, style))));
        }
    }

    /// <summary>What was asked for beside the process.</summary>
    private sealed record Wishes(TimeSpan? Duration, bool WantsStacks, ReportForm Form, string? OutputPath, string? MeasuredPath, bool KeepLargest)
    {
        /// <summary>Refuses wishes that contradict each other or cannot be met: before anything is watched.</summary>
        public void Check()
        {
            if (MeasuredPath is not null && !WantsStacks)
            {
                throw new ToolException(ExitReason.Usage, "--write-measured needs the methods that start processes, and --no-stacks leaves them out", "leave out --no-stacks");
            }

            if (KeepLargest && MeasuredPath is null)
            {
                throw new ToolException(ExitReason.Usage, "--keep-largest says how --write-measured merges, but no file is written", "add --write-measured FILE");
            }

            if (MeasuredPath is not null)
            {
                _ = MeasuredOutput.Read(MeasuredPath);
            }

            ReportOutput.CheckForm(Form, OutputPath);
            if (OutputPath is not null)
            {
                OutputFile.Check(OutputPath, "the report");
            }
        }
    }
}
