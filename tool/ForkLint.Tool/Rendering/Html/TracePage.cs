using System.Globalization;
using ForkLint.Tool.Report;
using ForkLint.Tool.Tracing;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>What <c>trace</c> saw as one page for a browser: the children over time below the room that there was, and the tables of the summary.</summary>
internal static class TracePage
{
    private const string NotKnown = "-";

    /// <summary>More rows than these are in the JSON only.</summary>
    private const int MostRows = 200;

    /// <summary>The page.</summary>
    public static string Write(TraceReport report)
    {
        var json = ReportJson.WriteForHtml(report);
        report = ReportJson.ForTerminal(report);
        var charts = new Charts { Timeline = TraceTimeline.Of(report, static spawn => (Command(spawn), Figures(spawn))) };
        var page = PageFrame.Begin();
        var watched = $"{(report.WatchedMilliseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture)} s";
        page.Append($"""
            <header>
            <p class="product">ForkLint trace</p>
            <h1>{report.Process.Name} <span class="quiet">pid {report.Process.Pid}</span></h1>
            <p>{Units.Count(report.Spawns.Count, "process")} started in {watched}{Completeness(report)}</p>
            <p class="quiet">Watched from {report.At.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}</p>
            </header>
            <main>

            """);
        PageFrame.AppendVerdicts(page, TraceVerdicts.Of(report));
        PageFrame.AppendNotes(page, report.Warnings);
        if (charts.Timeline is { } timeline)
        {
            AppendTimeline(page, report, timeline);
            var seconds = report.WatchedMilliseconds / 1000;
            AppendGroups(page, "By program", SpawnSummary.By(report.Spawns, static spawn => spawn.Program is { } program ? Path.GetFileName(program) : SpawnSummary.NoProgram), seconds);
            AppendGroups(page, "By calling method", SpawnSummary.By(report.Spawns, static spawn => spawn.Caller), seconds);
        }

        AppendTree(page, report.Tree);
        AppendProcesses(page, report);
        page.Append($"</main>\n");
        PageFrame.AppendFooter(page, "trace", string.Create(CultureInfo.InvariantCulture, $"trace-{report.Process.Pid}.json"));
        return PageFrame.Write(string.Create(CultureInfo.InvariantCulture, $"{report.Process.Name} (pid {report.Process.Pid}): what it starts"), page, json, charts);
    }

    private static string Completeness(TraceReport report) => report.Complete ? ", none was missed"
        : report.Lost == 0 ? "; short ones may have been missed"
        : string.Create(CultureInfo.InvariantCulture, $"; {report.Lost} events were lost");

    private static void AppendTimeline(TextPage page, TraceReport report, TimelineChart timeline)
    {
        page.Append($"<section>\n<h2>Over time</h2>\n<p>Above: the peaks of the children that live, added up. It is the most that they can need together. Below: one bar for each, from its start to its end.</p>\n");
        if (report.Spawns.Count > timeline.Spans.Count)
        {
            page.Append($"<p class=\"caution\">The {timeline.Spans.Count} with the highest peaks of {report.Spawns.Count} are drawn.</p>\n");
        }

        page.Append($"<div class=\"chart\" id=\"timeline\" hidden><div class=\"bar-of-chart\"><span class=\"quiet hint\">Drag over the picture to look closer.</span><div class=\"switch\"><button type=\"button\" class=\"whole\" hidden>show all</button></div></div><div class=\"canvas\"></div><p class=\"said\" role=\"status\"></p></div>\n<ul class=\"legend\">");
        for (var index = 0; index < timeline.Programs.Count; index++)
        {
            page.Append($"<li><i class=\"p-{index}\"></i>{timeline.Programs[index]}</li>");
        }

        page.Append($"</ul>\n</section>\n");
    }

    private static void AppendGroups(TextPage page, string title, IReadOnlyList<SpawnGroup> groups, double seconds)
    {
        if (groups.Count == 0)
        {
            return;
        }

        page.Append($"<section>\n<h2>{title}</h2>\n<table class=\"wide\">\n<thead><tr><th scope=\"col\">name</th><th scope=\"col\" class=\"figure\">starts</th><th scope=\"col\" class=\"figure\">a minute</th><th scope=\"col\" class=\"figure\">at once</th><th scope=\"col\" class=\"figure\">waited</th><th scope=\"col\" class=\"figure\">at most</th><th scope=\"col\" class=\"figure\">peak RSS</th></tr></thead>\n<tbody>\n");
        foreach (var group in groups.Take(MostRows))
        {
            var rate = (group.Count * 60 / Math.Max(seconds, 0.001)).ToString("0.#", CultureInfo.InvariantCulture);
            page.Append($"<tr><td><span class=\"name\">{group.Name}</span></td><td class=\"figure\" data-label=\"starts\">{group.Count}</td><td class=\"figure\" data-label=\"a minute\">{rate}</td><td class=\"figure\" data-label=\"at once\">{group.MostAlive}</td><td class=\"figure\" data-label=\"waited\">{Known(group.MedianWaitMicroseconds)}</td><td class=\"figure\" data-label=\"at most\">{Known(group.LongestWaitMicroseconds)}</td><td class=\"figure\" data-label=\"peak RSS\">{Known(group.PeakResidentBytes)}</td></tr>\n");
        }

        page.Append($"</tbody>\n</table>\n");
        AppendRest(page, groups.Count);
        page.Append($"</section>\n");
    }

    private static void AppendTree(TextPage page, TreePeak tree)
    {
        if (tree.PeakResidentBytes is not { } peak)
        {
            return;
        }

        double scale = Math.Max(1, tree.Members.Select(static member => member.ResidentBytes).DefaultIfEmpty(0).Max());
        page.Append($"<section>\n<h2>Largest moment</h2>\n<p>{Units.Bytes(peak)} resident in {Units.Count(tree.Members.Count, "process")}, shared pages counted in each.</p>\n<table class=\"mappings\">\n<thead><tr><th scope=\"col\">process</th><th scope=\"col\" class=\"figure\">resident</th></tr></thead>\n<tbody>\n");
        foreach (var member in tree.Members.Take(MostRows))
        {
            page.Append($"<tr><td><span class=\"name\">{member.Name}</span><span class=\"quiet\">pid {member.Pid}</span></td><td class=\"figure\">{Units.Bytes(member.ResidentBytes)}");
            Bar.AppendTo(page, [new BarPart("own", member.ResidentBytes, $"{Units.Bytes(member.ResidentBytes)} resident")], scale);
            page.Append($"</td></tr>\n");
        }

        page.Append($"</tbody>\n</table>\n");
        AppendRest(page, tree.Members.Count);
        page.Append($"</section>\n");
    }

    private static void AppendProcesses(TextPage page, TraceReport report)
    {
        if (report.Spawns.Count == 0)
        {
            return;
        }

        page.Append($"<section>\n<h2>Every process</h2>\n<table class=\"wide\">\n<thead><tr><th scope=\"col\">program</th><th scope=\"col\">started</th><th scope=\"col\">kind</th><th scope=\"col\" class=\"figure\">waited</th><th scope=\"col\" class=\"figure\">peak RSS</th><th scope=\"col\" class=\"figure\">lived</th><th scope=\"col\" class=\"figure\">exit</th></tr></thead>\n<tbody>\n");
        foreach (var spawn in report.Spawns.Take(MostRows))
        {
            page.Append($"<tr><td><span class=\"name\">{Command(spawn)}</span><span class=\"quiet\">{spawn.Caller}</span></td><td data-label=\"started\">{spawn.At.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}</td><td data-label=\"kind\">{(spawn.Kind is { } kind ? SpawnKindConverter.NameOf(kind) : NotKnown)}</td><td class=\"figure\" data-label=\"waited\">{Known(spawn.WaitMicroseconds)}</td><td class=\"figure\" data-label=\"peak RSS\">{Known(spawn.PeakResidentBytes)}</td><td class=\"figure\" data-label=\"lived\">{Known(spawn.LivedMilliseconds * 1000)}</td><td class=\"figure\" data-label=\"exit\">{Exit(spawn)}</td></tr>\n");
        }

        page.Append($"</tbody>\n</table>\n");
        AppendRest(page, report.Spawns.Count);
        page.Append($"</section>\n");
    }

    private static void AppendRest(TextPage page, int count)
    {
        if (count > MostRows)
        {
            page.Append($"<p class=\"quiet\">and {count - MostRows} more, in the JSON</p>\n");
        }
    }

    private static string Command(SpawnEntry spawn) =>
        (spawn.Program is null ? SpawnSummary.NoProgram : Path.GetFileName(spawn.Program)) + string.Concat((spawn.Arguments ?? []).Select(static argument => " " + argument));

    private static string Figures(SpawnEntry spawn) => string.Create(
        CultureInfo.InvariantCulture,
        $"pid {spawn.Pid}, peak {Known(spawn.PeakResidentBytes)}, {(spawn.LivedMilliseconds is { } lived ? $"lived {Units.Milliseconds(lived)}, exit {Exit(spawn)}" : "lives")}");

    private static string Exit(SpawnEntry spawn) => spawn switch
    {
        { ExitCode: { } code } => code.ToString(CultureInfo.InvariantCulture),
        { Signal: { } signal } => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
        { LivedMilliseconds: null } => "lives",
        _ => NotKnown,
    };

    private static string Known(double? microseconds) => microseconds is null ? NotKnown : Units.Microseconds(microseconds);

    private static string Known(long? bytes) => bytes is null ? NotKnown : Units.Bytes(bytes);
}
