using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>The runtime's own crash dump: its size beside what is free in its directory, whether it would be written, and what to do if not.</summary>
internal static class CrashDumpBar
{
    /// <summary>A disk may be a thousand times larger than the dump: the bar shows no more of it than this many dumps.</summary>
    private const int MostDumps = 4;

    /// <summary>Appends the section; nothing where no verdict is known.</summary>
    public static void AppendTo(TextPage page, MeasurementReport report)
    {
        if (report.CrashDump is not { } dump)
        {
            return;
        }

        var (word, emphasis) = dump.Fits switch
        {
            Answer.Yes => ("It would be written.", Emphasis.Good),
            Answer.No => ("It would not be written.", Emphasis.Bad),
            _ => ("It may or may not be written.", Emphasis.Caution),
        };
        page.Append($"<section>\n<h2>Crash dump</h2>\n<div class=\"bars\">\n<div class=\"row\"><span class=\"label\">{CrashDumpText.Name(dump.Type)}</span>");
        if (dump.FreeBytes is { } free)
        {
            double scale = Math.Max(dump.SizeBytes, Math.Min(free, MostDumps * dump.SizeBytes));
            Bar.AppendTo(page, [new BarPart(dump.Fits == Answer.No ? "short" : "child", dump.SizeBytes, $"the dump: {Units.Bytes(dump.SizeBytes)}")], scale, free < scale ? free : null);
        }

        page.Append($"<p class=\"{emphasis.ToString().ToLowerInvariant()}\">{word} {dump.Reason}</p></div>\n</div>\n");
        page.Append($"<p>{Units.Bytes(dump.SizeBytes)} by the runtime's createdump to {dump.Directory}{(dump.FreeBytes is { } bytes ? $", where {Units.Bytes(bytes)} are free" : "")}.{(dump.Remedy is { } remedy ? $" To make it work: {remedy}." : "")}</p>\n</section>\n");
    }
}
