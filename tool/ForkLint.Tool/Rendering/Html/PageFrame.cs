using System.Text;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>What all pages have in common: one file that loads nothing, shows its text without scripts, and holds the report as JSON.</summary>
internal static class PageFrame
{
    /// <summary>The id of the element with the report.</summary>
    public const string ReportId = "report";

    /// <summary>A new page.</summary>
    public static TextPage Begin() => new(OutputKind.Html, TextStyle.Plain);

    /// <summary>The whole file.</summary>
    /// <param name="title">Text from outside.</param>
    /// <param name="body">The visible part.</param>
    /// <param name="report">The report as JSON that has no character of a meaning in HTML.</param>
    /// <param name="charts">What the charts are drawn from.</param>
    /// <remarks>
    /// The policy lets nothing be loaded and nothing run but the two scripts below, so that a name that got into the page as markup in spite of everything
    /// would do nothing. A script of another type than JavaScript's is data (HTML, section 4.12.1).
    /// </remarks>
    public static string Write(string title, TextPage body, string report, Charts charts)
    {
        var (style, library, script) = (PageAssets.Style, PageAssets.Library, PageAssets.Charts);
        var page = new StringBuilder(library.Length + body.Length + report.Length + 65_536);
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>").Append(NeutralText.Html(title)).Append("</title>\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src ").Append(PageAssets.Hash(style))
            .Append("; script-src ").Append(PageAssets.Hash(library)).Append(' ').Append(PageAssets.Hash(script)).Append("\">\n")
            .Append("<link rel=\"icon\" href=\"data:,\">\n<style>").Append(style).Append("</style>\n</head>\n<body>\n")
            .Append(body.ToString())
            .Append("<script type=\"application/json\" id=\"").Append(ReportId).Append("\">").Append(report).Append("</script>\n")
            .Append("<script type=\"application/json\" id=\"charts\">").Append(ChartJson.Write(charts)).Append("</script>\n")
            .Append("<script>").Append(library).Append("</script>\n<script>").Append(script).Append("</script>\n</body>\n</html>\n");
        return page.ToString();
    }

    /// <summary>The end of the visible part: where the terms are explained, and the report to take away.</summary>
    /// <param name="page">The page.</param>
    /// <param name="command">The command that made the report.</param>
    /// <param name="file">What the report is called when it is saved.</param>
    public static void AppendFooter(TextPage page, string command, string file) => page.Append($"""
        <footer>
        <p>What every term means: <a href="https://github.com/forklint/forklint/blob/main/docs/commands/{command}.md" rel="noreferrer">{command}</a>. The report is in this page as JSON. <button type="button" id="save" data-file="{file}" hidden>Save the JSON</button></p>
        </footer>

        """);

    /// <summary>The notes on the figures; nothing where there are none.</summary>
    public static void AppendNotes(TextPage page, IReadOnlyList<string> notes)
    {
        if (notes.Count == 0)
        {
            return;
        }

        page.Append($"<section class=\"notes\">\n<h2>Notes</h2>\n<ul>\n");
        foreach (var note in notes)
        {
            page.Append($"<li>{note}</li>\n");
        }

        page.Append($"</ul>\n</section>\n");
    }

    /// <summary>The verdicts, one after another.</summary>
    public static void AppendVerdicts(TextPage page, IEnumerable<ScreenVerdict> verdicts)
    {
        page.Append($"<section class=\"verdicts\" aria-label=\"Verdicts\">\n<dl>\n");
        foreach (var verdict in verdicts)
        {
            page.Append($"<div class=\"verdict {verdict.Emphasis.ToString().ToLowerInvariant()}\"><dt>{verdict.Label}</dt><dd>{verdict.Text}</dd></div>\n");
        }

        page.Append($"</dl>\n</section>\n");
    }
}
