using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Beside;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>What the command line asks of the heap.</summary>
/// <param name="Read">Whether it is read at all.</param>
/// <param name="WhatIfFreed">Holders to calculate without.</param>
/// <param name="MeasuredPath">The file of measured sizes to write; null for none.</param>
/// <param name="KeepLargest">Whether larger sizes in it stay.</param>
/// <param name="SarifPath">The log whose findings are set beside the holders; null for none.</param>
internal sealed record HeapWishes(bool Read, IReadOnlyList<string> WhatIfFreed, string? MeasuredPath, bool KeepLargest, string? SarifPath)
{
    /// <summary>The children to judge beside the process.</summary>
    public IReadOnlyList<ChildSize> Children { get; init; } = [];

    private IReadOnlyList<Finding>? _findings;
    private IReadOnlyList<MeasuredSpawn>? _traced;

    /// <summary>The trace that is set beside the measurement; null for none.</summary>
    public string? TracedPath { get; init; }

    private bool NeedsHeap => WhatIfFreed.Count > 0 || MeasuredPath is not null || SarifPath is not null;

    /// <summary>Of what can be freed without one, a native block has a name too: only what is asked of members needs the managed heap.</summary>
    private bool NeedsManagedHeap => MeasuredPath is not null || SarifPath is not null;

    /// <summary>Refuses wishes that contradict each other, and reads what it takes: before anything is done to the application.</summary>
    /// <exception cref="ToolException">They do, or a file cannot be read.</exception>
    public void Check()
    {
        if (!Read && NeedsHeap)
        {
            throw new ToolException(ExitReason.Usage, "--what-if-freed, --write-measured and --sarif need the heap, and --no-heap leaves it out", "leave out --no-heap");
        }

        if (KeepLargest && MeasuredPath is null)
        {
            throw new ToolException(ExitReason.Usage, "--keep-largest says how --write-measured merges, but no file is written", "add --write-measured FILE");
        }

        if (MeasuredPath is not null)
        {
            _ = MeasuredOutput.Read(MeasuredPath);
        }

        if (TracedPath is not null)
        {
            _traced = UserInput.Use(() => TracedFile.Read(TracedPath));
        }

        if (SarifPath is not null)
        {
            _findings = UserInput.Use(() => SarifReader.Read(SarifPath, SourceRoot.Find(Environment.CurrentDirectory)).Findings);
        }
    }

    /// <summary>The whole report, and the file of measured sizes where one is asked for.</summary>
    /// <param name="measured">What was measured.</param>
    /// <param name="name">What people call the process.</param>
    /// <param name="asIf">Another machine to judge for.</param>
    /// <param name="outcome">Keeps what could not be done: the report is printed without it.</param>
    /// <param name="cancellation">Stops the calculation.</param>
    public MeasurementReport Complete(Measured measured, string name, AsIf? asIf, Outcome outcome, CancellationToken cancellation)
    {
        var savings = SavingsBuilder.Find(measured);
        var beside = new BesideBuilder(measured, name, savings);
        var report = ReportBuilder.Build(measured, name, savings) with
        {
            MadeAt = DateTimeOffset.Now,
            ToolVersion = ToolVersion.Current,
            Beside = beside.Build(Children, traced: _traced),
            BesideAsIf = asIf is null ? null : beside.Build(Children, asIf, _traced),
        };
        var now = measured.Result.Situation;
        var held = new HeldMemory(measured.Heap, measured.Result.Warnings, now, measured.Result.Fork.ChargedBytes ?? measured.Result.Fork.PredictedChargeBytes ?? 0)
        {
            Savings = savings,
            Judge = then => ForkAdmission.JudgeAll(then, SavingsBuilder.Moved(now, then, asIf)),
            ReadingAdvice = "see the reason above; as root, or with CAP_SYS_PTRACE, the heap can be read without an agent",
        };
        report = Join(report, held, outcome, cancellation);
        return savings is null ? report : report with { ShortestLists = SavingsBuilder.ShortestLists(measured.Result, savings, asIf) };
    }

    /// <summary>The whole report of a core dump, and the file of measured sizes where one is asked for.</summary>
    /// <param name="measured">What was read.</param>
    /// <param name="asIf">A machine to judge for.</param>
    /// <param name="outcome">Keeps what could not be done: the report is printed without it.</param>
    /// <param name="cancellation">Stops the calculation.</param>
    public MeasurementReport Complete(MeasuredCore measured, AsIf? asIf, Outcome outcome, CancellationToken cancellation)
    {
        var report = CoreReportBuilder.Build(measured, asIf) with { MadeAt = DateTimeOffset.Now, ToolVersion = ToolVersion.Current };
        var now = measured.Situation;
        var held = new HeldMemory(measured.Heap, measured.Warnings, now, measured.ChargeBytes)
        {
            Savings = measured.Savings,
            Judge = then => asIf is null ? [] : [CoreVerdict.Judge(then, measured.Core.HasFigures, SavingsBuilder.Moved(now, then, asIf)!)],
            ReadingAdvice = "see the reason above",
        };
        return Join(report, held, outcome, cancellation);
    }

    /// <summary>Adds what was asked for beside the figures.</summary>
    private MeasurementReport Join(MeasurementReport report, HeldMemory held, Outcome outcome, CancellationToken cancellation)
    {
        report = _traced is null ? report : report with { Traced = FindingsJoin.Traced(_traced, _findings ?? []) };
        if (held.Savings is not { } savings || (held.Heap is null && NeedsManagedHeap))
        {
            if (NeedsHeap)
            {
                _ = outcome.Try(() => throw new ToolException(ExitReason.MeasurementFailed, "the heap was not read, which --what-if-freed, --write-measured and --sarif need: " + string.Join("; ", held.Warnings), held.ReadingAdvice));
            }

            return report;
        }

        if (MeasuredPath is not null)
        {
            _ = outcome.Try(() => WriteMeasured(MeasuredPath, held.Heap!, report.Process.Name));
        }

        if (WhatIfFreed.Count > 0)
        {
            _ = outcome.Try(() => report = report with { WhatIfFreed = SavingsBuilder.WhatIfFreed(held, savings, WhatIfFreed, cancellation) });
        }

        return _findings is null ? report : FindingsJoin.Join(report, held.Heap!.Members, _findings);
    }

    private void WriteMeasured(string path, HeapReport heap, string process)
    {
        var text = MeasuredFile.Merge(MeasuredOutput.Read(path), heap.Members.Where(member => member.Bytes > 0), process, DateOnly.FromDateTime(DateTime.Now), KeepLargest);
        MeasuredOutput.Write(path, text);
    }
}
