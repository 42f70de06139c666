using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary><c>measure</c>: the trial fork of a running process, and the report.</summary>
internal static class MeasureCommand
{
    private const string Examples = """
        dotnet-forklint measure 4242                                      a running process
        dotnet-forklint measure --name Shop.Api --format json             by name, for a program to read
        dotnet-forklint measure 4242 --dry-run                            what would be done, and whether it is allowed
        dotnet-forklint measure 4242 --engine estimate                    run no code in the application
        dotnet-forklint measure 4242 --hold 5s                            keep the child and watch copy-on-write grow
        dotnet-forklint measure 4242 --child-writes 25MiB                 let the child write, and see whose memory moves
        dotnet-forklint measure 4242 --as-if ram=2GiB,swap=0,overcommit=2 would the fork succeed on that machine?
        dotnet-forklint measure 4242 --max-charge 500MB --max-latency 20ms  exit code 2 when it costs more
        dotnet-forklint measure 4242 --what-if-freed F:App.Cache.Table     what would the fork cost without it?
        dotnet-forklint measure 4242 --write-measured ForkLint.Measured.txt  sizes for the analyzer to show
        dotnet-forklint measure 4242 --sarif findings.sarif                which finding warns about what was measured
        dotnet-forklint measure --after 10s -- dotnet Shop.Api.dll        start it, measure it, stop it
        """;

    /// <summary>How long a started command may take to open its diagnostics socket.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var target = new Argument<string[]>("PID") { Description = "The id of the process; or -- and a command with its arguments, to start, measure and stop it.", Arity = ArgumentArity.ZeroOrMore };
        var name = new Option<string?>("--name") { Description = "Measure the process of this name, as 'ps' shows it.", HelpName = "name" };
        var engine = OptionFactory.Choice<EngineKind>("--engine", "agent forks inside the application; estimate runs no code in it; auto takes the best one allowed.");
        var trials = OptionFactory.Number("--trials", "Trial forks to make at most; fewer when the stall budget is reached.", 20, 1, 1000);
        var maxStall = OptionFactory.Duration("--max-stall", "How long the application may stand still in all. [default: 250ms]", TimeSpan.FromMinutes(1));
        var hold = OptionFactory.Duration("--hold", "Keep a child this long and report copy-on-write growth.", TimeSpan.FromSeconds(58));
        var childWrites = OptionFactory.Size("--child-writes", "Let the child write this much and report whose memory moves.");
        var asIf = OptionFactory.OtherMachine("--as-if", "Also judge the fork as if on another machine: ram=, swap=, overcommit=, ratio=, kbytes=, memory-limit=, committed=, privileged=.");
        var format = OptionFactory.Choice<OutputFormat>("--format", "The form of the report; json when --output names a .json file.");
        var output = new Option<string?>("--output") { Description = "Write the report to this file instead of standard output.", HelpName = "file" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be done and whether it is allowed, and do nothing." };
        var after = OptionFactory.Duration("--after", "With a command: measure this long after its start, instead of as soon as it can be.", TimeSpan.FromHours(1));
        var maxCharge = OptionFactory.Size("--max-charge", "Exit with 2 when the fork is charged more than this.");
        var maxResident = OptionFactory.Size("--max-resident", "Exit with 2 when the child's anonymous memory is more than this.");
        var maxLatency = OptionFactory.Duration("--max-latency", "Exit with 2 when the median fork takes longer than this.", TimeSpan.FromMinutes(1));
        var noHeap = new Option<bool>("--no-heap") { Description = "Do not read the heap of a child: no savings are looked for." };
        var verify = new Option<bool>("--verify") { Description = "Let the application give free memory back and fork again: it stands still for an Aggressive collection and malloc_trim." };
        var whatIf = new Option<string[]>("--what-if-freed") { Description = "Also calculate the fork without what this holder keeps, as a saving or a documentation-comment id names it. Can be repeated.", HelpName = "holder" };
        var writeMeasured = new Option<string?>("--write-measured") { Description = "Write the measured size of each source member to this file, for the analyzer.", HelpName = "file" };
        var keepLargest = new Option<bool>("--keep-largest") { Description = "With --write-measured: keep the larger of the size in the file and the new one." };
        var sarif = new Option<string?>("--sarif") { Description = "Show at each holder the finding that warns about it, from the log of 'check' or of a build; and what is flagged nowhere.", HelpName = "file" };
        var force = new Option<bool>("--force") { Description = "Measure even when the memory cgroup has little room left. The kernel may then kill the application." };

        var command = new ExampleCommand("measure", "Fork a running process on trial and report what a fork costs it.", Examples)
        {
            target, name, engine, trials, maxStall, hold, childWrites, asIf, format, output, dryRun, after, maxCharge, maxResident, maxLatency, force, noHeap, verify, whatIf, writeMeasured, keepLargest, sarif,
        };
        command.SetAction(parsed =>
        {
            var (pid, launch) = SplitTarget(parsed, target);
            var subject = new Subject(pid, parsed.GetValue(name), launch, parsed.GetValue(after));
            var request = new MeasureRequest
            {
                Pid = 0,
                Engine = parsed.GetValue(engine),
                MaxTrials = parsed.GetValue(trials),
                MaxStall = parsed.GetValue(maxStall) ?? TimeSpan.FromMilliseconds(250),
                Hold = parsed.GetValue(hold),
                ChildWritesBytes = parsed.GetValue(childWrites),
                IgnoreHeadRoom = parsed.GetValue(force),
                AsIf = parsed.GetValue(asIf),
                Verify = parsed.GetValue(verify),
            };
            var heap = new HeapWishes(!parsed.GetValue(noHeap), parsed.GetValue(whatIf) ?? [], parsed.GetValue(writeMeasured), parsed.GetValue(keepLargest), parsed.GetValue(sarif));
            heap.Check();
            var path = parsed.GetValue(output);
            var isJson = parsed.GetResult(format) is not null
                ? parsed.GetValue(format) == OutputFormat.Json
                : path?.EndsWith(".json", StringComparison.OrdinalIgnoreCase) == true;
            var budgets = new Budgets(parsed.GetValue(maxCharge), parsed.GetValue(maxResident), parsed.GetValue(maxLatency));
            return Interruptible.Run(cancellation => Measure(subject, request, budgets, heap, parsed.GetValue(dryRun), isJson, path, cancellation));
        });
        return command;
    }

    private static int Measure(Subject subject, MeasureRequest request, Budgets budgets, HeapWishes heap, bool isDryRun, bool isJson, string? outputPath, CancellationToken cancellation)
    {
        if (isDryRun)
        {
            return Plan(subject, request, isJson, outputPath);
        }

        using var launched = subject.Launch is { } command ? LaunchedCommand.Start(command) : null;
        launched?.WaitUntilMeasurable(subject.After, StartPatience, cancellation);
        cancellation.ThrowIfCancellationRequested();

        var pid = launched?.Pid ?? subject.FindPid();
        var name = ProcessName.Of(pid);
        if (request.Verify)
        {
            ErrorLine.Write("--verify: the application stands still while it collects and gives memory back; the report says for how long");
        }

        using var reading = heap.Read ? new HeapReading(isExpected: request.Engine != EngineKind.Estimate) : null;
        var result = Run(request with { Pid = pid }, reading, launched, cancellation);
        var report = heap.Complete(result, name, request.AsIf, cancellation);
        report = report with { Budgets = budgets.Judge(report) };
        Deliver(isJson ? ReportJson.Write(report) : MeasurementText.Render(report, Style(outputPath)), outputPath);

        var exceeded = report.Budgets.Where(budget => budget.Exceeded).ToList();
        foreach (var budget in exceeded)
        {
            ErrorLine.Write(BudgetText.Describe(budget), "see the report for what to free");
        }

        return exceeded.Count > 0 ? ExitCode.BudgetExceeded : ExitCode.Ok;
    }

    private static MeasureResult Run(MeasureRequest request, HeapReading? reading, LaunchedCommand? launched, CancellationToken cancellation)
    {
        using var progress = ProgressLine.ForStandardError();
        try
        {
            return Measurer.Run(request with { Observer = progress, ReadHeap = reading?.Of(request.Pid, progress) }, cancellation);
        }
        catch (MeasureException)
        {
            // Not in a filter: what is thrown there is lost.
            if (launched?.HasEnded(cancellation) == true)
            {
                throw new ToolException(ExitCode.Failed, "the command ended while it was measured", "measure a command that keeps running, and see its output above");
            }

            throw;
        }
    }

    private static int Plan(Subject subject, MeasureRequest request, bool isJson, string? outputPath)
    {
        if (subject.Launch is not null)
        {
            throw new ToolException(ExitCode.Usage, "--dry-run starts nothing, so it cannot judge a command", "start the command yourself and name its process");
        }

        var pid = subject.FindPid();
        var plan = ReportBuilder.Build(Measurer.Plan(request with { Pid = pid }), ProcessName.Of(pid));
        Deliver(isJson ? ReportJson.Write(plan) : PlanText.Render(plan, Style(outputPath)), outputPath);
        return plan.RefusalExitCode ?? ExitCode.Ok;
    }

    private static void Deliver(string text, string? outputPath)
    {
        if (outputPath is null)
        {
            ReportOutput.Write(text);
        }
        else
        {
            ReportOutput.WriteFile(outputPath, text);
        }
    }

    private static TextStyle Style(string? outputPath) => outputPath is null ? TextStyle.ForStandardOutput() : TextStyle.Plain;

    private static (string? Pid, IReadOnlyList<string>? Launch) SplitTarget(ParseResult parsed, Argument<string[]> target)
    {
        var values = parsed.GetValue(target) ?? [];
        var dashes = parsed.Tokens.Select((token, index) => (token, index)).FirstOrDefault(pair => pair.token.Type == TokenType.DoubleDash, (null!, -1)).Item2;
        var launchCount = dashes < 0 ? 0 : parsed.Tokens.Count - dashes - 1;
        var before = values[..^launchCount];
        if (before.FirstOrDefault(value => value.StartsWith('-')) is { } unknown)
        {
            throw new ToolException(ExitCode.Usage, $"'{unknown}' is no option of measure", "see 'dotnet-forklint measure --help'");
        }

        if (before.Length > 1)
        {
            throw new ToolException(ExitCode.Usage, $"one process is measured at a time, but {before.Length.ToString(CultureInfo.InvariantCulture)} were named: {string.Join(' ', before)}", "to start a command, put -- before it");
        }

        if (dashes >= 0 && launchCount == 0)
        {
            throw new ToolException(ExitCode.Usage, "there is no command after --", "write 'measure -- COMMAND ARGUMENTS'");
        }

        return (before.FirstOrDefault(), dashes < 0 ? null : values[^launchCount..]);
    }

    /// <summary>The process to measure, as it was named on the command line.</summary>
    private sealed record Subject
    {
        private readonly string? _pid;
        private readonly string? _name;

        public Subject(string? pid, string? name, IReadOnlyList<string>? launch, TimeSpan? after)
        {
            var named = (pid is null ? 0 : 1) + (name is null ? 0 : 1) + (launch is null ? 0 : 1);
            if (named != 1)
            {
                throw new ToolException(
                    ExitCode.Usage,
                    named == 0 ? "nothing to measure was named" : "a process is named in one way only",
                    "give a PID, --name NAME, or -- COMMAND ARGUMENTS; 'dotnet-forklint ps' lists what can be measured");
            }

            if (after is not null && launch is null)
            {
                throw new ToolException(ExitCode.Usage, "--after counts from the start of a command, and no command is started", "leave it out, or name a command after --");
            }

            if (pid is not null && !(int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
            {
                throw new ToolException(ExitCode.Usage, $"'{pid}' is not a process id", "give a number, --name NAME, or -- COMMAND ARGUMENTS");
            }

            (_pid, _name, Launch, After) = (pid, name, launch, after);
        }

        public IReadOnlyList<string>? Launch { get; }

        public TimeSpan? After { get; }

        public int FindPid() => _pid is not null ? int.Parse(_pid, CultureInfo.InvariantCulture) : NameResolver.Resolve(_name!);
    }
}
