using ForkLint.Tool.Report;
using ForkLint.Tool.Tracing;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>Lays the children of a trace out in time. It takes and returns values only.</summary>
internal static class TraceTimeline
{
    /// <summary>More bars than these say nothing more, and make a page slow: those with the highest peaks are drawn.</summary>
    public const int MostSpans = 2000;

    /// <summary>Programs with a colour of their own.</summary>
    public const int MostPrograms = 7;

    private const string OtherPrograms = "other programs";

    /// <summary>The chart; null where nothing was started.</summary>
    /// <param name="report">The trace.</param>
    /// <param name="says">What is said of one child.</param>
    public static TimelineChart? Of(TraceReport report, Func<SpawnEntry, (string Title, string Figures)> says)
    {
        if (report.Spawns.Count == 0)
        {
            return null;
        }

        var ranked = report.Spawns.GroupBy(NameOf, StringComparer.Ordinal)
            .OrderByDescending(static program => program.Max(static spawn => spawn.PeakResidentBytes ?? 0)).ThenBy(static program => program.Key, StringComparer.Ordinal)
            .Select(static program => program.Key).ToList();
        List<string> programs = [.. ranked.Take(MostPrograms)];
        if (ranked.Count > MostPrograms)
        {
            programs.Add(OtherPrograms);
        }

        var spans = new List<TimelineSpan>();
        var ends = new List<double>();
        foreach (var spawn in Drawn(report.Spawns))
        {
            var (from, to) = Times(report, spawn);
            var lane = ends.FindIndex(end => end <= from);
            if (lane < 0)
            {
                lane = ends.Count;
                ends.Add(0);
            }

            ends[lane] = to;
            var (title, figures) = says(spawn);
            var color = programs.IndexOf(NameOf(spawn));
            spans.Add(new TimelineSpan(from, to, lane, color < 0 ? programs.Count - 1 : color, spawn.PeakResidentBytes ?? 0, title, figures, spawn.Caller));
        }

        return new TimelineChart
        {
            Length = report.WatchedMilliseconds,
            Spans = spans,
            Lanes = ends.Count,
            Steps = Steps(report),
            Programs = programs,
            RoomBytes = report.Room?.RoomBytes,
            Room = report.Room is { } room ? $"{Units.Bytes(room.RoomBytes)} of room at the start" : null,
        };
    }

    /// <summary>The highest that the peaks of the children that lived at one time add up to.</summary>
    public static long LargestSum(TraceReport report) => Steps(report).Select(static step => step.Bytes).DefaultIfEmpty(0).Max();

    private static string NameOf(SpawnEntry spawn) => spawn.Program is { } program ? Path.GetFileName(program) : SpawnSummary.NoProgram;

    private static IEnumerable<SpawnEntry> Drawn(IReadOnlyList<SpawnEntry> spawns) => spawns.Count <= MostSpans
        ? spawns
        : spawns.OrderByDescending(static spawn => spawn.PeakResidentBytes ?? 0).Take(MostSpans).OrderBy(static spawn => spawn.At);

    private static (double From, double To) Times(TraceReport report, SpawnEntry spawn)
    {
        // The clock of the events is not that of the watch: a start may come out a moment before it.
        var from = Math.Clamp((spawn.At - report.At).TotalMilliseconds, 0, report.WatchedMilliseconds);
        return (from, Math.Clamp(spawn.LivedMilliseconds is { } lived ? from + lived : report.WatchedMilliseconds, from, report.WatchedMilliseconds));
    }

    private static List<TimelineStep> Steps(TraceReport report)
    {
        var changes = new List<(double At, long Change)>();
        foreach (var spawn in report.Spawns.Where(static spawn => spawn.PeakResidentBytes is > 0))
        {
            var (from, to) = Times(report, spawn);
            changes.Add((from, spawn.PeakResidentBytes!.Value));
            changes.Add((to, -spawn.PeakResidentBytes.Value));
        }

        List<TimelineStep> steps = [new(0, 0)];
        long sum = 0;
        foreach (var moment in changes.GroupBy(static change => change.At).OrderBy(static moment => moment.Key))
        {
            // What ends when another starts is counted beside it, as in the summary: of the two figures of that moment the higher one is kept.
            var rise = sum + moment.Where(static change => change.Change > 0).Sum(static change => change.Change);
            sum += moment.Sum(static change => change.Change);
            if (rise > sum)
            {
                steps.Add(new TimelineStep(moment.Key, rise));
            }

            steps.Add(new TimelineStep(moment.Key, sum));
        }

        return steps;
    }
}
