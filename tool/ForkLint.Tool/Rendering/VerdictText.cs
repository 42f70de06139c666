using System.Text;
using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>The section on admission: where the next fork succeeds, where it fails, and by how much.</summary>
internal static class VerdictText
{
    /// <summary>Appends the section; nothing without verdicts.</summary>
    public static void AppendTo(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        if (report.Verdicts.Count == 0)
        {
            return;
        }

        MeasurementText.AppendHeading(output, "Would the next fork succeed?", style);
        var table = new TextTable(2, Align.Left, Align.Left, Align.Left, Align.Left);
        foreach (var verdict in report.Verdicts)
        {
            var (word, emphasis) = Word(verdict.Succeeds);
            table.Row((verdict.Where, Emphasis.None), (word, emphasis), (Room(verdict), Emphasis.None), (verdict.Reason, Emphasis.Quiet));
        }

        table.AppendTo(output, style);
    }

    /// <summary>The answer for another machine, as a sentence.</summary>
    public static string DescribeElsewhere(ForkVerdict verdict)
    {
        var answer = verdict.Succeeds switch
        {
            Answer.Yes => "it would succeed",
            Answer.No => "it would fail",
            _ => "it might fail",
        };
        var room = Room(verdict);
        const string prefix = "as-if ";
        var machine = verdict.Where.StartsWith(prefix, StringComparison.Ordinal) ? verdict.Where[prefix.Length..] : verdict.Where;
        return $"As if on {machine}, {answer}{(room.Length > 0 ? ": " + room : "")}.";
    }

    /// <summary>The answer in one word, and what kind of news it is.</summary>
    public static (string Text, Emphasis Emphasis) Word(Answer answer) => answer switch
    {
        Answer.Yes => ("yes", Emphasis.Good),
        Answer.No => ("no", Emphasis.Bad),
        _ => ("uncertain", Emphasis.Caution),
    };

    private static string Room(ForkVerdict verdict) => verdict switch
    {
        { ShortfallBytes: { } shortfall } => $"{Units.Bytes(shortfall)} short",
        { MarginBytes: { } margin } => $"{Units.Bytes(margin)} to spare",
        _ => "",
    };
}
