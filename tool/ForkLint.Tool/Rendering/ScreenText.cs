using System.Globalization;
using System.Text;
using ForkLint.Heap;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>
/// The report on one screen, for a quick decision: the process, the verdicts with the worst first, and what to free in the order of what is
/// short. Everything else is in the details (<see cref="MeasurementText"/>), over the same report.
/// </summary>
internal sealed class ScreenText : IReportFormat
{
    /// <summary>A screen: 24 lines, one of them the prompt that follows.</summary>
    private const int MostLines = 23;

    private const int ScreenColumns = 100;
    private const int NarrowestColumns = 40;
    private const int LabelColumns = 16;
    private const int MostWarnings = 3;

    /// <inheritdoc/>
    public string Write(MeasurementReport report, TextStyle style, int? terminalColumns) => Render(report, style, terminalColumns);

    /// <summary>Renders a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="style">Colours or none.</param>
    /// <param name="terminalColumns">The width of the terminal; null where it goes into a pipe or a file, whose lines are not broken.</param>
    public static string Render(MeasurementReport report, TextStyle style, int? terminalColumns)
    {
        report = ReportJson.ForTerminal(report);
        int? columns = terminalColumns is { } given ? Math.Max(given, NarrowestColumns) : null;
        var lines = new ScreenLines(style, columns);
        AppendTitle(lines, report);
        lines.Add("");
        foreach (var verdict in Verdicts.Of(report))
        {
            lines.AddRow(verdict.Label, verdict.Text, verdict.Emphasis);
        }

        var end = new ScreenLines(style, columns);
        foreach (var warning in report.Warnings.Take(MostWarnings))
        {
            end.AddRow("Note", WrappedText.Shortened(warning, columns is null ? int.MaxValue : 2 * ScreenColumns), Emphasis.Caution);
        }

        end.Add("");
        if (report.Savings?.Any(ShortAction.Collects) == true)
        {
            end.AddWrapped(ShortAction.ToCollect(report.Process.Runtime), Emphasis.Quiet);
        }

        var hidden = report.Warnings.Count - Math.Min(MostWarnings, report.Warnings.Count);
        end.AddWrapped($"{(hidden > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Units.Count(hidden, "more note")}, and all") : "All")} figures: --details. Every term: docs/commands/measure.md", Emphasis.Quiet);

        var savings = new List<string>();
        AppendSavings(savings, report, MostLines - lines.Height - end.Height, style, columns);
        var output = new StringBuilder();
        foreach (var line in lines.All.Concat(savings).Concat(end.All))
        {
            output.Append(line).Append('\n');
        }

        return output.ToString();
    }

    private static void AppendTitle(ScreenLines lines, MeasurementReport report)
    {
        lines.AddWrapped($"{ReportTitle.Name(report)}   {ReportTitle.Facts(report)}", Emphasis.Heading);
        lines.AddWrapped(ReportTitle.Made(report), Emphasis.Quiet);
    }

    private static void AppendSavings(List<string> lines, MeasurementReport report, int room, TextStyle style, int? columns)
    {
        const int frame = 2; // An empty line, and the heading.
        if (report.Savings is not { } savings)
        {
            return;
        }

        var worth = savings.Where(static saving => saving.Kind is not (SavingKind.DoNotDuplicate or SavingKind.Other)).ToList();
        lines.Add("");
        if (worth.Count == 0)
        {
            lines.Add("Free first: nothing of a megabyte or more was found.");
            return;
        }

        // On a narrow terminal the name takes what the figures leave, and what to do stands below it.
        var width = columns ?? ScreenColumns;
        var isWide = width >= ScreenColumns - 10;
        const int number = 4;
        const int figures = 24;
        const int how = 2 + 36;
        var name = isWide ? Math.Clamp(width - number - figures - how, 28, 48) : Math.Max(12, width - number - figures);
        var perEntry = isWide ? 1 : 2;
        var shown = worth.Take(Math.Clamp((room - frame) / perEntry, 1, 12)).ToList();
        lines.Add(style.Apply($"{Heading(report.ShortOf, name + number)}{"resident",12}{"charge",12}{(isWide ? "  how" : "")}", Emphasis.Heading));
        string? before = null;
        for (var index = 0; index < shown.Count; index++)
        {
            var saving = shown[index];
            var action = ShortAction.Of(saving, report.Process.Runtime);
            var said = action == before ? "same" : action;
            before = action;
            var row = string.Create(CultureInfo.InvariantCulture, $"{index + 1,2}  {WrappedText.Shortened(saving.What, name).PadRight(name)}{Units.Bytes(saving.ChildResidentBytes == Saving.Unknown ? null : saving.ChildResidentBytes),12}{Units.Bytes(saving.CommitChargeBytes),12}");
            lines.Add(isWide ? $"{row}  {said}" : row);
            if (!isWide)
            {
                lines.Add(style.Apply(new string(' ', number) + WrappedText.Shortened(said, width - number), Emphasis.Quiet));
            }
        }
    }

    private static string Heading(ShortCost cost, int width) => WrappedText.Shortened(
        cost switch
        {
            ShortCost.Resident => "Free first (resident memory is short)",
            ShortCost.CommitCharge => "Free first (commit charge is short)",
            _ => "Free first",
        },
        width - 1).PadRight(width);

    /// <summary>A part of the screen, broken at its width; null where lines are not broken.</summary>
    private sealed class ScreenLines(TextStyle style, int? columns)
    {
        private readonly List<string> _lines = [];

        public IEnumerable<string> All => _lines;

        /// <summary>How many lines of a screen these take: what is not broken here is broken by the terminal that shows it.</summary>
        public int Height => _lines.Sum(static line => 1 + (Math.Max(0, TextStyle.VisibleLength(line) - 1) / ScreenColumns));

        public void Add(string line) => _lines.Add(line);

        public void AddRow(string label, string text, Emphasis emphasis)
        {
            var wrapped = WrappedText.Lines(text, columns, LabelColumns);
            _lines.Add(style.Apply(label.PadRight(LabelColumns - 1), Emphasis.Heading) + " " + style.Apply(wrapped[0], emphasis));
            _lines.AddRange(wrapped.Skip(1).Select(line => new string(' ', LabelColumns) + style.Apply(line, emphasis)));
        }

        public void AddWrapped(string text, Emphasis emphasis) => _lines.AddRange(WrappedText.Lines(text, columns, 0).Select(line => style.Apply(line, emphasis)));
    }
}
