using System.Text;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Demo;

/// <summary>What <c>demo</c> prints.</summary>
internal static class DemoText
{
    /// <summary>Renders the statements and, below them, the findings in the source and the whole report.</summary>
    public static string Render(IReadOnlyList<DemoFinding> findings, DemoSource source, MeasurementReport report, TextStyle style)
    {
        var output = new StringBuilder();
        output.Append(style.Apply("What a fork costs: measured on a program whose memory is known", Emphasis.Heading)).Append("\n\n")
            .Append("A second process was started. It holds a static array of 200 MiB and 100 MiB of native memory, all of it\n")
            .Append("written, and 30 idle threads with stacks of 8 MiB. It was forked on trial; one child was made to write 25 MiB.\n")
            .Append("Its source also contains a call of fork, which did not run: the figures show what it would have cost.\n\n");

        var table = new TextTable(2, Align.Left, Align.Right, Align.Right, Align.Left)
            .Row(Emphasis.Quiet, "", "expected", "measured", "");
        foreach (var finding in findings)
        {
            table.Row(
                (finding.What, Emphasis.None),
                (finding.Expected, Emphasis.None),
                (finding.Measured, Emphasis.None),
                finding.IsAsExpected ? ("as expected", Emphasis.Good) : ("DIFFERS", Emphasis.Bad));
        }

        table.AppendTo(output, style);
        output.Append('\n').Append(style.Apply("What this shows", Emphasis.Heading)).Append('\n');
        foreach (var finding in findings)
        {
            output.Append("  - ").Append(finding.What.Trim()).Append(": ").Append(finding.Shows).Append('\n');
        }

        output.Append('\n').Append(style.Apply("What its source shows, as 'check' prints it", Emphasis.Heading)).Append("\n\n").Append(source.Text);
        output.Append('\n').Append(style.Apply("The whole report, as 'measure' prints it", Emphasis.Heading)).Append("\n\n")
            .Append(MeasurementText.Render(report, style));
        return output.ToString();
    }
}
