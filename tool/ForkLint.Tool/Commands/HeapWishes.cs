using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;
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
    private IReadOnlyList<Finding>? _findings;

    private bool NeedsHeap => WhatIfFreed.Count > 0 || MeasuredPath is not null || SarifPath is not null;

    /// <summary>Refuses wishes that contradict each other, and reads what it takes: before anything is done to the application.</summary>
    /// <exception cref="ToolException">They do, or a file cannot be read.</exception>
    public void Check()
    {
        if (!Read && NeedsHeap)
        {
            throw new ToolException(ExitCode.Usage, "--what-if-freed, --write-measured and --sarif need the heap, and --no-heap leaves it out", "leave out --no-heap");
        }

        if (KeepLargest && MeasuredPath is null)
        {
            throw new ToolException(ExitCode.Usage, "--keep-largest says how --write-measured merges, and nothing is to be written", "add --write-measured FILE");
        }

        if (SarifPath is not null)
        {
            try
            {
                _findings = SarifReader.Read(SarifPath, SourceRoot.Find(Environment.CurrentDirectory)).Findings;
            }
            catch (UnreadableInputException failure)
            {
                throw new ToolException(ExitCode.Usage, failure.Message, failure.Advice);
            }
        }
    }

    /// <summary>The whole report, and the file of measured sizes where one is asked for.</summary>
    public MeasurementReport Complete(MeasureResult result, string name, AsIf? asIf, CancellationToken cancellation)
    {
        var savings = SavingsBuilder.Find(result);
        var report = ReportBuilder.Build(result, name, savings);
        if (savings is null || (result.Heap is null && NeedsHeap))
        {
            return !NeedsHeap
                ? report
                : throw new ToolException(
                    ExitCode.Failed,
                    "the heap was not read, which --what-if-freed, --write-measured and --sarif need: " + string.Join("; ", result.Warnings.DefaultIfEmpty("the estimate engine reads none")),
                    "use --engine agent");
        }

        if (MeasuredPath is not null)
        {
            var before = File.Exists(MeasuredPath) ? File.ReadAllText(MeasuredPath) : "";
            var text = MeasuredFile.Merge(before, ((HeapReport)result.Heap!).Members.Where(member => member.Bytes > 0), name, DateOnly.FromDateTime(DateTime.Now), KeepLargest);
            ReportOutput.WriteFile(MeasuredPath, text);
        }

        report = report with
        {
            WhatIfFreed = WhatIfFreed.Count == 0 ? null : SavingsBuilder.WhatIfFreed(result, savings, WhatIfFreed, asIf, cancellation),
            ShortestLists = SavingsBuilder.ShortestLists(result, savings, asIf),
        };
        return _findings is null ? report : FindingsJoin.Join(report, ((HeapReport)result.Heap!).Members, _findings);
    }
}
