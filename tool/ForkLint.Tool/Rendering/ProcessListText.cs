using System.Globalization;
using System.Text;
using ForkLint.Linux.Text;
using ForkLint.Tool.Report;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Rendering;

/// <summary>What <c>ps</c> prints for people.</summary>
internal static class ProcessListText
{
    private const string NotKnown = "-";
    private const int ColumnGap = 2;

    /// <summary>Every row is as wide as the longest name: one that is longer than any sensible name is cut.</summary>
    private const int MaximumNameLength = 64;

    /// <summary>A command line is cut as far as this; what is shorter says nothing, and is left out.</summary>
    private const int MinimumCommandLength = 10;

    private static readonly Column Pid = new("PID", Align.Right, static process => (process.Pid.ToString(CultureInfo.InvariantCulture), Emphasis.None));
    private static readonly Column Name = new("NAME", Align.Left, static process => Text(process.Name, Emphasis.None, MaximumNameLength));
    private static readonly Column Runtime = new("RUNTIME", Align.Left, static process => Text(process.Runtime ?? NotKnown, Emphasis.None, MaximumNameLength));
    private static readonly Column Resident = new("RSS", Align.Right, static process => Figure(process.ResidentBytes));
    private static readonly Column Unique = new("USS", Align.Right, static process => Figure(process.UniqueBytes));
    private static readonly Column Charge = new("FORK CHARGE", Align.Right, static process => Figure(process.CommitChargeBytes));
    private static readonly Column Succeeds = new("FORK", Align.Left, static process => process.ForkSucceeds switch
    {
        true => ("succeeds", Emphasis.Good),
        false => ("fails", Emphasis.Bad),
        null => (process.CommitChargeBytes is null ? NotKnown : "uncertain", Emphasis.Caution),
    });
    private static readonly Column Room = new("ROOM FOR A CHILD", Align.Right, static process => Figure(process.RoomBytes));
    private static readonly Column Command = new("COMMAND", Align.Left, static process => Text(process.CommandLine ?? NotKnown, Emphasis.Quiet, VisibleText.MaximumLength));

    private static readonly Column[] All = [Pid, Name, Runtime, Resident, Unique, Charge, Succeeds, Room, Command];

    /// <summary>With <c>--fast</c> the columns that were not read are left out.</summary>
    private static readonly Column[] Fast = [Pid, Name, Runtime, Resident, Command];

    /// <summary>What a narrow terminal does without, the first first. Then the name is cut.</summary>
    private static readonly Column[] LeftOut = [Command, Unique, Runtime, Resident, Charge, Room, Succeeds];

    /// <summary>Renders the list, one line a process.</summary>
    /// <param name="processes">The processes, in the order to print them.</param>
    /// <param name="isFast">Whether it was read with <c>--fast</c>.</param>
    /// <param name="style">Colours or none.</param>
    /// <param name="terminalColumns">The width of the terminal, which no line exceeds; null for a pipe or a file, for which nothing is left out.</param>
    public static string Render(IReadOnlyList<ProcessListEntry> processes, bool isFast, TextStyle style, int? terminalColumns = null)
    {
        if (processes.Count == 0)
        {
            return "No .NET process was found that this user may see.\n";
        }

        var filled = (isFast ? Fast : All).Select(column => new FilledColumn(column, processes)).ToList();
        if (terminalColumns is { } columns)
        {
            Fit(filled, columns);
        }

        var table = new TextTable(0, [.. filled.Select(static column => column.Column.Align)]);
        table.Row(Emphasis.Heading, [.. filled.Select(static column => column.Column.Heading)]);
        for (var row = 0; row < processes.Count; row++)
        {
            table.Row([.. filled.Select(column => column.Cells[row])]);
        }

        var output = new StringBuilder();
        table.AppendTo(output, style);
        return output.ToString();
    }

    private static void Fit(List<FilledColumn> filled, int columns)
    {
        foreach (var candidate in LeftOut)
        {
            var excess = filled.Sum(static column => column.Width + ColumnGap) - ColumnGap - columns;
            if (excess <= 0)
            {
                return;
            }

            if (filled.Find(column => column.Column == candidate) is { } column)
            {
                if (candidate == Command && column.Width - excess >= MinimumCommandLength)
                {
                    column.Cut(column.Width - excess);
                }
                else
                {
                    filled.Remove(column);
                }
            }
        }

        var name = filled.Find(static column => column.Column == Name)!;
        name.Cut(Math.Max(1, columns - filled.Sum(static column => column.Width + ColumnGap) + ColumnGap + name.Width));
    }

    private static (string Text, Emphasis Emphasis) Figure(long? bytes) => (bytes is null ? NotKnown : Units.Bytes(bytes), Emphasis.None);

    // What makes a text harmless may make it longer, so it comes before its width counts.
    private static (string Text, Emphasis Emphasis) Text(string text, Emphasis emphasis, int maximumLength) => (VisibleText.Of(NeutralText.Terminal(text), maximumLength), emphasis);

    /// <summary>A column of the table.</summary>
    private sealed record Column(string Heading, Align Align, Func<ProcessListEntry, (string Text, Emphasis Emphasis)> CellOf);

    /// <summary>A column and what stands in it.</summary>
    private sealed class FilledColumn(Column column, IReadOnlyList<ProcessListEntry> processes)
    {
        public Column Column => column;

        public List<(string Text, Emphasis Emphasis)> Cells { get; } = [.. processes.Select(column.CellOf)];

        public int Width => Math.Max(column.Heading.Length, Cells.Max(static cell => cell.Text.Length));

        public void Cut(int length)
        {
            for (var row = 0; row < Cells.Count; row++)
            {
                Cells[row] = Cells[row] with { Text = VisibleText.Of(Cells[row].Text, length) };
            }
        }
    }
}
