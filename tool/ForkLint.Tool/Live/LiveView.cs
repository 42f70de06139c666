using ForkLint.Tool.Rendering;
using ForkLint.Tool.Watching;
using Spectre.Console;
using Spectre.Console.Rendering;
using Align = ForkLint.Tool.Rendering.Align;
using PlainText = Spectre.Console.Text;

namespace ForkLint.Tool.Live;

/// <summary>The view in a terminal: a table that is drawn in place, on the terminal's other screen, until <c>q</c>. What was on the screen before is there again afterwards.</summary>
internal sealed class LiveView : IWatchView
{
    /// <summary>Headings, the line below the table, and the last line of the terminal, which stays empty so that nothing scrolls.</summary>
    private const int OtherLines = 4;

    /// <inheritdoc/>
    public void Run(Func<WatchTable?> look, TimeSpan every, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (!Console.IsInputRedirected)
        {
            StartReadingKeys(end);
        }

        var console = AnsiConsole.Console;
        console.AlternateScreen(() => console.Live(new PlainText("")).AutoClear(true).Start(context =>
        {
            do
            {
                if (look() is not { } table)
                {
                    return;
                }

                context.UpdateTarget(Draw(table, console.Profile.Width, console.Profile.Height));
            }
            while (!end.Token.WaitHandle.WaitOne(every));
        }));
    }

    /// <summary>One look, drawn for a terminal of a size.</summary>
    /// <param name="look">The look.</param>
    /// <param name="width">The width of the terminal.</param>
    /// <param name="height">Its height.</param>
    internal static IRenderable Draw(WatchTable look, int width, int height)
    {
        var space = Math.Max(1, height - OtherLines);
        var (headings, rows) = look.Fit(width, space);
        var table = new Table().Border(TableBorder.None);
        foreach (var (heading, align) in headings)
        {
            // Cells are texts, never markup: a name in brackets is a name.
            var column = new TableColumn(new PlainText(heading, new Style(decoration: Decoration.Bold))) { NoWrap = true, Padding = new Padding(0, 0, 2, 0) };
            table.AddColumn(align == Align.Right ? column.RightAligned() : column);
        }

        table.Columns[^1].Padding = new Padding(0, 0, 0, 0);
        foreach (var row in rows)
        {
            table.AddRow(row.Select(static cell => (IRenderable)new PlainText(cell.Text, StyleOf(cell.Emphasis)) { Overflow = Overflow.Ellipsis }));
        }

        return new Rows(table, new PlainText(""), new PlainText(WrappedText.Shortened("q ends; " + look.Summary(space), width), new Style(decoration: Decoration.Dim)));
    }

    private static Style StyleOf(Emphasis emphasis) => emphasis switch
    {
        Emphasis.Good => new Style(Color.Green),
        Emphasis.Bad => new Style(Color.Red),
        Emphasis.Caution => new Style(Color.Yellow),
        _ => Style.Plain,
    };

    /// <summary>Waits for keys on a thread of its own, which ends with the process: while it waits, the terminal does not show what is typed.</summary>
    private static void StartReadingKeys(CancellationTokenSource end) => new Thread(() =>
    {
        try
        {
            while (Console.ReadKey(intercept: true).Key is not (ConsoleKey.Q or ConsoleKey.Escape))
            {
            }

            end.Cancel();
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or ObjectDisposedException)
        {
            // The terminal went away, or the view has ended: a signal still ends it.
        }
    })
    { IsBackground = true, Name = "forklint-keys" }.Start();
}
