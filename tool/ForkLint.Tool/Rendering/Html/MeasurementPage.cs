using System.Globalization;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>
/// The report as one page for a browser: the verdicts in the words of the terminal, then the pictures, then the tables behind them. It needs no network, shows its
/// text without scripts, and says nothing that the report object does not hold.
/// </summary>
internal sealed class MeasurementPage : IReportFormat
{
    /// <inheritdoc/>
    public string Write(MeasurementReport report, TextStyle style, int? terminalColumns) => Write(report);

    /// <summary>The page. It is the same whatever it is written to.</summary>
    public static string Write(MeasurementReport report)
    {
        var json = ReportJson.WriteForHtml(report);
        report = ReportJson.ForTerminal(report);
        var charts = new Charts { Holders = HolderTree.Of(report), CopyOnWrite = CopyOnWritePicture.Of(report.CopyOnWrite) };
        var page = PageFrame.Begin();
        page.Append($"""
            <header>
            <p class="product">ForkLint measure</p>
            <h1>{report.Process.Name} <span class="quiet">pid {report.Process.Pid}</span></h1>
            <p>{ReportTitle.Facts(report)}</p>
            <p class="quiet">{ReportTitle.Made(report)}</p>
            </header>
            <main>

            """);
        PageFrame.AppendVerdicts(page, Verdicts.Of(report));
        PageFrame.AppendNotes(page, report.Warnings);
        RoomBars.AppendTo(page, report);
        HolderTable.AppendTo(page, report, charts.Holders is not null);
        TimeTables.AppendTo(page, report);
        CopyOnWritePicture.AppendTo(page, report, charts.CopyOnWrite is not null);
        CrashDumpBar.AppendTo(page, report);
        MemoryTables.AppendAdmission(page, report);
        MemoryTables.AppendMemory(page, report);
        MemoryTables.AppendMappings(page, report);
        AppendDetails(page, report);
        page.Append($"</main>\n");
        PageFrame.AppendFooter(page, "measure", string.Create(CultureInfo.InvariantCulture, $"measure-{report.Process.Pid}.json"));
        return PageFrame.Write($"{ReportTitle.Name(report)}: what a fork costs", page, json, charts);
    }

    private static void AppendDetails(TextPage page, MeasurementReport report)
    {
        page.Append($"<section>\n<h2>Every figure</h2>\n<details><summary>What --details prints</summary>\n<pre>");
        foreach (var line in MeasurementText.Render(report, TextStyle.Plain).TrimEnd('\n').Split('\n'))
        {
            page.Append($"{line}\n");
        }

        page.Append($"</pre></details>\n</section>\n");
    }
}
