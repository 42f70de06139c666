using System.Text;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Rendering;

/// <summary>The section on copy-on-write: whose memory moved while a child lived, and what that shows.</summary>
internal static class CopyOnWriteText
{
    /// <summary>Appends the section; nothing when no child was held.</summary>
    public static void AppendTo(StringBuilder output, MeasurementReport report, TextStyle style)
    {
        if (report.CopyOnWrite is not { } held)
        {
            return;
        }

        MeasurementText.AppendHeading(output, $"Copy-on-write, a child held for {Units.Milliseconds(held.HeldMilliseconds)}", style);
        if (held.Truncated)
        {
            output.Append(style.Apply("  Cut short: memory ran low, so the child was ended before its time.", Emphasis.Caution)).Append('\n');
        }

        if (held.Samples.Count > 0)
        {
            AppendSamples(output, held, style);
            if (held.ChildWrittenBytes is > 0 && held.Samples.Count > 1)
            {
                AppendBeforeAndAfter(output, held, style);
            }
        }

        output.Append("  Both sides shared ").Append(Units.Bytes(held.SharedAtForkBytes))
            .Append(" at the fork: copy-on-write can never add more than that.\n");
    }

    private static void AppendSamples(StringBuilder output, CopyOnWriteFigures held, TextStyle style)
    {
        var first = held.Samples[0];
        var table = new TextTable(2, Align.Right, Align.Right, Align.Right, Align.Right, Align.Right, Align.Right)
            .Row(Emphasis.Quiet, "after", "parent USS", "change", "child USS", "change", "child RSS");
        foreach (var sample in held.Samples)
        {
            table.Row(
                Units.Milliseconds(sample.AtMilliseconds),
                Units.Bytes(sample.ParentUniqueBytes),
                Units.Change(sample.ParentUniqueBytes - first.ParentUniqueBytes),
                Units.Bytes(sample.ChildUniqueBytes),
                Units.Change(sample.ChildUniqueBytes - first.ChildUniqueBytes),
                Units.Bytes(sample.ChildResidentBytes));
        }

        table.AppendTo(output, style);
    }

    private static void AppendBeforeAndAfter(StringBuilder output, CopyOnWriteFigures held, TextStyle style)
    {
        var before = held.Samples[0];
        var after = held.Samples[1];
        output.Append("\n  The child wrote ").Append(Units.Bytes(held.ChildWrittenBytes)).Append(" of the memory it shared. What moved:\n");
        var table = new TextTable(4, Align.Left, Align.Right, Align.Right, Align.Right)
            .Row(Emphasis.Quiet, "", "before", "after", "change");

        void Row(string name, long? first, long? last) => table.Row(name, Units.Bytes(first), Units.Bytes(last), Units.Change(last - first));

        Row("parent RSS", before.ParentResidentBytes, after.ParentResidentBytes);
        Row("parent PSS", before.ParentProportionalBytes, after.ParentProportionalBytes);
        Row("parent USS", before.ParentUniqueBytes, after.ParentUniqueBytes);
        Row("child RSS", before.ChildResidentBytes, after.ChildResidentBytes);
        Row("child PSS", before.ChildProportionalBytes, after.ChildProportionalBytes);
        Row("child USS", before.ChildUniqueBytes, after.ChildUniqueBytes);
        table.AppendTo(output, style);
        output.Append("  A page that one side writes is copied once and is then shared no more, so both USS rise by its size\n")
            .Append("  and both PSS by half of that. RSS counts shared pages as well, so it cannot show this.\n");
    }
}
