using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>How memory became private while a child was held: a line for each side, and the same in a table.</summary>
internal static class CopyOnWritePicture
{
    /// <summary>So many rows tell it; the picture has every sample.</summary>
    private const int MostRows = 12;

    /// <summary>The lines; null where no child was held, or not for long enough to be looked at twice.</summary>
    public static CopyOnWriteChart? Of(CopyOnWriteFigures? held) => held is not { Samples: { Count: > 1 } samples } ? null : new CopyOnWriteChart
    {
        Points = [.. samples.Select(sample => new CopyOnWritePoint(sample.AtMilliseconds, sample.ChildUniqueBytes - samples[0].ChildUniqueBytes, sample.ParentUniqueBytes - samples[0].ParentUniqueBytes))],
        SharedBytes = held.SharedAtForkBytes,
    };

    /// <summary>Appends the section; nothing where no child was held.</summary>
    public static void AppendTo(TextPage page, MeasurementReport report, bool hasPicture)
    {
        if (report.CopyOnWrite is not { } held)
        {
            return;
        }

        page.Append($"<section>\n<h2>Copy-on-write, a child held for {Units.Milliseconds(held.HeldMilliseconds)}</h2>\n<p>Both sides shared {Units.Bytes(held.SharedAtForkBytes)} at the fork: copy-on-write can never add more than that. A page that one side writes is copied once and becomes part of the unique memory (USS) of both.</p>\n");
        if (held.Truncated)
        {
            page.Append($"<p class=\"caution\">Cut short: memory ran low, so the child was ended before its time.</p>\n");
        }

        if (hasPicture)
        {
            page.Append($"<div class=\"chart\" id=\"copy-on-write\" hidden><div class=\"canvas\"></div><ul class=\"legend\"><li><i class=\"k-child\"></i>child's own memory (USS), growth since the fork</li><li><i class=\"l-parent\"></i>parent's</li></ul></div>\n");
        }

        if (held.Samples.Count > 0)
        {
            AppendTable(page, held.Samples);
        }

        page.Append($"</section>\n");
    }

    private static void AppendTable(TextPage page, IReadOnlyList<CopyOnWriteSample> samples)
    {
        var first = samples[0];
        page.Append($"<table class=\"moments\">\n<thead><tr><th scope=\"col\">after</th><th scope=\"col\" class=\"figure\">child USS</th><th scope=\"col\" class=\"figure\">grew</th><th scope=\"col\" class=\"figure\">parent USS</th><th scope=\"col\" class=\"figure\">grew</th></tr></thead>\n<tbody>\n");
        foreach (var sample in Thinned(samples))
        {
            page.Append($"<tr><td>{Units.Milliseconds(sample.AtMilliseconds)}</td><td class=\"figure\">{Units.Bytes(sample.ChildUniqueBytes)}</td><td class=\"figure\">{Units.Change(sample.ChildUniqueBytes - first.ChildUniqueBytes)}</td><td class=\"figure\">{Units.Bytes(sample.ParentUniqueBytes)}</td><td class=\"figure\">{Units.Change(sample.ParentUniqueBytes - first.ParentUniqueBytes)}</td></tr>\n");
        }

        page.Append($"</tbody>\n</table>\n");
    }

    // The first and the last are always among them.
    private static IEnumerable<CopyOnWriteSample> Thinned(IReadOnlyList<CopyOnWriteSample> samples) => samples.Count <= MostRows
        ? samples
        : Enumerable.Range(0, MostRows).Select(row => samples[row * (samples.Count - 1) / (MostRows - 1)]);
}
