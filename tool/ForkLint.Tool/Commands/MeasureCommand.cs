using System.CommandLine;
using ForkLint.Linux;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Dumping;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Rendering.Html;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary><c>measure</c>: the trial fork of a running process, and the report.</summary>
internal static class MeasureCommand
{
    private const string Examples = """
        dotnet-forklint measure 4242                                         a running process
        dotnet-forklint measure --name Shop.Api --format json                by name, for a program to read
        dotnet-forklint measure 4242 --details                               every figure behind it
        dotnet-forklint measure 4242 --output report.html                    a page with pictures, for a browser
        dotnet-forklint measure 4242 --dry-run                               what would be done, and whether it is allowed
        dotnet-forklint measure 4242 --engine estimate                       run no code in the application
        dotnet-forklint measure --name redis-server                          a program that is not .NET
        dotnet-forklint measure 4242 --hold 5s                               keep the child and watch copy-on-write grow
        dotnet-forklint measure 4242 --child-writes 25MiB                    let the child write, and see whose memory moves
        dotnet-forklint measure 4242 --child-size 250MiB                     does a child of that size fit beside it?
        dotnet-forklint measure 4242 --as-if ram=2GiB,swap=0,overcommit=2    would the fork succeed on that machine?
        dotnet-forklint measure 4242 --max-charge 500MB --max-latency 20ms   exit code 2 when it costs more
        dotnet-forklint measure 4242 --what-if-freed F:App.Cache.Table       what would the fork cost without it?
        dotnet-forklint measure 4242 --write-measured ForkLint.Measured.txt  sizes for the analyzer to show
        dotnet-forklint measure 4242 --sarif findings.sarif                  which finding warns about what was measured
        dotnet-forklint measure 4242 --traced trace.json                     what it was seen to start, and how large that became
        dotnet-forklint measure --from core.4242                             the same report, from a core dump
        dotnet-forklint measure --after 10s -- dotnet Shop.Api.dll           start it, measure it, stop it
        """;

    /// <summary>How long a started command may take to open its diagnostics socket.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var target = new Argument<string[]>("PID") { Description = "The id of the process. Or -- and a command with its arguments: start it, measure it, stop it.", Arity = ArgumentArity.ZeroOrMore };
        var processId = OptionFactory.ProcessId();
        var name = OptionFactory.Name("Measure the process with this name, or with a name that contains it. 'ps' shows the names.");
        var engine = OptionFactory.Choice<EngineKind>("--engine", "agent: fork from inside a .NET application. ptrace: fork any process that you may trace. estimate: do not fork the process. auto: the best one that is allowed.");
        var trials = OptionFactory.Number("--trials", "The most trial forks to make. Fewer are made when the stall budget (--max-stall) is used up.", 20, 1, 1000);
        var maxStall = OptionFactory.MaxStall("How long the application may be stopped in total.");
        var hold = OptionFactory.Duration("--hold", "Keep a child this long and report copy-on-write growth.", TimeSpan.FromSeconds(58));
        var childWrites = OptionFactory.Size("--child-writes", "Let the child write this much, and report how the memory of parent and child changes.");
        var childSize = OptionFactory.ChildSizes("--child-size", "Say whether a child of this size fits beside the process, and what to free if not: 250MiB, or 3x250MiB for three at once. Can be repeated.");
        var asIf = OptionFactory.OtherMachine("--as-if", "Also judge the fork as if on another machine: ram=, swap=, overcommit=, ratio=, kbytes=, memory-limit=, committed=, privileged=.");
        var format = OptionFactory.ReportForm();
        var output = OptionFactory.Output("the report");
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would be done and whether it is allowed, and do nothing." };
        var after = OptionFactory.Duration("--after", "With a command: measure this long after its start, instead of as soon as it can be.", TimeSpan.FromHours(1));
        var maxCharge = OptionFactory.Size("--max-charge", "Exit with 2 when the fork is charged more than this.");
        var maxResident = OptionFactory.Size("--max-resident", "Exit with 2 when the child's anonymous memory is more than this.");
        var maxLatency = OptionFactory.Duration("--max-latency", "Exit with 2 when the median fork takes longer than this.", TimeSpan.FromMinutes(1));
        var noHeap = new Option<bool>("--no-heap") { Description = "Do not read the heap. The report then lists no savings." };
        var verify = new Option<bool>("--verify") { Description = "Run an Aggressive collection and malloc_trim in the application, fork again, and report what that saved. The application stops meanwhile." };
        var whatIf = new Option<string[]>("--what-if-freed") { Description = "Also calculate the cost of a fork without the memory of this holder: one that a saving names, or a documentation-comment id. Can be repeated.", HelpName = "holder" };
        var writeMeasured = new Option<string?>("--write-measured") { Description = "Write the measured size of each source member to this file, for the analyzer.", HelpName = "file" };
        var keepLargest = new Option<bool>("--keep-largest") { Description = "With --write-measured: keep the larger of the size in the file and the new one." };
        var sarif = new Option<string?>("--sarif") { Description = "Read the SARIF log of 'check' or of a build. Show at each holder the finding that warns about it, and list large holders without a finding.", HelpName = "file" };
        var traced = new Option<string?>("--traced") { Description = "Show which programs the application starts, from the JSON report of 'trace' or the file of 'trace --write-measured'.", HelpName = "file" };
        var details = new Option<bool>("--details") { Description = "Print all figures instead of one screen." };
        var from = new Option<string?>("--from") { Description = "Report from a core dump of the kernel, of createdump or of 'dump' instead of a process. What the dump does not contain is unknown.", HelpName = "core" };
        var force = new Option<bool>("--force") { Description = "Measure even when a memory cgroup or the machine has too little room, or when a seccomp filter, Landlock or a security module might stop the agent. The kernel may then kill the application." };

        var command = new ExampleCommand("measure", "Fork a running process on trial and report what a fork costs it.", Examples)
        {
            target, processId, name, engine, trials, maxStall, hold, childWrites, childSize, asIf, format, output, dryRun, after, maxCharge, maxResident, maxLatency, force, noHeap, verify, whatIf, writeMeasured, keepLargest, sarif, traced, details, from,
        };
        Option[] ofProcess = [processId, name, engine, trials, maxStall, hold, childWrites, childSize, dryRun, after, maxResident, maxLatency, force, verify];
        command.SetRun(parsed =>
        {
            var core = parsed.GetValue(from);
            if (core is not null)
            {
                FromCore.Check(parsed, target, ofProcess);
            }

            var subject = core is null ? Subject.Of(parsed, target, parsed.GetValue(processId), parsed.GetValue(name), parsed.GetValue(after)) : null;
            var request = new MeasureRequest
            {
                Pid = 0,
                Engine = parsed.GetValue(engine),
                MaxTrials = parsed.GetValue(trials),
                MaxStall = parsed.GetValue(maxStall) ?? MeasureRequest.DefaultMaxStall,
                Hold = parsed.GetValue(hold),
                ChildWritesBytes = parsed.GetValue(childWrites),
                IgnoreHeadRoom = parsed.GetValue(force),
                EnterUnproven = parsed.GetValue(force),
                StartPatience = subject?.Launch is null ? TimeSpan.FromSeconds(15) : StartPatience,
                AsIf = parsed.GetValue(asIf),
                Verify = parsed.GetValue(verify),
            };
            var heap = new HeapWishes(!parsed.GetValue(noHeap), parsed.GetValue(whatIf) ?? [], parsed.GetValue(writeMeasured), parsed.GetValue(keepLargest), parsed.GetValue(sarif))
            {
                TracedPath = parsed.GetValue(traced),
                Children = parsed.GetValue(childSize) ?? [],
            };
            heap.Check();
            var path = parsed.GetValue(output);
            var wanted = OptionFactory.Form(parsed, format, path);
            ReportOutput.CheckForm(wanted, path);
#pragma warning disable CS8524 // No other arm: a form that is added does not compile until it has its own.
            IReportFormat form = wanted switch
            {
                ReportForm.Json => new JsonFormat(),
                ReportForm.Html => new MeasurementPage(),
                ReportForm.Text => parsed.GetValue(details) ? new MeasurementText() : new ScreenText(),
            };
#pragma warning restore CS8524
            var budgets = new Budgets(parsed.GetValue(maxCharge), parsed.GetValue(maxResident), parsed.GetValue(maxLatency));
            var wishes = new ReportWishes(heap, budgets, form, path);
            return Interruptible.Run(cancellation => subject is null ? MeasureCore(core!, request.AsIf, wishes, cancellation)
                : parsed.GetValue(dryRun) ? Plan(subject, request, wishes)
                : Measure(subject, request, wishes, cancellation));
        });
        return command;
    }

    private static ExitReason Measure(Subject subject, MeasureRequest request, ReportWishes wishes, CancellationToken cancellation)
    {
        wishes.CheckOutput(); // Before anything is done to the application.
        using var launched = subject.Launch is { } command ? LaunchedCommand.Start(command) : null;
        launched?.WaitUntilMeasurable(subject.After, StartPatience, cancellation);
        cancellation.ThrowIfCancellationRequested();

        var pid = launched?.Pid ?? subject.FindPid();
        var name = ProcessName.Of(pid);
        if (request.Verify)
        {
            ErrorLine.Write("--verify: the application stops while it collects and gives memory back; the report says for how long");
        }

        using var reading = wishes.Heap.Read ? new HeapReading() : null;
        var result = Run(request with { Pid = pid }, reading, launched, cancellation);
        var measured = new Measured(result, reading?.Found, null);
        if (reading is { Found: null })
        {
            using var progress = ProgressLine.ForStandardError();
            measured = RunningMemory.Read(result, reading, progress, cancellation);
        }

        var outcome = new Outcome();
        var report = wishes.Heap.Complete(measured, name, request.AsIf, outcome, cancellation);
        report = report with
        {
            Budgets = wishes.Budgets.Judge(report),
            CrashDump = DumpChecker.TryCheck(pid, result) is { } dump ? CrashDumpSection.Of(dump) : null,
        };
        return Finish(report, wishes, outcome);
    }

    private static ExitReason MeasureCore(string core, AsIf? asIf, ReportWishes wishes, CancellationToken cancellation)
    {
        wishes.CheckOutput();
        var outcome = new Outcome();
        var report = FromCore.Measure(core, wishes.Heap, asIf, outcome, cancellation);
        return Finish(report with { Budgets = wishes.Budgets.Judge(report) }, wishes, outcome);
    }

    private static ExitReason Finish(MeasurementReport report, ReportWishes wishes, Outcome outcome)
    {
        var (form, outputPath) = (wishes.Form, wishes.OutputPath);
        // A page is for a file.
        var onScreen = form is MeasurementPage ? new ScreenText() : form;
        string Print(IReportFormat chosen, string? path) => chosen.Write(report, Style(path), path is null ? TextStyle.TerminalColumns() : null);
        outcome.Deliver(outputPath, Print(form, outputPath), () => Print(onScreen, null));

        var exceeded = report.Budgets.Where(budget => budget.Exceeded).ToList();
        foreach (var budget in exceeded)
        {
            ErrorLine.Write(BudgetText.Describe(budget), "see the report for what to free");
        }

        outcome.Require();
        return exceeded.Count > 0 ? ExitReason.BudgetExceeded : ExitReason.Ok;
    }

    private static MeasureResult Run(MeasureRequest request, HeapReading? reading, LaunchedCommand? launched, CancellationToken cancellation)
    {
        using var progress = ProgressLine.ForStandardError();
        try
        {
            return Measurer.Run(request with { Observer = progress, ReadHeap = reading?.Of(request.Pid, progress), Admitted = reading is null || !NativeFindings.HasHeap(request.Pid) ? null : reading.Begin }, cancellation);
        }
        catch (MeasureException)
        {
            // Not in a filter: what is thrown there is lost.
            if (launched?.HasEnded(cancellation) == true)
            {
                throw new ToolException(ExitReason.MeasurementFailed, "the command ended while it was measured", "measure a command that keeps running, and see its output above");
            }

            throw;
        }
    }

    private static ExitReason Plan(Subject subject, MeasureRequest request, ReportWishes wishes)
    {
        wishes.CheckOutput();
        if (wishes.Form is not (JsonFormat or MeasurementText or ScreenText))
        {
            throw new ToolException(ExitReason.Usage, "--dry-run prints text or JSON only", "take --format text or --format json");
        }

        if (subject.Launch is not null)
        {
            throw new ToolException(ExitReason.Usage, "--dry-run starts nothing, so it cannot judge a command", "start the command yourself and name its process");
        }

        var pid = subject.FindPid();
        var plan = ReportBuilder.Build(Measurer.Plan(request with { Pid = pid }), ProcessName.Of(pid));
        ReportOutput.WriteTo(wishes.OutputPath, wishes.Form is JsonFormat ? ReportJson.Write(plan) : PlanText.Render(plan, Style(wishes.OutputPath)));
        return (ExitReason?)plan.RefusalExitCode ?? ExitReason.Ok;
    }

    private static TextStyle Style(string? outputPath) => outputPath is null ? TextStyle.ForStandardOutput() : TextStyle.Plain;

    /// <summary>What the report is to say, and where it goes.</summary>
    /// <param name="Heap">What is asked of the heap.</param>
    /// <param name="Budgets">What the fork may cost.</param>
    /// <param name="Form">How it is written.</param>
    /// <param name="OutputPath">The file; null for standard output.</param>
    private sealed record ReportWishes(HeapWishes Heap, Budgets Budgets, IReportFormat Form, string? OutputPath)
    {
        /// <summary>Refuses a file that cannot be written.</summary>
        public void CheckOutput()
        {
            if (OutputPath is not null)
            {
                OutputFile.Check(OutputPath, "the report");
            }
        }
    }
}
