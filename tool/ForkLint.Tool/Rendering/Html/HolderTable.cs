using ForkLint.Heap;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>Who holds the memory: a picture that can be walked into, and the table of what to free first.</summary>
internal static class HolderTable
{
    /// <summary>Appends the section; nothing where no savings were looked for.</summary>
    /// <param name="page">The page.</param>
    /// <param name="report">The report.</param>
    /// <param name="hasPicture">Whether there is a tree to draw.</param>
    public static void AppendTo(TextPage page, MeasurementReport report, bool hasPicture)
    {
        if (report.Savings is not { } savings)
        {
            return;
        }

        page.Append($"<section>\n<h2>Who holds the memory</h2>\n");
        if (hasPicture)
        {
            page.Append($"""
                <div class="chart" id="holders" hidden>
                <div class="bar-of-chart"><nav class="path" aria-label="Where you are in the picture"></nav><div class="switch" role="group" aria-label="What the areas show"><button type="button" data-figure="chargeBytes" aria-pressed="true">commit charge</button><button type="button" data-figure="residentBytes" aria-pressed="false">resident memory</button></div></div>
                <div class="canvas"></div>
                <p class="said" role="status"></p>
                </div>

                """);
        }

        AppendTable(page, report, [.. savings.Where(static saving => saving.Kind is not (SavingKind.DoNotDuplicate or SavingKind.Other))]);
        page.Append($"</section>\n");
    }

    private static void AppendTable(TextPage page, MeasurementReport report, IReadOnlyList<SavingSection> worth)
    {
        var heading = report.ShortOf switch
        {
            ShortCost.Resident => "Free first (resident memory is short)",
            ShortCost.CommitCharge => "Free first (commit charge is short)",
            _ => "Free first",
        };
        page.Append($"<h3>{heading}</h3>\n");
        if (worth.Count == 0)
        {
            page.Append($"<p>Nothing of a megabyte or more was found.</p>\n");
            return;
        }

        page.Append($"<table>\n<thead><tr><th scope=\"col\">what, and how</th><th scope=\"col\" class=\"figure\">resident</th><th scope=\"col\" class=\"figure\">charge</th></tr></thead>\n<tbody>\n");
        foreach (var saving in worth)
        {
            page.Append($"<tr><td><span class=\"name\">{saving.What}</span><span class=\"quiet\">{ShortAction.Of(saving, report.Process.Runtime)}</span></td><td class=\"figure\">{Units.Bytes(saving.ChildResidentBytes == Saving.Unknown ? null : saving.ChildResidentBytes)}</td><td class=\"figure\">{Units.Bytes(saving.CommitChargeBytes)}</td></tr>\n");
        }

        page.Append($"</tbody>\n</table>\n");
        if (worth.Any(ShortAction.Collects))
        {
            page.Append($"<p class=\"quiet\">{ShortAction.ToCollect(report.Process.Runtime)}</p>\n");
        }
    }
}
