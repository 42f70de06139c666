using System.Globalization;
using ForkLint.Linux;
using ForkLint.Linux.Text;
using ForkLint.Tool.Fleet;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Watching;

/// <summary>One look as a table: what is shown of each process, and what is left out where there is less space. Cells are harmless on a terminal.</summary>
/// <param name="look">The look.</param>
/// <param name="trials">What was measured before.</param>
internal sealed class WatchTable(FleetSnapshot look, LastTrials trials)
{
    private const string NotKnown = "-";
    private const int Gap = 2;
    private const int MaximumNameLength = 64;
    private const int SmallestNameLength = 12;

    /// <summary>The columns, in the order in which they are shown. The higher the rank, the sooner one is left out.</summary>
    private readonly (string Heading, Align Align, int Rank, Func<FleetProcess, (string Text, Emphasis Emphasis)> Cell)[] _columns =
    [
        ("PID", Align.Right, 0, static process => (process.Pid.ToString(CultureInfo.InvariantCulture), Emphasis.None)),
        ("RSS", Align.Right, 0, static process => Bytes(process.ResidentBytes)),
        ("FORK CHARGE", Align.Right, 0, static process => Bytes(process.ChargeBytes)),
        ("FORK", Align.Left, 1, Fork),
        ("ROOM FOR A CHILD", Align.Right, 1, static process => Bytes(process.Tightest?.Bytes, isBadBelowZero: true)),
        .. trials.Any ? new[] { ("STALL", Align.Right, 2, (Func<FleetProcess, (string, Emphasis)>)(process => (trials.Of(process.Pid, process.Name) is { } stall ? Units.Microseconds(stall) : NotKnown, Emphasis.None))) } : [],
        ("CHILDREN", Align.Right, 3, static process => (process.Children.ToString(CultureInfo.InvariantCulture), Emphasis.None)),
        ("CHILD PEAK", Align.Right, 4, static process => (process.ChildPeakBytes is { } peak ? Units.Bytes(peak) : NotKnown, Emphasis.None)),
        ("USS", Align.Right, 5, static process => Bytes(process.UniqueBytes)),
    ];

    /// <summary>The headings, and the rows below them, the largest process first.</summary>
    /// <param name="columns">The width of the terminal; the names stand last and are cut. Null for a pipe: then nothing is left out or cut.</param>
    /// <param name="rows">How many rows there is space for; null for all.</param>
    public (IReadOnlyList<(string Text, Align Align)> Headings, IReadOnlyList<IReadOnlyList<(string Text, Emphasis Emphasis)>> Rows) Fit(int? columns, int? rows = null)
    {
        List<FleetProcess> processes = [.. look.Processes.OrderByDescending(static process => process.ResidentBytes).Take(rows ?? int.MaxValue)];
        var cells = _columns.Select(column => processes.Select(column.Cell).ToList()).ToList();
        var widths = _columns.Select((column, index) => cells[index].Select(static cell => cell.Text.Length).Append(column.Heading.Length).Max()).ToList();
        List<int> shown = [.. Enumerable.Range(0, _columns.Length)];
        while (columns is { } width && shown.Sum(index => widths[index] + Gap) + SmallestNameLength > width && shown.Max(index => _columns[index].Rank) is > 0 and var worst)
        {
            shown.RemoveAll(index => _columns[index].Rank == worst);
        }

        var left = columns is { } all ? Math.Max(1, all - shown.Sum(index => widths[index] + Gap)) : MaximumNameLength;
        return (
            [.. shown.Select(index => (_columns[index].Heading, _columns[index].Align)), ("NAME", Align.Left)],
            [.. processes.Select((process, row) => (IReadOnlyList<(string, Emphasis)>)[.. shown.Select(index => cells[index][row]), (Name(process, left), Emphasis.None)])]);
    }

    /// <summary>One line below the table: how many processes there are, and what is not shown.</summary>
    /// <param name="rows">How many rows there is space for; null for all.</param>
    public string Summary(int? rows = null)
    {
        var hidden = Math.Max(0, look.Processes.Count - (rows ?? int.MaxValue));
        return Units.Count(look.Found, ".NET process")
            + (hidden + look.LeftOut is > 0 and var more ? string.Create(CultureInfo.InvariantCulture, $", {more} not shown") : "")
            + (look.Unreadable > 0 ? string.Create(CultureInfo.InvariantCulture, $", {look.Unreadable} that may not be read without sudo") : "");
    }

    private static (string Text, Emphasis Emphasis) Fork(FleetProcess process) => process.ForkSucceeds switch
    {
        Answer.Yes => ("succeeds", Emphasis.Good),
        Answer.No => ("fails", Emphasis.Bad),
        Answer.Uncertain => ("uncertain", Emphasis.Caution),
        _ => (NotKnown, Emphasis.None),
    };

    private static (string Text, Emphasis Emphasis) Bytes(long? bytes, bool isBadBelowZero = false) =>
        (bytes is null ? NotKnown : Units.Bytes(bytes), isBadBelowZero && bytes < 0 ? Emphasis.Bad : Emphasis.None);

    private static string Name(FleetProcess process, int length) => VisibleText.Of(NeutralText.Terminal(process.Name), Math.Min(length, MaximumNameLength));
}
