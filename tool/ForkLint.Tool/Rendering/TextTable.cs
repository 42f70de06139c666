using System.Text;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Rendering;

/// <summary>
/// Columns aligned by their contents. It knows nothing of the terminal's width, so redirected output is the same
/// everywhere; a long last column is left to the terminal to wrap. What stands in a cell is made harmless here.
/// </summary>
/// <param name="indent">Spaces before every row.</param>
/// <param name="columns">Where the cells of each column stand.</param>
internal sealed class TextTable(int indent, params Align[] columns)
{
    private const int ColumnGap = 2;

    private readonly List<(string Text, Emphasis Emphasis)[]> _rows = [];

    /// <summary>Adds a row of ordinary cells. Cells beyond the row's end are empty.</summary>
    public TextTable Row(params string[] cells) => Row(Emphasis.None, cells);

    /// <summary>Adds a row whose cells all have one emphasis.</summary>
    public TextTable Row(Emphasis emphasis, params string[] cells)
    {
        var row = new (string, Emphasis)[cells.Length];
        for (var column = 0; column < cells.Length; column++)
        {
            row[column] = (cells[column], emphasis);
        }

        return Row(row);
    }

    /// <summary>Adds a row whose cells have an emphasis each.</summary>
    public TextTable Row(params (string Text, Emphasis Emphasis)[] cells)
    {
        for (var column = 0; column < cells.Length; column++)
        {
            cells[column].Text = NeutralText.Terminal(cells[column].Text);
        }

        _rows.Add(cells);
        return this;
    }

    /// <summary>Appends the rows, each ended by a line feed and none by a space.</summary>
    public void AppendTo(StringBuilder output, TextStyle style)
    {
        var widths = new int[columns.Length];
        foreach (var row in _rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                widths[column] = Math.Max(widths[column], row[column].Text.Length);
            }
        }

        foreach (var row in _rows)
        {
            var pending = indent;
            for (var column = 0; column < row.Length; column++)
            {
                var (text, emphasis) = row[column];
                var padding = widths[column] - text.Length;
                if (text.Length > 0)
                {
                    output.Append(' ', pending + (columns[column] == Align.Right ? padding : 0)).Append(style.Apply(text, emphasis));
                    pending = columns[column] == Align.Right ? 0 : padding;
                }
                else
                {
                    pending += widths[column];
                }

                pending += ColumnGap;
            }

            output.Append('\n');
        }
    }
}
