using System.Globalization;
using System.Text;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Watching;

/// <summary>Looks as lines, for a pipe or a file: each begins with the time, and one process has one line of a look.</summary>
internal static class WatchLines
{
    private const string TimeHeading = "TIME";

    /// <summary>The lines of one look; the headings stand above those of the first.</summary>
    /// <param name="table">The look.</param>
    /// <param name="at">When it was.</param>
    /// <param name="hasHeadings">Whether it is the first.</param>
    public static string Write(WatchTable table, DateTimeOffset at, bool hasHeadings)
    {
        var (headings, rows) = table.Fit(columns: null);
        var text = new TextTable(0, [Align.Left, .. headings.Select(static heading => heading.Align)]);
        text.Row([TimeHeading, .. headings.Select(static heading => heading.Text)]);
        var time = at.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        foreach (var row in rows)
        {
            text.Row([(time, Emphasis.None), .. row]);
        }

        var output = new StringBuilder();
        text.AppendTo(output, TextStyle.Plain);

        // The headings of the first look say how wide the columns are at least, in every look.
        var lines = output.ToString();
        return hasHeadings ? lines : lines[(lines.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }
}
